#include "engine/serving/priority_meter.hpp"

#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <limits>

namespace iccsim::engine::serving {
namespace {

double promise_s(std::optional<double> p99, std::optional<double> p90, std::optional<double> p50) {
  return p99 ? *p99 : p90 ? *p90 : p50.value_or(never_s);
}

} // namespace

RequestPromise::RequestPromise(const scenario::SloSpec& slo)
    : ttft_s(promise_s(slo.ttft_p99_s, slo.ttft_p90_s, slo.ttft_p50_s)),
      tpot_s(promise_s(slo.tpot_p99_s, slo.tpot_p90_s, slo.tpot_p50_s)), e2e_s(slo.e2e_p99_s.value_or(never_s)) {}

bool RequestPromise::missed_by(const OpenRequest& request) const {
  return request.least_ttft_s() > ttft_s || request.least_tpot_s() > tpot_s || request.age_s > e2e_s;
}

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
  const bool in_time = now - sequence.arrival_s <= promise.e2e_s;
  kept_ += in_time && ttft_s <= promise.ttft_s && tpot_s <= promise.tpot_s ? 1 : 0;
  prompt_tokens_ += sequence.request.prompt_tokens;
  output_tokens_ += output;
}

void PriorityMeter::cut_off(const OpenRequest& request, const RequestPromise& promise) {
  missed_ += promise.missed_by(request) ? 1 : 0;
  prompt_tokens_ += request.prompt_tokens;
  output_tokens_ += request.output_tokens;
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
  missed_ += other.missed_;
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
  // Of those whose outcome is known; where requests came and none is, nothing was kept.
  const double known = completed_ + failed_ + missed_;
  f.slo_attainment = known > 0 ? kept_ / known : arrived_ > 0 ? 0 : std::numeric_limits<double>::quiet_NaN();
  if (life_s > 0) {
    f.prompt_tokens_per_s = prompt_tokens_ / life_s;
    f.output_tokens_per_s = output_tokens_ / life_s;
    f.goodput_rps = kept_ / life_s;
  }
  return f;
}

} // namespace iccsim::engine::serving
