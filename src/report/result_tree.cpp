#include "report/result_tree.hpp"

#include "report/service_tree.hpp"

#include <cmath>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;
using metrics::JobResult;
using metrics::JobState;

Json states_tree(const metrics::StateSeconds& states) {
  Json tree = Json::object();
  for (const auto& row : EnumTable<metrics::State>::rows) {
    tree[std::string(row.name)] = states[row.value];
  }
  return tree;
}

const char* name_of_state(JobState state) {
  switch (state) {
  case JobState::waiting:
    return "waiting";
  case JobState::running:
    return "running";
  case JobState::done:
    return "done";
  }
  return "?";
}

Json memory_tree(const metrics::MemoryFigures& memory) {
  return Json{{"weights_bytes", memory.weights_bytes},     {"gradients_bytes", memory.gradients_bytes},
              {"optimizer_bytes", memory.optimizer_bytes}, {"activations_bytes", memory.activations_bytes},
              {"workspace_bytes", memory.workspace_bytes}, {"total_bytes", memory.total_bytes},
              {"capacity_bytes", memory.capacity_bytes}};
}

void add_training(Json& tree, const metrics::StepFigures& training) {
  tree["steps"] = training.steps;
  tree["step_s"] = {{"mean", training.step_mean_s}, {"p50", training.step_p50_s}, {"p99", training.step_p99_s}};
  tree["tokens_per_s"] = training.tokens_per_s;
  tree["tokens_per_s_per_card"] = training.tokens_per_s_per_card;
  tree["tflops_per_card"] = training.tflops_per_card;
  tree["hardware_tflops_per_card"] = training.hardware_tflops_per_card;
  tree["mfu"] = training.mfu;
  tree["hfu"] = training.hfu;
  tree["ettr"] = training.ettr;
  tree["evidence"] = name_of(training.evidence);
  tree["memory"] = memory_tree(training.memory);
}

Json collectives_tree(const std::vector<metrics::CollectiveRow>& rows) {
  Json tree = Json::array();
  for (const auto& row : rows) {
    tree.push_back({{"bytes", row.bytes},
                    {"time_s", row.time_s},
                    {"algbw", row.algbw},
                    {"busbw", row.busbw},
                    {"algorithm", row.algorithm}});
  }
  return tree;
}

Json io_tree(const metrics::IoFigures& io) {
  return Json{{"bytes", io.bytes},
              {"storage_bytes", io.storage_bytes},
              {"cached_bytes", io.cached_bytes},
              {"copied_bytes", io.copied_bytes},
              {"stall_s", io.stall_s},
              {"operations", io.operations}};
}

Json kv_tree(const metrics::KvIoFigures& kv) {
  const auto tier = [](const metrics::KvTierFigures& f) {
    return Json{{"read_bytes", f.read_bytes}, {"written_bytes", f.written_bytes}, {"peak_bytes", f.peak_bytes}};
  };
  return Json{{"host", tier(kv.host)}, {"nvme", tier(kv.nvme)}, {"storage", tier(kv.storage)}, {"stall_s", kv.stall_s}};
}

void add_io(Json& tree, const metrics::JobIo& io) {
  const auto add = [&](const char* purpose, const std::optional<metrics::IoFigures>& figures) {
    if (figures) {
      tree["io"][purpose] = io_tree(*figures);
    }
  };
  add("dataset", io.dataset);
  add("checkpoint", io.checkpoint);
  add("weights", io.weights);
  if (io.kv) {
    tree["io"]["kv"] = kv_tree(*io.kv);
  }
}

void add_samples(Json& tree, const JobResult& job) {
  if (job.au) {
    tree["au"] = *job.au;
  }
  if (job.samples_per_s) {
    tree["samples_per_s"] = *job.samples_per_s;
  }
}

Json job_tree(const JobResult& job) {
  Json tree{{"type", job.type},       {"state", name_of_state(job.state)},
            {"cards", job.cards},     {"submit_s", job.submit_s},
            {"start_s", job.start_s}, {"end_s", job.end_s},
            {"queue_s", job.queue_s}};
  if (!job.plan.empty()) {
    tree["plan"] = job.plan;
  }
  if (job.training) {
    add_training(tree, *job.training);
  }
  add_samples(tree, job);
  if (job.service) {
    add_service(tree, *job.service);
  }
  add_io(tree, job.io);
  if (!job.collectives.empty()) {
    tree["collectives"] = collectives_tree(job.collectives);
  }
  tree["states_s"] = states_tree(job.states);
  return tree;
}

Json resources_tree(const std::vector<metrics::ResourceFigures>& resources) {
  Json tree = Json::array();
  for (const auto& resource : resources) {
    tree.push_back({{"name", resource.name},
                    {"kind", resource.kind},
                    {"capacity", resource.capacity},
                    {"bytes", resource.bytes},
                    {"mean_utilization", resource.mean_utilization},
                    {"peak_utilization", resource.peak_utilization},
                    {"saturated_s", resource.saturated_s},
                    {"alike", resource.alike}});
  }
  return tree;
}

void require_finite(const Json& tree, const std::string& path) {
  if (tree.is_number_float() && !std::isfinite(tree.get<double>())) {
    throw metrics::InternalError("the figure " + path + " is not a finite number");
  }
  if (tree.is_structured()) {
    for (const auto& item : tree.items()) {
      require_finite(item.value(), path.empty() ? item.key() : path + "." + item.key());
    }
  }
}

} // namespace

Json result_tree(const metrics::Result& result) {
  Json jobs = Json::object();
  for (const auto& job : result.jobs) {
    jobs[job.name] = job_tree(job);
  }
  Json tree{{"iccsim", {{"version", result.version}}},
            {"scenario", result.scenario_name},
            {"title", result.scenario_title},
            {"seed", result.seed},
            {"complete", result.complete},
            {"simulated_s", result.simulated_s},
            {"wall_s", result.wall_s},
            {"cluster",
             {{"cards", result.cards},
              {"utilization", result.utilization},
              {"peak_utilization", result.peak_utilization},
              {"states_s", states_tree(result.cluster_states)}}},
            {"jobs", jobs},
            {"resources", resources_tree(result.resources)}};
  require_finite(tree, "");
  return tree;
}

} // namespace iccsim::report
