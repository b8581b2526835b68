#include "engine/serving/service_meter.hpp"

#include "iccsim/engine/clock.hpp"
#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace iccsim::engine::serving {
namespace {

/// Requests that were cut off count where it is known already whether they keep to `limit_s`.
template <typename Within, typename Beyond>
bool keeps(const std::optional<double>& limit_s, double share, const LatencyHistogram& completed,
           const std::vector<OpenRequest>& open, Within within, Beyond beyond) {
  if (!limit_s) {
    return true;
  }
  const auto count = [&](auto holds) {
    return static_cast<double>(
        std::count_if(open.begin(), open.end(), [&](const OpenRequest& r) { return holds(r, *limit_s); }));
  };
  return completed.keeps(share, *limit_s, count(within), count(beyond));
}

} // namespace

ServiceMeter::ServiceMeter(const scenario::SloSpec& slo, double start_s)
    : slo_(slo), promise_(slo), start_s_(start_s), timeline_(start_s) {
  for (Level* level : {&in_system_, &waiting_, &running_, &replicas_}) {
    level->since_s = start_s;
  }
}

void ServiceMeter::change(Level& level, ServiceTimeline::Quantity quantity, double now, int by) {
  timeline_.add(quantity, level.since_s, now, level.count * (now - level.since_s));
  level.change(now, by);
}

std::uint32_t ServiceMeter::rank_of(int priority) {
  const auto known = std::find_if(ranks_.begin(), ranks_.end(),
                                  [priority](const PriorityMeter& rank) { return rank.priority() == priority; });
  if (known == ranks_.end() && ranks_.size() <= most_ranks) {
    ranks_.emplace_back(priority);
    return static_cast<std::uint32_t>(ranks_.size() - 1);
  }
  return known == ranks_.end() ? static_cast<std::uint32_t>(most_ranks)
                               : static_cast<std::uint32_t>(known - ranks_.begin());
}

void ServiceMeter::arrived(std::uint32_t rank, double now) {
  in_system_.change(now, 1);
  ranks_[rank].arrived();
}

void ServiceMeter::failed(std::uint32_t rank, double now, const std::string& reason) {
  in_system_.change(now, -1);
  failed_reason_ = failed_ == 0 ? reason : failed_reason_;
  ++failed_;
  ranks_[rank].failed();
}

void ServiceMeter::completed(const Sequence& sequence, double now) {
  in_system_.change(now, -1);
  ranks_[sequence.rank].completed(sequence, now, promise_);
  ++completed_;
  sojourn_s_ += now - sequence.arrival_s;
  output_tokens_ += sequence.request.output_tokens;
}

void ServiceMeter::waits(double now, int by) {
  change(waiting_, ServiceTimeline::waiting_s, now, by);
}

void ServiceMeter::runs(double now, int by) {
  change(running_, ServiceTimeline::running_s, now, by);
}

void ServiceMeter::accepts(double now, int by) {
  change(replicas_, ServiceTimeline::replica_s, now, by);
  peak_replicas_ = std::max(peak_replicas_, replicas_.count);
}

void ServiceMeter::looked_up(int tokens, int found) {
  looked_up_ += tokens;
  found_ += found;
}

void ServiceMeter::iterated(const Iterations& what) {
  timeline_.add(ServiceTimeline::prompt_tokens, what.started_s, what.ended_s, what.prompt_tokens);
  timeline_.add(ServiceTimeline::output_tokens, what.started_s, what.ended_s, what.output_tokens);
  iterations_ += what.passes;
  batch_sum_ += what.sequences * what.passes;
  batch_passes_ += what.groups * what.passes;
  peak_batch_ = std::max(peak_batch_, what.sequences / what.groups);
}

bool ServiceMeter::meets_slo(const PriorityMeter& all, const std::vector<OpenRequest>& open) const {
  if (failed_ > 0 || (completed_ == 0 && !open.empty())) {
    return false;
  }
  const auto ttft = [&](const std::optional<double>& limit_s, double share) {
    return keeps(
        limit_s, share, all.ttft(), open, [](const OpenRequest& r, double s) { return r.ttft_s && *r.ttft_s <= s; },
        [](const OpenRequest& r, double s) { return r.least_ttft_s() > s; });
  };
  const auto unknown = [](const OpenRequest&, double) { return false; };
  const auto tpot = [&](const std::optional<double>& limit_s, double share) {
    return keeps(limit_s, share, all.tpot(), open, unknown,
                 [](const OpenRequest& r, double s) { return r.least_tpot_s() > s; });
  };
  const bool in_time =
      keeps(slo_.e2e_p99_s, 0.99, all.e2e(), open, unknown, [](const OpenRequest& r, double s) { return r.age_s > s; });
  return in_time && ttft(slo_.ttft_p50_s, 0.5) && ttft(slo_.ttft_p90_s, 0.9) && ttft(slo_.ttft_p99_s, 0.99) &&
         tpot(slo_.tpot_p50_s, 0.5) && tpot(slo_.tpot_p90_s, 0.9) && tpot(slo_.tpot_p99_s, 0.99);
}

metrics::ServiceFigures ServiceMeter::figures(double now, const std::vector<OpenRequest>& open, double blocks) const {
  const double life_s = now - start_s_;
  const double integral = in_system_.until(now);
  const auto in_system = static_cast<double>(open.size());
  const double sojourns = std::accumulate(open.begin(), open.end(), sojourn_s_,
                                          [](double sum, const OpenRequest& request) { return sum + request.age_s; });
  if (!(std::abs(integral - sojourns) <= 1e-9 * std::max(1.0, integral)) || in_system != in_system_.count) {
    throw metrics::InternalError(
        fmt::format("Little's law does not hold: {} request-seconds counted, {} request-seconds lived, {} of {} "
                    "requests in the system",
                    integral, sojourns, in_system, in_system_.count));
  }
  metrics::ServiceFigures f;
  add_requests(f, life_s, open);
  f.requests_unfinished = in_system;
  f.mean_batch = batch_passes_ > 0 ? batch_sum_ / batch_passes_ : 0;
  f.peak_batch = peak_batch_;
  f.prefix_hit_share = looked_up_ > 0 ? found_ / looked_up_ : 0;
  f.preemptions = preemptions_;
  f.iterations = iterations_;
  f.kv_transferred_bytes = kv_transferred_bytes_;
  f.failed_reason = failed_reason_;
  f.peak_replicas = peak_replicas_;
  f.replicas_started = replicas_started_;
  f.replicas_ended = replicas_ended_;
  if (life_s > 0) {
    f.mean_replicas = replicas_.until(now) / life_s;
    f.mean_in_system = integral / life_s;
    add_timeline(f, now, blocks);
  }
  return f;
}

/// By priority, and all of them together.
void ServiceMeter::add_requests(metrics::ServiceFigures& f, double life_s, const std::vector<OpenRequest>& open) const {
  PriorityMeter all(0);
  std::vector<PriorityMeter> ranks = ranks_;
  for (const OpenRequest& request : open) {
    ranks[request.rank].cut_off(request, promise_);
  }
  for (const PriorityMeter& rank : ranks) {
    all.add(rank);
    if (ranks.size() > 1 && f.priorities.size() < most_ranks) {
      f.priorities.push_back(rank.figures(life_s));
    }
  }
  std::sort(f.priorities.begin(), f.priorities.end(),
            [](const auto& a, const auto& b) { return a.priority > b.priority; });
  const metrics::PriorityFigures sum = all.figures(life_s);
  f.requests_completed = sum.requests_completed;
  f.requests_failed = sum.requests_failed;
  f.ttft = sum.ttft;
  f.tpot = sum.tpot;
  f.itl = sum.itl;
  f.e2e = sum.e2e;
  f.queue = all.queue();
  f.hand_over = all.hand_over();
  f.prompt_tokens = all.prompt_tokens();
  f.output_tokens = all.output_tokens();
  f.prompt_tokens_per_s = sum.prompt_tokens_per_s;
  f.output_tokens_per_s = sum.output_tokens_per_s;
  f.goodput_rps = sum.goodput_rps;
  f.slo_attainment = sum.slo_attainment;
  f.meets_slo = meets_slo(all, open);
}

void ServiceMeter::add_timeline(metrics::ServiceFigures& f, double now, double blocks) const {
  ServiceTimeline whole = timeline_;
  whole.add(ServiceTimeline::waiting_s, waiting_.since_s, now, waiting_.count * (now - waiting_.since_s));
  whole.add(ServiceTimeline::running_s, running_.since_s, now, running_.count * (now - running_.since_s));
  whole.add(ServiceTimeline::replica_s, replicas_.since_s, now, replicas_.count * (now - replicas_.since_s));
  f.timeline = whole.points(now, blocks);
}

} // namespace iccsim::engine::serving
