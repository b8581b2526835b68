// What a service delivered: counted while it runs.
#pragma once

#include "engine/serving/priority_meter.hpp"
#include "engine/serving/service_timeline.hpp"
#include "iccsim/scenario/inference.hpp"

namespace iccsim::engine::serving {

class ServiceMeter {
public:
  ServiceMeter(const scenario::SloSpec& slo, double start_s);

  /// The rank of a priority, by which its requests are told apart: the order in which priorities came.
  std::uint32_t rank_of(int priority);
  void arrived(std::uint32_t rank, double now);
  void failed(std::uint32_t rank, double now, const std::string& reason);
  void completed(const Sequence& sequence, double now);
  void waits(double now, int change);   ///< requests in queues
  void runs(double now, int change);    ///< requests in batches
  void accepts(double now, int change); ///< replicas that take requests
  void prompt_token(double now) { timeline_.add(ServiceTimeline::output_tokens, now, now, 1); }
  void pushed_out() { ++preemptions_; }
  void replica_started() { ++replicas_started_; } ///< by autoscaling
  void replica_ended() { ++replicas_ended_; }
  void looked_up(int tokens, int found);
  void gaps(std::uint32_t rank, double first_s, double slope_s, double times, double count) {
    ranks_[rank].gaps(first_s, slope_s, times, count);
  }
  void transferred(double bytes) { kv_transferred_bytes_ += bytes; }
  struct Iterations {
    double started_s, ended_s, passes, sequences, prompt_tokens, output_tokens;
    double groups;
  };
  void iterated(const Iterations& what);
  void held(double from_s, double to_s, double block_seconds) {
    timeline_.add(ServiceTimeline::block_s, from_s, to_s, block_seconds);
  }

  double completed_requests() const { return completed_; }
  double ended_requests() const { return completed_ + failed_; }
  double mean_output() const { return completed_ > 0 ? output_tokens_ / completed_ : 0; }

  /// Everything but what replicas know. `open`: all requests in the system; checks Little's law
  /// (metrics::InternalError).
  metrics::ServiceFigures figures(double now, const std::vector<OpenRequest>& open, double blocks) const;

private:
  /// A count over time.
  struct Level {
    double count = 0;
    double since_s = 0;
    double integral = 0;
    double until(double now) const { return integral + count * (now - since_s); }
    void change(double now, double by) {
      integral = until(now);
      since_s = now;
      count += by;
    }
  };
  void change(Level& level, ServiceTimeline::Quantity quantity, double now, int by);
  bool meets_slo(const PriorityMeter& all, const std::vector<OpenRequest>& open) const;
  void add_requests(metrics::ServiceFigures& figures, double life_s, const std::vector<OpenRequest>& open) const;
  void add_timeline(metrics::ServiceFigures& figures, double now, double blocks) const;

  /// Priorities that are told apart; those that come later count in all alone.
  static constexpr std::size_t most_ranks = 32;

  scenario::SloSpec slo_;
  RequestPromise promise_;
  double start_s_;
  ServiceTimeline timeline_;
  std::vector<PriorityMeter> ranks_; ///< the last of most_ranks + 1: of all further priorities
  Level in_system_, waiting_, running_, replicas_;
  double completed_ = 0, failed_ = 0;
  double sojourn_s_ = 0;
  double output_tokens_ = 0;
  double looked_up_ = 0, found_ = 0;
  double preemptions_ = 0, iterations_ = 0;
  double peak_replicas_ = 0, replicas_started_ = 0, replicas_ended_ = 0;
  double batch_sum_ = 0, batch_passes_ = 0, peak_batch_ = 0;
  double kv_transferred_bytes_ = 0;
  std::string failed_reason_;
};

} // namespace iccsim::engine::serving
