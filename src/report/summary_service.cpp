#include "report/summary_service.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/left_out_rows.hpp"
#include "report/promises.hpp"
#include "report/spark_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace iccsim::report {
namespace {

using metrics::ServiceFigures;
using metrics::ServicePoint;

constexpr std::size_t spark_width = 60;

std::string requests_text(const ServiceFigures& f) {
  std::string text = human_count(f.requests_completed) + " completed";
  if (f.requests_failed > 0) {
    text += fmt::format(", {} failed ({})", human_count(f.requests_failed), f.failed_reason);
  }
  if (f.requests_unfinished > 0) {
    text += fmt::format(", {} unfinished at the end", human_count(f.requests_unfinished));
  }
  text += fmt::format("; {} in the system on average", human_number(f.mean_in_system));
  if (f.trace && f.trace->left_out > 0) {
    text += "; " + left_out_rows(*f.trace);
  }
  return text;
}

std::string throughput_text(const ServiceFigures& f) {
  const auto rate = [](const char* what, double all, double card, double node) {
    return fmt::format("{} {} tokens/s ({} per card, {} per node)", human_quantity(all), what, human_number(card),
                       human_quantity(node));
  };
  return rate("output", f.output_tokens_per_s, f.output_tokens_per_s_per_card, f.output_tokens_per_s_per_node) + ", " +
         rate("prompt", f.prompt_tokens_per_s, f.prompt_tokens_per_s_per_card, f.prompt_tokens_per_s_per_node);
}

std::string memory_text(const ServiceFigures& f) {
  std::string text =
      fmt::format("{} full on average, {} at the peak, of {} blocks a group", human_percent(f.mean_kv_share),
                  human_percent(f.peak_kv_share), human_count(f.kv_blocks));
  if (f.preemptions > 0) {
    text += "; " + counted(f.preemptions, "preemption");
  }
  return text;
}

/// "memory", or "memory prefill": 70.1 of 85.9 GB (81.6%) on the fullest card: weights 17.5, KV 48.2, ...
void add_memory_lines(LabelledLines& lines, const ServiceFigures& f) {
  constexpr double gb = 1e9; // one unit for all parts: the line is read as a sum
  for (const auto& m : f.memory) {
    lines.add(m.pool.empty() ? "memory" : m.pool + " memory",
              fmt::format("{:.1f} of {:.1f} GB ({}) on the fullest card: weights {:.1f}, KV {:.1f}, activations "
                          "{:.1f}, the engine's own {:.1f}",
                          m.total_bytes() / gb, m.capacity_bytes / gb,
                          human_percent(m.total_bytes() / m.capacity_bytes), m.weights_bytes / gb, m.kv_bytes / gb,
                          m.activations_bytes / gb, m.reserved_bytes / gb));
  }
}

std::string replicas_text(const ServiceFigures& f) {
  return fmt::format("{} on average, {} at the peak; {} started and {} ended with the load",
                     human_number(f.mean_replicas), human_count(f.peak_replicas), human_count(f.replicas_started),
                     human_count(f.replicas_ended));
}

bool promises_anything(const scenario::SloSpec* slo) {
  return slo != nullptr && !promise_outcomes({}, *slo).empty();
}

/// What the SLO says of one row of the table: "p99 2.00 s".
std::string promised_text(const char* latency, const std::vector<PromiseOutcome>& outcomes) {
  std::string text;
  for (const auto& outcome : outcomes) {
    if (outcome.name.rfind(latency, 0) == 0) {
      text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", outcome.name.substr(outcome.name.find(' ') + 1),
                          human_seconds(outcome.within_s), outcome.kept() ? "" : " MISSED");
    }
  }
  return text;
}

std::string latency_table(const ServiceFigures& f, const scenario::SloSpec* slo) {
  const auto outcomes = slo == nullptr ? std::vector<PromiseOutcome>{} : promise_outcomes(f, *slo);
  TextTable table({{}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {}, {}});
  table.add({"latency", "mean", "p50", "p90", "p99", outcomes.empty() ? "" : "promised", ""});
  const auto add = [&](const char* name, const metrics::LatencyFigures& l, const char* meaning) {
    table.add({name, human_seconds(l.mean_s), human_seconds(l.p50_s), human_seconds(l.p90_s), human_seconds(l.p99_s),
               promised_text(name, outcomes), meaning});
  };
  add("TTFT", f.ttft, "to the first token");
  add("  queue", f.queue, "of it: waiting for a batch");
  if (f.kv_transferred_bytes > 0) {
    add("  hand-over", f.hand_over, "of it: from prefill to decode");
  }
  add("TPOT", f.tpot, "a token after the first");
  add("ITL", f.itl, "between two tokens");
  add("E2E", f.e2e, "to the last token");
  return table.to_string(2, page_width);
}

std::string priority_table(const std::vector<metrics::PriorityFigures>& priorities, bool promised) {
  if (priorities.empty()) {
    return "";
  }
  TextTable table({{Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right}});
  table.add({"priority", "requests", "TTFT p50", "p99", "TPOT p50", "p99", "E2E p99", promised ? "goodput" : "",
             promised ? "kept" : ""});
  for (const auto& f : priorities) {
    table.add({std::to_string(f.priority), human_count(f.requests_completed), human_seconds(f.ttft.p50_s),
               human_seconds(f.ttft.p99_s), human_seconds(f.tpot.p50_s), human_seconds(f.tpot.p99_s),
               human_seconds(f.e2e.p99_s), promised ? human_number(f.goodput_rps) + " /s" : "",
               !promised                      ? ""
               : std::isnan(f.slo_attainment) ? "-"
                                              : human_percent(f.slo_attainment)});
  }
  return "\n" + table.to_string(2, page_width);
}

template <typename Read>
void add_spark(TextTable& table, const char* name, const std::vector<ServicePoint>& points, Read read,
               std::string (*show)(double)) {
  std::vector<double> values;
  for (const auto& point : points) {
    values.push_back(read(point));
  }
  const double most = *std::max_element(values.begin(), values.end());
  table.add({name, spark_line(values, spark_width), "at most " + show(most)});
}

std::string timeline_table(const std::vector<ServicePoint>& points) {
  if (points.size() < 2) {
    return "";
  }
  TextTable table({{}, {}, {}});
  table.add({"over time",
             fmt::format("{} to {}", human_seconds(points.front().at_s), human_seconds(points.back().at_s)), ""});
  add_spark(
      table, "running", points, [](const ServicePoint& p) { return p.running; }, human_number);
  add_spark(
      table, "waiting", points, [](const ServicePoint& p) { return p.waiting; }, human_number);
  add_spark(
      table, "KV memory", points, [](const ServicePoint& p) { return p.kv_share; }, human_percent);
  const auto other = [&](const ServicePoint& p) { return p.replicas != points.front().replicas; };
  if (std::any_of(points.begin(), points.end(), other)) { // they come and go with the load
    add_spark(
        table, "replicas", points, [](const ServicePoint& p) { return double(p.replicas); }, human_number);
  }
  return "\n" + table.to_string(2, page_width);
}

} // namespace

void add_service_lines(LabelledLines& lines, const ServiceFigures& f, const scenario::SloSpec* slo) {
  lines.add("requests", requests_text(f));
  lines.add("throughput", throughput_text(f));
  lines.add("batch", fmt::format("{} sequences on average, {} at the peak, {}", human_number(f.mean_batch),
                                 human_count(f.peak_batch), counted(f.iterations, "iteration")));
  if (f.replicas_started + f.replicas_ended > 0) {
    lines.add("replicas", replicas_text(f));
  }
  lines.add("KV memory", memory_text(f));
  add_memory_lines(lines, f);
  if (f.prefix_hit_share > 0) {
    lines.add("prefix cache", human_percent(f.prefix_hit_share) + " of the prompt tokens were found in it");
  }
  if (promises_anything(slo) && answers(f)) {
    lines.add("SLO", slo_answer(f, *slo));
    lines.add("goodput", human_number(f.goodput_rps) + " requests/s that kept to it");
  }
}

std::string service_tables(const ServiceFigures& f, const scenario::SloSpec* slo) {
  return "\n" + latency_table(f, slo) + priority_table(f.priorities, promises_anything(slo)) +
         timeline_table(f.timeline);
}

} // namespace iccsim::report
