#include "engine/serving/service_meter.hpp"

#include "iccsim/engine/clock.hpp"
#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {
namespace {

/// The promise to a single request: the one that most of them are to keep.
double promise_s(std::optional<double> p99, std::optional<double> p90, std::optional<double> p50) {
  return p99 ? *p99 : p90 ? *p90 : p50.value_or(never_s);
}

bool kept(std::optional<double> promise, double measured) {
  return !promise || measured <= *promise;
}

} // namespace

ServiceMeter::ServiceMeter(const scenario::SloSpec& slo, double start_s)
    : slo_(slo), ttft_promise_s_(promise_s(slo.ttft_p99_s, slo.ttft_p90_s, slo.ttft_p50_s)),
      tpot_promise_s_(promise_s(slo.tpot_p99_s, slo.tpot_p90_s, slo.tpot_p50_s)), start_s_(start_s),
      timeline_(start_s) {
  for (Level* level : {&in_system_, &waiting_, &running_, &replicas_}) {
    level->since_s = start_s;
  }
}

void ServiceMeter::change(Level& level, ServiceTimeline::Quantity quantity, double now, int by) {
  timeline_.add(quantity, level.since_s, now, level.count * (now - level.since_s));
  level.change(now, by);
}

void ServiceMeter::arrived(double now) {
  in_system_.change(now, 1);
}

void ServiceMeter::failed(double now, const std::string& reason) {
  in_system_.change(now, -1);
  failed_reason_ = failed_ == 0 ? reason : failed_reason_;
  ++failed_;
}

void ServiceMeter::completed(const Sequence& sequence, double now) {
  in_system_.change(now, -1);
  const double ttft_s = sequence.first_token_s - sequence.arrival_s;
  const double e2e_s = now - sequence.arrival_s;
  const int output = sequence.request.output_tokens;
  const double tpot_s = output > 1 ? (now - sequence.first_token_s) / (output - 1) : 0;
  ttft_.add(ttft_s);
  e2e_.add(e2e_s);
  if (output > 1) {
    tpot_.add(tpot_s);
  }
  ++completed_;
  kept_ += ttft_s <= ttft_promise_s_ && tpot_s <= tpot_promise_s_ ? 1 : 0;
  sojourn_s_ += e2e_s;
  prompt_tokens_ += sequence.request.prompt_tokens;
  output_tokens_ += output;
}

void ServiceMeter::waits(double now, int by) {
  change(waiting_, ServiceTimeline::waiting_s, now, by);
}

void ServiceMeter::runs(double now, int by) {
  change(running_, ServiceTimeline::running_s, now, by);
}

void ServiceMeter::accepts(double now, int by) {
  change(replicas_, ServiceTimeline::replica_s, now, by);
}

void ServiceMeter::looked_up(int tokens, int found) {
  looked_up_ += tokens;
  found_ += found;
}

void ServiceMeter::iterated(const Iterations& what) {
  timeline_.add(ServiceTimeline::prompt_tokens, what.started_s, what.ended_s, what.prompt_tokens);
  timeline_.add(ServiceTimeline::output_tokens, what.started_s, what.ended_s, what.output_tokens);
  timeline_.add(ServiceTimeline::block_s, what.started_s, what.ended_s, what.block_seconds);
  iterations_ += what.passes;
  batch_sum_ += what.sequences * what.passes;
  batch_passes_ += what.groups * what.passes;
  peak_batch_ = std::max(peak_batch_, what.sequences / what.groups);
}

bool ServiceMeter::meets_slo(const metrics::ServiceFigures& f) const {
  return kept(slo_.ttft_p50_s, f.ttft.p50_s) && kept(slo_.ttft_p90_s, f.ttft.p90_s) &&
         kept(slo_.ttft_p99_s, f.ttft.p99_s) && kept(slo_.tpot_p50_s, f.tpot.p50_s) &&
         kept(slo_.tpot_p90_s, f.tpot.p90_s) && kept(slo_.tpot_p99_s, f.tpot.p99_s) &&
         kept(slo_.e2e_p99_s, f.e2e.p99_s);
}

metrics::ServiceFigures ServiceMeter::figures(double now, double in_system, double unfinished_sojourn_s,
                                              double blocks) const {
  const double life_s = now - start_s_;
  const double integral = in_system_.until(now);
  const double sojourns = sojourn_s_ + unfinished_sojourn_s;
  if (!(std::abs(integral - sojourns) <= 1e-9 * std::max(1.0, integral)) || in_system != in_system_.count) {
    throw metrics::InternalError(
        fmt::format("Little's law does not hold: {} request-seconds counted, {} request-seconds lived, {} of {} "
                    "requests in the system",
                    integral, sojourns, in_system, in_system_.count));
  }
  metrics::ServiceFigures f;
  f.requests_completed = completed_;
  f.requests_failed = failed_;
  f.requests_unfinished = in_system;
  f.ttft = ttft_.figures();
  f.tpot = tpot_.figures();
  f.itl = itl_.figures();
  f.e2e = e2e_.figures();
  f.prompt_tokens = prompt_tokens_;
  f.output_tokens = output_tokens_;
  f.slo_attainment = completed_ + failed_ > 0 ? kept_ / (completed_ + failed_) : 1;
  f.meets_slo = meets_slo(f) && failed_ == 0;
  f.mean_batch = batch_passes_ > 0 ? batch_sum_ / batch_passes_ : 0;
  f.peak_batch = peak_batch_;
  f.prefix_hit_share = looked_up_ > 0 ? found_ / looked_up_ : 0;
  f.preemptions = preemptions_;
  f.iterations = iterations_;
  f.kv_transferred_bytes = kv_transferred_bytes_;
  f.failed_reason = failed_reason_;
  if (life_s > 0) {
    f.prompt_tokens_per_s = prompt_tokens_ / life_s;
    f.output_tokens_per_s = output_tokens_ / life_s;
    f.goodput_rps = kept_ / life_s;
    f.mean_in_system = integral / life_s;
    ServiceTimeline whole = timeline_;
    whole.add(ServiceTimeline::waiting_s, waiting_.since_s, now, waiting_.count * (now - waiting_.since_s));
    whole.add(ServiceTimeline::running_s, running_.since_s, now, running_.count * (now - running_.since_s));
    whole.add(ServiceTimeline::replica_s, replicas_.since_s, now, replicas_.count * (now - replicas_.since_s));
    f.timeline = whole.points(now, blocks);
  }
  return f;
}

} // namespace iccsim::engine::serving
