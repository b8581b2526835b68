#include "cli/size_load.hpp"
#include "cli/size_report.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace iccsim::cli {
namespace {

using Json = nlohmann::ordered_json;

Json replicas_tree(const SizeQuestion& question, const std::vector<int>& counts) {
  Json tree;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    tree[question.pools[i].label] = counts[i];
  }
  tree["cards"] = question.cards_of(counts);
  return tree;
}

Json latency_tree(const metrics::LatencyFigures& latency) {
  return {{"mean", latency.mean_s}, {"p50", latency.p50_s}, {"p90", latency.p90_s}, {"p99", latency.p99_s}};
}

Json trial_tree(const SizeQuestion& question, const SizeTrial& trial) {
  const SizeFigures& f = trial.figures;
  Json tree = replicas_tree(question, trial.counts);
  tree["load"] = load_value(question.spec().requests, trial.factor);
  tree["completed"] = f.completed;
  tree["failed"] = f.failed;
  tree["unfinished"] = f.unfinished;
  tree["ttft_s"] = latency_tree(f.latencies.ttft);
  tree["tpot_s"] = latency_tree(f.latencies.tpot);
  tree["e2e_s"] = latency_tree(f.latencies.e2e);
  tree["output_tokens_per_s"] = f.output_tokens_per_s;
  tree["goodput_rps"] = f.goodput_rps;
  tree["slo_attainment"] = f.slo_attainment;
  if (std::isfinite(trial.verdict.excess)) {
    tree["worst_share_of_slo"] = trial.verdict.excess;
  }
  tree["meets_slo"] = trial.verdict.meets;
  return tree;
}

Json trials_tree(const SizeQuestion& question, const std::vector<SizeTrial>& trials) {
  Json list = Json::array();
  for (const auto& trial : trials) {
    list.push_back(trial_tree(question, trial));
  }
  return list;
}

Json promises_tree(const SizeQuestion& question) {
  Json tree = Json::object();
  for (const auto& promise : question.promises) {
    tree[promise.latency.what_key][promise.latency.which_key] = promise.within_s;
  }
  return tree;
}

} // namespace

std::string size_json(const SizeQuestion& question, const std::optional<SizeAnswer>& answer,
                      const std::optional<LoadCurve>& curve) {
  const auto& requests = question.spec().requests;
  Json tree{{"scenario", question.file},      {"job", question.job.name},       {"chip", question.chip},
            {"slo", promises_tree(question)}, {"load_is", load_name(requests)}, {"load", load_value(requests, 1)}};
  if (answer) {
    tree["answer"] = answer->counts ? replicas_tree(question, *answer->counts) : Json(nullptr);
    if (!answer->note.empty()) {
      tree["note"] = answer->note;
    }
    tree["search"] = trials_tree(question, answer->search);
  }
  if (curve) {
    tree["curve"] = {{"replicas", replicas_tree(question, curve->counts)},
                     {"highest_load", curve->highest ? Json(load_value(requests, *curve->highest)) : Json(nullptr)},
                     {"points", trials_tree(question, curve->points)}};
  }
  // Names come from users: bytes that are no UTF-8 are replaced, never an error.
  return tree.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace iccsim::cli
