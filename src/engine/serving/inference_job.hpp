// A service as a job: it holds its cards until its requests are done, or the horizon.
#pragma once

#include "engine/io/io_service.hpp"
#include "engine/job/job.hpp"
#include "engine/serving/network_machine.hpp"
#include "engine/serving/replica_layout.hpp"
#include "engine/serving/service.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <map>
#include <memory>
#include <tuple>

namespace iccsim::engine {

struct InferenceHooks {
  std::function<void()> finished;
  bool token_by_token = false; ///< no two decode passes in one event
};

class InferenceJob : public Job {
public:
  /// `index` of the job in `scenario`. All but `placement` must outlive the job. Throws std::invalid_argument, with a
  /// sentence for a user, when the model does not fit or its requests cannot be read.
  InferenceJob(const scenario::Scenario& scenario, std::uint32_t index, const platform::Cluster& cluster, Clock& clock,
               Network& network, IoService& io, const Placement& placement, InferenceHooks hooks);

  void start() override;
  bool done() const override { return done_; }
  void retire() override;
  metrics::StateSeconds states(double now) const override;
  double progress(double now) const override;
  double steps() const override { return service_.ended(); }
  double accounted_until_s() const override { return 0; }
  void report(metrics::JobResult& result, double now) const override;
  /// Known when nothing ever leaves a node; else tiers and pairs of groups are met as they come.
  const std::vector<ShapeId>* shapes() const override;
  void neighbours_changed(bool any) override { machine_.set_neighbours(any); }

private:
  serving::WeightLoader weight_loader();
  void load_weights(const std::vector<platform::CardId>& cards, double bytes, Done done);
  bool moves_kv() const;
  std::string kv_store() const;
  metrics::KvTierFigures& kv_of(serving::KvTier tier);
  metrics::KvIoFigures kv_figures(const metrics::JobResult& result) const;
  void move_kv(serving::KvTier tier, bool to_tier, const std::vector<platform::CardId>& cards, double bytes, Done done);

  const scenario::Scenario& scenario_;
  const scenario::InferenceSpec& spec_;
  std::uint32_t index_;
  const platform::Cluster& cluster_;
  Clock& clock_;
  IoService& io_;
  Placement placement_;
  std::function<void()> finished_;
  std::map<platform::CardId, IoId> loads_; ///< by first card of a replica
  std::map<std::tuple<serving::KvTier, bool, platform::CardId>, IoId> kv_moves_;
  int kv_moving_ = 0;
  metrics::KvIoFigures kv_moved_; ///< ended moves
  int loads_moving_ = 0;
  double loads_done_ = 0;
  std::vector<ShapeId> no_shapes_;
  serving::ReplicaLayout layout_;
  serving::NetworkMachine machine_;
  serving::Service service_;
  double start_s_;
  double end_s_ = 0;
  bool done_ = false;
};

} // namespace iccsim::engine
