// What a service delivered: counted while it runs.
#pragma once

#include "engine/serving/latency_histogram.hpp"
#include "engine/serving/sequence.hpp"
#include "engine/serving/service_timeline.hpp"
#include "iccsim/scenario/inference.hpp"

namespace iccsim::engine::serving {

class ServiceMeter {
public:
  ServiceMeter(const scenario::SloSpec& slo, double start_s);

  void arrived(double now);
  void failed(double now, const std::string& reason);
  void completed(const Sequence& sequence, double now);
  void waits(double now, int change);   ///< requests in queues
  void runs(double now, int change);    ///< requests in batches
  void accepts(double now, int change); ///< replicas that take requests
  void prompt_token(double now) { timeline_.add(ServiceTimeline::output_tokens, now, now, 1); }
  void pushed_out() { ++preemptions_; }
  void looked_up(int tokens, int found);
  void gaps(double first_s, double slope_s, double times, double count) {
    itl_.add_ramp(first_s, slope_s, times, count);
  }
  void transferred(double bytes) { kv_transferred_bytes_ += bytes; }
  struct Iterations {
    double started_s, ended_s, passes, sequences, prompt_tokens, output_tokens, block_seconds;
    double groups;
  };
  void iterated(const Iterations& what);

  double completed_requests() const { return completed_; }
  double ended_requests() const { return completed_ + failed_; }
  double mean_output() const { return completed_ > 0 ? output_tokens_ / completed_ : 0; }

  /// Everything but what replicas know. `unfinished_sojourn_s`: summed over requests in the system; checks Little's law
  /// (metrics::InternalError).
  metrics::ServiceFigures figures(double now, double in_system, double unfinished_sojourn_s, double blocks) const;

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
  bool meets_slo(const metrics::ServiceFigures& figures) const;

  scenario::SloSpec slo_;
  double ttft_promise_s_, tpot_promise_s_;
  double start_s_;
  ServiceTimeline timeline_;
  LatencyHistogram ttft_, tpot_, itl_, e2e_;
  Level in_system_, waiting_, running_, replicas_;
  double completed_ = 0, failed_ = 0, kept_ = 0;
  double sojourn_s_ = 0;
  double prompt_tokens_ = 0, output_tokens_ = 0;
  double looked_up_ = 0, found_ = 0;
  double preemptions_ = 0, iterations_ = 0;
  double batch_sum_ = 0, batch_passes_ = 0, peak_batch_ = 0;
  double kv_transferred_bytes_ = 0;
  std::string failed_reason_;
};

} // namespace iccsim::engine::serving
