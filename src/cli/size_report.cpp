#include "cli/size_report.hpp"

#include "cli/size_load.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"

#include <fmt/format.h>

namespace iccsim::cli {
namespace {

using report::human_count;
using report::human_number;
using report::human_seconds;

std::string replicas_text(const SizeQuestion& question, const std::vector<int>& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::string& label = question.pools[i].label;
    const std::string noun = label == "replicas" ? (counts[i] == 1 ? "replica" : "replicas") : label;
    text += fmt::format("{}{} {}", i > 0 ? " + " : "", human_count(counts[i]), noun);
  }
  const int cards = question.cards_of(counts);
  return fmt::format("{}, {} {}", text, human_count(cards), cards == 1 ? "card" : "cards");
}

std::string promises_text(const SizeQuestion& question) {
  std::string text;
  for (const auto& promise : question.promises) {
    text += fmt::format("{}{} within {}", text.empty() ? "" : ", ", promise.label, human_seconds(promise.within_s));
  }
  return text;
}

std::vector<std::string> figure_cells(const SizeTrial& trial) {
  const SizeFigures& f = trial.figures;
  return {human_seconds(f.ttft_p50_s),
          human_seconds(f.ttft_p99_s),
          human_seconds(f.tpot_p50_s),
          human_seconds(f.tpot_p99_s),
          human_number(f.output_tokens_per_s),
          human_number(f.goodput_rps),
          f.failed > 0          ? fmt::format("{} failed", human_count(f.failed))
          : trial.verdict.meets ? "yes"
                                : "no"};
}

const std::vector<std::string> figure_heads = {"TTFT p50", "p99", "TPOT p50", "p99", "tokens/s", "goodput/s", "keeps"};

report::TextTable table(std::vector<std::string> heads) {
  std::vector<report::TextTable::Column> columns(heads.size() + figure_heads.size(), {report::Align::right, 0});
  report::TextTable text(columns);
  heads.insert(heads.end(), figure_heads.begin(), figure_heads.end());
  text.add(heads);
  return text;
}

void add_row(report::TextTable& text, std::vector<std::string> cells, const SizeTrial& trial) {
  for (auto& cell : figure_cells(trial)) {
    cells.push_back(std::move(cell));
  }
  text.add(std::move(cells));
}

std::string search_table(const SizeQuestion& question, const SizeAnswer& answer) {
  std::vector<std::string> heads;
  for (const auto& pool : question.pools) {
    heads.push_back(pool.label);
  }
  heads.emplace_back("cards");
  report::TextTable text = table(heads);
  for (const auto& trial : answer.search) {
    std::vector<std::string> cells;
    for (const int count : trial.counts) {
      cells.push_back(human_count(count));
    }
    cells.push_back(human_count(question.cards_of(trial.counts)));
    add_row(text, std::move(cells), trial);
  }
  return text.to_string(2);
}

std::string curve_table(const SizeQuestion& question, const LoadCurve& curve) {
  const auto& requests = question.spec().requests;
  report::TextTable text = table({load_name(requests)});
  for (const auto& trial : curve.points) {
    add_row(text, {human_number(load_value(requests, trial.factor))}, trial);
  }
  return text.to_string(2);
}

std::string answer_text(const SizeQuestion& question, const SizeAnswer& answer) {
  std::string text = answer.counts
                         ? fmt::format("answer: {} of {}\n", replicas_text(question, *answer.counts), question.chip)
                         : std::string("answer: none\n");
  if (!answer.note.empty()) {
    text += "note: " + answer.note + "\n";
  }
  for (const auto& trial : answer.search) {
    if (!trial.figures.failed_reason.empty()) {
      return text + "a request failed: " + trial.figures.failed_reason + "\n";
    }
  }
  return text;
}

} // namespace

std::string size_text(const SizeQuestion& question, const std::optional<SizeAnswer>& answer,
                      const std::optional<LoadCurve>& curve) {
  const auto& requests = question.spec().requests;
  std::string text = fmt::format("{}: {}\n", question.job.name, promises_text(question));
  if (answer) {
    text += fmt::format("\nreplicas against latency at {}\n{}{}", load_text(requests, 1),
                        search_table(question, *answer), answer_text(question, *answer));
  }
  if (curve) {
    text += fmt::format("\n{} against latency with {}\n{}", load_name(requests), replicas_text(question, curve->counts),
                        curve_table(question, *curve));
    text += curve->highest ? fmt::format("highest that keeps the promise: {}\n", load_text(requests, *curve->highest))
                           : std::string("no load keeps the promise\n");
  }
  return text;
}

} // namespace iccsim::cli
