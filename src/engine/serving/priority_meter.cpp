#include "engine/serving/priority_meter.hpp"

#include "iccsim/engine/clock.hpp"

namespace iccsim::engine::serving {
namespace {

double promise_s(std::optional<double> p99, std::optional<double> p90, std::optional<double> p50) {
  return p99 ? *p99 : p90 ? *p90 : p50.value_or(never_s);
}

} // namespace

RequestPromise::RequestPromise(const scenario::SloSpec& slo)
    : ttft_s(promise_s(slo.ttft_p99_s, slo.ttft_p90_s, slo.ttft_p50_s)),
      tpot_s(promise_s(slo.tpot_p99_s, slo.tpot_p90_s, slo.tpot_p50_s)) {}

void PriorityMeter::completed(const Sequence& sequence, double now, const RequestPromise& promise) {
  const double ttft_s = sequence.first_token_s - sequence.arrival_s;
  const int output = sequence.request.output_tokens;
  const double tpot_s = output > 1 ? (now - sequence.first_token_s) / (output - 1) : 0;
  ttft_.add(ttft_s);
  e2e_.add(now - sequence.arrival_s);
  queue_.add(sequence.joined_s - sequence.arrival_s);
  if (sequence.streamed_s > 0) {
    hand_over_.add(sequence.streamed_s - sequence.prefilled_s);
  }
  if (output > 1) {
    tpot_.add(tpot_s);
  }
  ++completed_;
  kept_ += ttft_s <= promise.ttft_s && tpot_s <= promise.tpot_s ? 1 : 0;
  prompt_tokens_ += sequence.request.prompt_tokens;
  output_tokens_ += output;
}

void PriorityMeter::add(const PriorityMeter& other) {
  ttft_.add(other.ttft_);
  tpot_.add(other.tpot_);
  itl_.add(other.itl_);
  e2e_.add(other.e2e_);
  queue_.add(other.queue_);
  hand_over_.add(other.hand_over_);
  arrived_ += other.arrived_;
  completed_ += other.completed_;
  failed_ += other.failed_;
  kept_ += other.kept_;
  prompt_tokens_ += other.prompt_tokens_;
  output_tokens_ += other.output_tokens_;
}

metrics::PriorityFigures PriorityMeter::figures(double life_s) const {
  metrics::PriorityFigures f;
  f.priority = priority_;
  f.requests_completed = completed_;
  f.requests_failed = failed_;
  f.requests_unfinished = arrived_ - completed_ - failed_;
  f.ttft = ttft_.figures();
  f.tpot = tpot_.figures();
  f.itl = itl_.figures();
  f.e2e = e2e_.figures();
  f.slo_attainment = completed_ + failed_ > 0 ? kept_ / (completed_ + failed_) : 1;
  if (life_s > 0) {
    f.prompt_tokens_per_s = prompt_tokens_ / life_s;
    f.output_tokens_per_s = output_tokens_ / life_s;
    f.goodput_rps = kept_ / life_s;
  }
  return f;
}

} // namespace iccsim::engine::serving
