#include "cli/describe.hpp"

#include "cli/fit.hpp"

#include "iccsim/report/memory_table.hpp"
#include "iccsim/report/units.hpp"
#include "iccsim/workload/plan.hpp"
#include "iccsim/workload/transformer.hpp"

#include <fmt/format.h>

namespace iccsim::cli {
namespace {

using report::counted;
using report::human_count;
using report::human_quantity;

std::string platform_lines(const scenario::PlatformSpec& platform) {
  std::string text;
  double cards = 0;
  for (const auto& pool : platform.pools) {
    cards += static_cast<double>(pool.count) * pool.node.cards;
    text += fmt::format("  {}: {} x {}, {} {} each\n", pool.name, human_count(pool.count), pool.node.title,
                        pool.node.cards, pool.node.chip.title);
  }
  return fmt::format("  {}, {} fabric, oversubscription {}:1\n", counted(cards, "card"), name_of(platform.fabric.kind),
                     report::human_number(platform.fabric.oversubscription)) +
         text;
}

std::string plan_text(const scenario::PretrainingSpec& spec, const workload::Plan& plan) {
  std::string text = fmt::format("TP {} x PP {} x DP {}", plan.tensor(), plan.pipeline(), plan.data());
  const auto add = [&](const char* name, int degree) {
    text += degree > 1 ? fmt::format(", {} {}", name, degree) : "";
  };
  add("VPP", plan.chunks());
  add("CP", plan.context());
  add("EP", plan.expert());
  text += fmt::format(", {} schedule, {} micro-batches", name_of(spec.parallelism.schedule), plan.microbatches());
  text += fmt::format(", sharding {}, recompute {}, {}", name_of(spec.parallelism.sharding), name_of(spec.recompute),
                      name_of(spec.precision));
  return text;
}

std::string model_text(const scenario::ModelSpec& model) {
  const std::string total = human_quantity(workload::total_parameters(model));
  const std::string active =
      model.has_moe() ? fmt::format(" ({} active)", human_quantity(workload::active_parameters(model))) : "";
  return fmt::format("{}, {} parameters{}", model.title.empty() ? model.name : model.title, total, active);
}

std::string pretraining_lines(const JobFit& fit) {
  const auto& spec = *fit.spec;
  const workload::Plan plan(spec, fit.job->cards);
  std::string text = fmt::format("  pretraining {} on {}\n", model_text(spec.model), counted(fit.job->cards, "card"));
  text += "  " + plan_text(spec, plan) + "\n";
  text += fmt::format("  {} of {} a step, software {}\n", counted(spec.batch.global, "sequence"),
                      counted(spec.batch.sequence, "token"), spec.software.name);
  text += fmt::format("  memory of the fullest card (pipeline rank {}): {}\n", fit.stage,
                      fit.misfit.empty() ? "fits" : "DOES NOT FIT");
  return text + report::memory_table(fit.memory, 4);
}

std::string collective_lines(const scenario::JobSpec& job, const scenario::CollectiveSpec& spec) {
  return fmt::format("  {} over {}, {}, algorithm {}\n", name_of(spec.operation), counted(job.cards, "card"),
                     counted(static_cast<double>(spec.bytes.size()), "size"), name_of(spec.algorithm));
}

std::string training_lines(const scenario::JobSpec& job, const scenario::TrainingSpec& spec) {
  return fmt::format("  training on {}, {} a card and step, {} of compute\n", counted(job.cards, "card"),
                     counted(spec.micro, "sample"), report::human_seconds(spec.compute_per_step_s));
}

std::string replicas_text(const scenario::ReplicasSpec& replicas) {
  std::string text = fmt::format("{} x TP {}", human_count(replicas.count), replicas.tensor);
  const auto add = [&](const char* name, int degree) { text += degree > 1 ? fmt::format(" {} {}", name, degree) : ""; };
  add("DP", replicas.data);
  add("PP", replicas.pipeline);
  add("EP", replicas.expert);
  return text;
}

std::string requests_text(const scenario::RequestsSpec& requests) {
  if (!requests.trace.empty()) {
    return fmt::format("requests of {} ({})", requests.trace, name_of(requests.format));
  }
  const auto& arrival = requests.arrival;
  const std::string rate = !arrival.curve.empty() ? "a rate curve"
                           : arrival.process == scenario::ArrivalProcess::closed
                               ? counted(arrival.concurrency, "client")
                               : report::human_number(arrival.rate_per_s) + " requests/s";
  const std::string count = requests.count > 0 ? ", " + human_count(requests.count) + " in all" : "";
  return fmt::format("{} arrivals, {}{}", name_of(arrival.process), rate, count);
}

std::string service_memory_line(const ServiceFit& fit) {
  const workload::ServingMemory& memory = fit.memory;
  const std::string pool = fit.role == workload::ReplicaRole::both      ? ""
                           : fit.role == workload::ReplicaRole::prefill ? " of prefill"
                                                                        : " of decode";
  const std::string kv = fit.misfit.empty() ? fmt::format("{} of KV ({} blocks of {} tokens a group)",
                                                          report::human_bytes(memory.kv_blocks * memory.kv_block_bytes),
                                                          human_count(memory.kv_blocks), memory.kv_block_tokens)
                                            : "DOES NOT FIT";
  return fmt::format("  memory of a card{}: {} of weights, {} of activations, {} of the engine, {}; {} may be used\n",
                     pool, report::human_bytes(memory.weights_bytes), report::human_bytes(memory.activations_bytes),
                     report::human_bytes(memory.reserved_bytes), kv, report::human_bytes(memory.usable_bytes));
}

std::string inference_lines(const scenario::Scenario& scenario, const scenario::JobSpec& job,
                            const scenario::InferenceSpec& spec) {
  std::string text = fmt::format("  inference of {} on {}\n", model_text(spec.model), counted(job.cards, "card"));
  const auto& split = spec.disaggregation;
  text += "  " + (split ? "prefill " + replicas_text(split->prefill) + ", decode " + replicas_text(split->decode)
                        : replicas_text(spec.replicas));
  text += fmt::format(", {}, software {}\n", name_of(spec.precision), spec.software.name);
  for (const ServiceFit& fit : service_fits(scenario, job)) {
    text += service_memory_line(fit);
  }
  return text + "  " + requests_text(spec.requests) + "\n";
}

} // namespace

std::string describe(const scenario::Scenario& scenario) {
  std::string text = fmt::format("{}: {}\n", scenario.file, scenario.title.empty() ? scenario.name : scenario.title);
  text += platform_lines(scenario.platform);
  const auto fits = job_fits(scenario);
  auto fit = fits.begin();
  for (const auto& job : scenario.jobs) {
    text += "\n" + job.name + "\n";
    if (const auto* collective = std::get_if<scenario::CollectiveSpec>(&job.what)) {
      text += collective_lines(job, *collective);
    } else if (const auto* training = std::get_if<scenario::TrainingSpec>(&job.what)) {
      text += training_lines(job, *training);
    } else if (const auto* inference = std::get_if<scenario::InferenceSpec>(&job.what)) {
      text += inference_lines(scenario, job, *inference);
    } else {
      text += pretraining_lines(*fit++);
    }
  }
  return text + "\n";
}

} // namespace iccsim::cli
