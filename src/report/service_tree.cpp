#include "report/service_tree.hpp"

#include "report/left_out_rows.hpp"
#include "report/promises.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;
using metrics::ServiceFigures;

/// Null where there is none: a latency of no request.
Json known(double figure) {
  return std::isnan(figure) ? Json(nullptr) : Json(figure);
}

Json latency_tree(const metrics::LatencyFigures& f) {
  return Json{{"mean", known(f.mean_s)}, {"p50", known(f.p50_s)}, {"p90", known(f.p90_s)}, {"p99", known(f.p99_s)}};
}

Json requests_tree(const ServiceFigures& f) {
  Json tree{{"completed", f.requests_completed},
            {"failed", f.requests_failed},
            {"unfinished", f.requests_unfinished},
            {"mean_in_system", f.mean_in_system}};
  if (!f.failed_reason.empty()) {
    tree["failed_reason"] = f.failed_reason;
  }
  return tree;
}

Json timeline_tree(const std::vector<metrics::ServicePoint>& points) {
  Json tree = Json::array();
  for (const auto& point : points) {
    tree.push_back({{"at_s", point.at_s},
                    {"running", point.running},
                    {"waiting", point.waiting},
                    {"kv_share", point.kv_share},
                    {"prompt_tokens_per_s", point.prompt_tokens_per_s},
                    {"output_tokens_per_s", point.output_tokens_per_s},
                    {"replicas", point.replicas}});
  }
  return tree;
}

Json memory_tree(const metrics::ServingMemoryFigures& f) {
  return Json{{"weights_bytes", f.weights_bytes},         {"kv_bytes", f.kv_bytes},
              {"activations_bytes", f.activations_bytes}, {"reserved_bytes", f.reserved_bytes},
              {"total_bytes", f.total_bytes()},           {"capacity_bytes", f.capacity_bytes}};
}

/// The fullest card of all, and of each pool where there are two.
Json memory_tree(const std::vector<metrics::ServingMemoryFigures>& pools) {
  const auto share = [](const metrics::ServingMemoryFigures& f) { return f.total_bytes() / f.capacity_bytes; };
  Json tree = memory_tree(
      *std::max_element(pools.begin(), pools.end(), [&](const auto& a, const auto& b) { return share(a) < share(b); }));
  for (const auto& pool : pools) {
    if (!pool.pool.empty()) {
      tree[pool.pool] = memory_tree(pool);
    }
  }
  return tree;
}

Json trace_tree(const metrics::TraceFigures& f) {
  Json tree{{"rows", f.rows}, {"left_out", f.left_out}};
  if (f.left_out > 0) {
    tree["left_out_why"] = left_out_reason;
    tree["first_left_out_line"] = f.first_left_out_line;
  }
  return tree;
}

/// The highest priority first.
Json priorities_tree(const std::vector<metrics::PriorityFigures>& priorities) {
  Json tree = Json::array();
  for (const auto& f : priorities) {
    tree.push_back(
        {{"priority", f.priority},
         {"requests",
          {{"completed", f.requests_completed}, {"failed", f.requests_failed}, {"unfinished", f.requests_unfinished}}},
         {"ttft_s", latency_tree(f.ttft)},
         {"tpot_s", latency_tree(f.tpot)},
         {"itl_s", latency_tree(f.itl)},
         {"e2e_s", latency_tree(f.e2e)},
         {"prompt_tokens_per_s", f.prompt_tokens_per_s},
         {"output_tokens_per_s", f.output_tokens_per_s},
         {"goodput_rps", f.goodput_rps},
         {"slo_attainment", known(f.slo_attainment)}});
  }
  return tree;
}

} // namespace

void add_service(Json& job, const ServiceFigures& f) {
  job["requests"] = requests_tree(f);
  job["ttft_s"] = latency_tree(f.ttft);
  job["tpot_s"] = latency_tree(f.tpot);
  job["itl_s"] = latency_tree(f.itl);
  job["e2e_s"] = latency_tree(f.e2e);
  job["wait_s"] = latency_tree(f.queue);
  if (f.kv_transferred_bytes > 0) {
    job["hand_over_s"] = latency_tree(f.hand_over);
  }
  job["prompt_tokens"] = f.prompt_tokens;
  job["output_tokens"] = f.output_tokens;
  job["prompt_tokens_per_s"] = f.prompt_tokens_per_s;
  job["prompt_tokens_per_s_per_card"] = f.prompt_tokens_per_s_per_card;
  job["prompt_tokens_per_s_per_node"] = f.prompt_tokens_per_s_per_node;
  job["output_tokens_per_s"] = f.output_tokens_per_s;
  job["output_tokens_per_s_per_card"] = f.output_tokens_per_s_per_card;
  job["output_tokens_per_s_per_node"] = f.output_tokens_per_s_per_node;
  job["goodput_rps"] = f.goodput_rps;
  job["slo_attainment"] = known(f.slo_attainment);
  job["meets_slo"] = answers(f) ? Json(f.meets_slo) : Json(nullptr);
  job["batch"] = {{"mean", f.mean_batch}, {"peak", f.peak_batch}};
  job["kv"] = {{"mean_share", f.mean_kv_share},
               {"peak_share", f.peak_kv_share},
               {"blocks", f.kv_blocks},
               {"transferred_bytes", f.kv_transferred_bytes}};
  if (f.kv_transferred_bytes > 0) {
    job["kv"]["transfer_stall_s"] = f.hand_over_stall_s;
  }
  job["prefix_hit_share"] = f.prefix_hit_share;
  job["preemptions"] = f.preemptions;
  job["iterations"] = f.iterations;
  job["replicas"] = {{"mean", f.mean_replicas},
                     {"peak", f.peak_replicas},
                     {"started", f.replicas_started},
                     {"ended", f.replicas_ended}};
  if (!f.memory.empty()) {
    job["memory"] = memory_tree(f.memory);
  }
  if (f.trace) {
    job["trace"] = trace_tree(*f.trace);
  }
  if (!f.priorities.empty()) {
    job["priorities"] = priorities_tree(f.priorities);
  }
  job["evidence"] = name_of(f.evidence);
  job["timeline"] = timeline_tree(f.timeline);
}

} // namespace iccsim::report
