// A service: requests from their source to their last token, over replicas and their routers.
#pragma once

#include "engine/serving/agenda.hpp"
#include "engine/serving/autoscaler.hpp"
#include "engine/serving/front_desk.hpp"
#include "engine/serving/machine.hpp"
#include "engine/serving/replica.hpp"
#include "engine/serving/router.hpp"
#include "engine/serving/service_meter.hpp"

#include <limits>
#include <memory>
#include <optional>

namespace iccsim::engine::serving {

struct ReplicaPlan {
  workload::ReplicaRole role = workload::ReplicaRole::both;
  int groups = 1;
  double cards = 1;
  GroupSettings settings;
  const CostModel* costs = nullptr;
  double host_bytes = 0;  ///< KV that host memory keeps
  double nvme_bytes = 0;  ///< the same of its drives
  double store_bytes = 0; ///< of a store that all replicas share, as large as the largest that one asks for
  double lag = 0;         ///< of a pass's compute, the share in which the mean card waits for the slowest
};

struct ServiceSetup {
  scenario::SloSpec slo;
  scenario::Router router = scenario::Router::least_loaded;
  std::optional<scenario::AutoscaleSpec> autoscale;
  int open_replicas = 0; ///< with autoscaling: at the start; 0: all
  int max_context = 0;   ///< tokens of one sequence; 0: no limit but memory's
  FrontDesk::Setup desk;
  double hand_over_s = 0;      ///< fixed cost of handing a request from prefill to decode
  bool token_by_token = false; ///< no two decode passes in one event
  std::vector<ReplicaPlan> replicas;
};

class Service : private GroupEvents, private ReplicaHost {
public:
  /// Clock, machine and the plans' costs must outlive the service. `finished` is called once, when no request is left
  /// nor will come.
  Service(ServiceSetup setup, std::unique_ptr<workload::RequestSource> source, Clock& clock, Machine& machine,
          std::function<void()> finished);

  void start();
  /// The run ends at `now`: whole passes up to it are counted.
  void settle(double now);

  double completed() const { return meter_.completed_requests(); }
  double ended() const { return meter_.ended_requests(); }
  double expected() const { return expected_; }   ///< requests in all; 0: not known
  metrics::StateSeconds states(double now) const; ///< card-seconds of all replicas
  double hand_over_wait_s(double now) const;      ///< card-seconds of kv_wait for what prefill hands over
  /// Most KV that lay in a tier at once: of the replica that had most, or of the store.
  double kv_peak_bytes(KvTier tier) const;
  /// Throws InternalError when requests, tokens or blocks do not add up.
  metrics::ServiceFigures figures(double now) const;
  const Replica& replica(std::size_t i) const { return *replicas_[i]; }
  std::size_t replicas() const { return replicas_.size(); }

private:
  enum : Agenda::Actor { arrivals, front_desk, autoscaler, first_replica };
  enum class Standing { closed, starting, open, draining };

  // Of requests.
  void due(Agenda::Actor actor);
  void finish(std::size_t replica);
  void take_arrivals();
  void announce_arrivals();
  void take_from_front_desk();
  void receive(workload::Request request);
  std::string misfit(const workload::Request& request) const;
  std::uint32_t choose(SequenceId id, RequestRouter& router);
  void dispatch(SequenceId id, std::uint32_t group, RequestRouter& router);
  void leave_group(const Sequence& sequence);
  void remove(SequenceId id);
  void finish_if_done();

  // Of replicas.
  void add_replica(const ReplicaPlan& plan);
  void start_replica(std::size_t i, double extra_s);
  void set_accepting(std::size_t i, bool accepting);
  void look_at_load();
  ServiceLoad load() const;
  std::size_t least_busy() const;
  void drain(std::size_t i);
  void end_if_drained(std::size_t i);
  Replica& replica_of(std::uint32_t group) { return *replicas_[replica_of_[group]]; }
  double kv_bytes(std::uint32_t group, double tokens) const;
  static double block_bytes_of(const ReplicaPlan& plan);
  double host_blocks(const Sequence& sequence) const;
  void make_tiers(const ReplicaPlan& plan, GroupSettings& settings);
  void fetch_stored(SequenceId id, const Done& land);
  void write_back(std::size_t replica);
  double cached_tokens(std::uint32_t group, const Sequence& sequence) const;

  // GroupEvents
  void joined(SequenceId id) override;
  void pushed_out(SequenceId id) override;
  void fetch(SequenceId id) override;
  bool swap_out(SequenceId id, int tokens) override;
  void prompt_token(double now) override;
  void completed(SequenceId id, double now) override;
  void handed_over(SequenceId id, double now) override;
  void gaps(std::uint32_t rank, double first_s, double slope_s, double times, double count) override;
  void looked_up(int tokens, int found) override;
  // ReplicaHost
  void play(Replica& replica, double time) override;
  bool on_network(const Replica& replica) const override;
  void play_on_network(Replica& replica, const workload::IterationCost& cost, double passes) override;
  void carried(Replica& replica, const std::vector<workload::FabricCall>& calls, double passes) override;
  double next_arrival_s() const override;
  bool expects(const Replica& replica) const override;
  double keeps_in_s(const Replica& replica) const override;
  double take_stall_s(Replica& replica) override;
  void iterated(Replica& replica, const Iterations& what) override;
  void held(double from_s, double to_s, double block_seconds) override;

  ServiceSetup setup_;
  std::unique_ptr<workload::RequestSource> source_;
  Clock& clock_;
  Machine& machine_;
  std::function<void()> finished_;
  double start_s_;
  double expected_;
  bool done_ = false;
  Agenda agenda_;
  ServiceMeter meter_;
  SequencePool pool_;
  RequestRouter front_; ///< to replicas that take prompts
  RequestRouter back_;  ///< to replicas that only decode
  std::unique_ptr<KvShelf> store_;
  std::vector<std::unique_ptr<KvTiers>> tiers_; ///< of each replica; null: its KV lives in device memory alone
  std::vector<double> written_s_;               ///< when a replica last sent KV to tiers
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<Standing> standing_;
  std::optional<Autoscaler> scaler_;
  std::vector<char> accepts_; ///< takes requests
  std::vector<double> stall_s_;
  std::vector<std::uint32_t> replica_of_; ///< by group
  FrontDesk desk_;
  std::uint32_t last_group_ = 0; ///< that the front desk sent a request to
  std::size_t prefilling_ = 0;   ///< requests that are not with a replica that decodes yet
  double blocks_ = 0;
  /// The least room for one sequence among replicas, in tokens.
  std::int64_t room_for_prompt_ = std::numeric_limits<std::int64_t>::max(); ///< of those that hand over
  std::int64_t room_for_all_ = std::numeric_limits<std::int64_t>::max();    ///< of the others, less draft tokens
};

} // namespace iccsim::engine::serving
