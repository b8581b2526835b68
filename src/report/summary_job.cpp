#include "report/summary_job.hpp"

#include "iccsim/report/memory_table.hpp"
#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/breakdown.hpp"
#include "report/labelled_lines.hpp"
#include "report/summary_io.hpp"
#include "report/summary_service.hpp"

#include <fmt/format.h>

namespace iccsim::report {
namespace {

using metrics::JobResult;
using metrics::JobState;

std::string headline(const JobResult& job) {
  const std::string what = fmt::format("{}: {} on {}", job.name, job.type, counted(job.cards, "card"));
  const std::string wait = job.queue_s > 0 ? ", queued for " + human_seconds(job.queue_s) : "";
  switch (job.state) {
  case JobState::waiting:
    return what + ", never started" + wait;
  case JobState::running:
    return what + wait + ", still running after " + human_seconds(job.end_s - job.start_s);
  case JobState::done:
    return what + wait + ", done in " + human_seconds(job.end_s - job.start_s);
  }
  return what;
}

std::string step_text(const metrics::StepFigures& f) {
  return fmt::format("{} mean, {} median, {} p99 over {}", human_seconds(f.step_mean_s), human_seconds(f.step_p50_s),
                     human_seconds(f.step_p99_s), counted(f.steps, "step"));
}

std::string evidence_text(scenario::Evidence evidence) {
  for (const auto& row : EnumTable<scenario::Evidence>::rows) {
    if (row.value == evidence) {
      return fmt::format("{}: {}", row.name, row.help);
    }
  }
  return "?";
}

void add_training(LabelledLines& lines, const metrics::StepFigures& f) {
  lines.add("step time", step_text(f));
  if (f.tokens_per_s == 0) {
    return; // a model known by its compute time has no tokens and no FLOPs
  }
  lines.add("throughput", fmt::format("{} tokens/s, {} tokens/s per card", human_quantity(f.tokens_per_s),
                                      human_number(f.tokens_per_s_per_card)));
  lines.add("model FLOPs",
            fmt::format("{} TFLOPS per card, MFU {}", human_number(f.tflops_per_card), human_percent(f.mfu)));
  // Without recomputation the line would say the same again.
  if (f.hardware_tflops_per_card > f.tflops_per_card * (1 + 1e-6)) {
    lines.add("hardware FLOPs", fmt::format("{} TFLOPS per card with recomputation, HFU {}",
                                            human_number(f.hardware_tflops_per_card), human_percent(f.hfu)));
  }
  if (f.ettr < 1) {
    lines.add("productive time", human_percent(f.ettr) + " of the wall-clock time (ETTR)");
  }
  if (f.memory.capacity_bytes > 0) {
    lines.add("memory", memory_line(f.memory));
  }
  lines.add("evidence", evidence_text(f.evidence));
}

std::string collectives_table(const std::vector<metrics::CollectiveRow>& rows) {
  TextTable table({{Align::right}, {Align::right}, {Align::right}, {Align::right}, {Align::left}});
  table.add({"bytes", "time", "algbw", "busbw", "algorithm"});
  for (const auto& row : rows) {
    table.add({human_size(row.bytes), human_seconds(row.time_s), human_bytes_per_s(row.algbw),
               human_bytes_per_s(row.busbw), row.algorithm});
  }
  return table.to_string(2);
}

std::string utilization_text(const JobResult& job) {
  const std::string rate = job.samples_per_s ? fmt::format(", {} samples/s", human_quantity(*job.samples_per_s)) : "";
  return fmt::format("{} of the accelerators (AU, first step excluded){}", human_percent(*job.au), rate);
}

} // namespace

std::string job_paragraph(const JobResult& job, const scenario::SloSpec* slo) {
  std::string text = headline(job) + "\n";
  LabelledLines lines;
  if (!job.plan.empty()) {
    lines.add("plan", job.plan);
  }
  if (job.training && job.training->steps > 0) {
    add_training(lines, *job.training);
  }
  if (job.au) {
    lines.add("utilization", utilization_text(job));
  }
  if (job.service) {
    add_service_lines(lines, *job.service, slo);
  }
  add_io_lines(lines, job);
  if (job.service) {
    lines.add("evidence", evidence_text(job.service->evidence));
  }
  text += lines.to_string(2);
  if (job.service) {
    text += service_tables(*job.service, slo);
  }
  if (!job.collectives.empty()) {
    text += "\n" + collectives_table(job.collectives);
  }
  const std::string states = breakdown(job.states, 2);
  return states.empty() ? text : text + "\n" + states;
}

} // namespace iccsim::report
