// What requests of one priority got: latencies of those that were completed, tokens of all.
#pragma once

#include "engine/serving/latency_histogram.hpp"
#include "engine/serving/open_request.hpp"
#include "engine/serving/sequence.hpp"
#include "iccsim/scenario/inference.hpp"

namespace iccsim::engine::serving {

/// The promise to a single request: latencies that most of them are to keep.
struct RequestPromise {
  explicit RequestPromise(const scenario::SloSpec& slo);
  double ttft_s, tpot_s, e2e_s;
  /// However it goes on.
  bool missed_by(const OpenRequest& request) const;
};

class PriorityMeter {
public:
  explicit PriorityMeter(int priority) : priority_(priority) {}

  int priority() const { return priority_; }
  void arrived() { ++arrived_; }
  void failed() { ++failed_; }
  void completed(const Sequence& sequence, double now, const RequestPromise& promise);
  /// At the end of the run.
  void cut_off(const OpenRequest& request, const RequestPromise& promise);
  void gaps(double first_s, double slope_s, double times, double count) {
    itl_.add_ramp(first_s, slope_s, times, count);
  }
  /// Everything that another one counted.
  void add(const PriorityMeter& other);

  metrics::PriorityFigures figures(double life_s) const;
  const LatencyHistogram& ttft() const { return ttft_; }
  const LatencyHistogram& tpot() const { return tpot_; }
  const LatencyHistogram& e2e() const { return e2e_; }
  metrics::LatencyFigures queue() const { return queue_.figures(); }
  metrics::LatencyFigures hand_over() const { return hand_over_.figures(); }
  double prompt_tokens() const { return prompt_tokens_; }
  double output_tokens() const { return output_tokens_; }

private:
  int priority_;
  LatencyHistogram ttft_, tpot_, itl_, e2e_, queue_, hand_over_;
  double arrived_ = 0, completed_ = 0, failed_ = 0, kept_ = 0;
  double missed_ = 0; ///< of those that were cut off
  double prompt_tokens_ = 0, output_tokens_ = 0;
};

} // namespace iccsim::engine::serving
