#include "cli/size_report.hpp"

#include "cli/size_load.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/labelled_lines.hpp"

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
  return fmt::format("{}, {}", text, report::counted(question.cards_of(counts), "card"));
}

std::string promises_text(const SizeQuestion& question) {
  std::string text;
  for (const auto& promise : question.promises) {
    text +=
        fmt::format("{}{} within {}", text.empty() ? "" : ", ", promise.latency.label, human_seconds(promise.within_s));
  }
  return text;
}

std::string keeps_text(const SizeTrial& trial) {
  if (trial.figures.failed > 0) {
    return human_count(trial.figures.failed) + " failed";
  }
  return trial.verdict.meets ? "yes" : "no";
}

/// Latencies, throughput and the verdict, after what tells the trials apart.
class TrialTable {
public:
  TrialTable(const SizeQuestion& question, std::vector<std::string> heads)
      : question_(question), text_(std::vector<report::TextTable::Column>(heads.size() + question.shown.size() + 3,
                                                                          {report::Align::right, 0})) {
    for (const auto& latency : question.shown) {
      heads.push_back(latency.label);
    }
    heads.insert(heads.end(), {"tokens/s", "goodput/s", "keeps"});
    text_.add(std::move(heads));
  }

  void add(std::vector<std::string> cells, const SizeTrial& trial) {
    for (const auto& latency : question_.shown) {
      cells.push_back(human_seconds(latency.of(trial.figures.latencies)));
    }
    cells.push_back(human_number(trial.figures.output_tokens_per_s));
    cells.push_back(human_number(trial.figures.goodput_rps));
    cells.push_back(keeps_text(trial));
    text_.add(std::move(cells));
  }

  std::string to_string() const { return text_.to_string(2); }

private:
  const SizeQuestion& question_;
  report::TextTable text_;
};

std::string search_table(const SizeQuestion& question, const SizeAnswer& answer) {
  std::vector<std::string> heads;
  for (const auto& pool : question.pools) {
    heads.push_back(pool.label);
  }
  heads.emplace_back("cards");
  TrialTable text(question, heads);
  for (const auto& trial : answer.search) {
    std::vector<std::string> cells;
    for (const int count : trial.counts) {
      cells.push_back(human_count(count));
    }
    cells.push_back(human_count(question.cards_of(trial.counts)));
    text.add(std::move(cells), trial);
  }
  return text.to_string();
}

std::string curve_table(const SizeQuestion& question, const LoadCurve& curve) {
  const auto& requests = question.spec().requests;
  TrialTable text(question, {load_name(requests)});
  for (const auto& trial : curve.points) {
    const double load = load_value(requests, trial.factor);
    text.add({is_closed(requests) ? human_count(load) : human_number(load)}, trial);
  }
  return text.to_string();
}

std::string answer_text(const SizeQuestion& question, const SizeAnswer& answer) {
  std::string text = answer.counts
                         ? fmt::format("answer: {} of {}\n", replicas_text(question, *answer.counts), question.chip)
                         : std::string("answer: none\n");
  if (!answer.note.empty()) {
    const std::string indent = "      ";
    std::string before = "note: ";
    for (const auto& piece : report::wrap(answer.note, report::page_width - indent.size())) {
      text += before + piece + "\n";
      before = indent;
    }
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
    if (!answer->search.empty()) {
      text +=
          fmt::format("\nreplicas against latency at {}\n{}", load_text(requests, 1), search_table(question, *answer));
    }
    text += answer_text(question, *answer);
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
