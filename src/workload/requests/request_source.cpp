#include "iccsim/workload/request_source.hpp"

#include "workload/requests/generated_source.hpp"
#include "workload/requests/length_file.hpp"
#include "workload/requests/rate_curve.hpp"
#include "workload/requests/trace_source.hpp"

#include <fmt/format.h>

#include <cmath>

namespace iccsim::workload {

using scenario::ArrivalProcess;
using scenario::Diagnostics;
using scenario::LengthDistribution;

namespace {

/// Rows of one file that are reported; who sees twenty knows what is wrong with the file.
constexpr int reported_rows = 20;

/// Passes on the first problems of a file and counts the others.
class LimitedSink {
public:
  explicit LimitedSink(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  ProblemSink sink() {
    return [this](const scenario::Diagnostic& problem) {
      ++count_;
      if (count_ <= reported_rows) {
        diagnostics_.add(problem);
        last_ = problem;
      }
    };
  }

  void say_how_many_more() {
    if (count_ > reported_rows) {
      last_.place.column = 1;
      ++last_.place.line;
      last_.message = fmt::format("{} more bad rows from here on", count_ - reported_rows);
      last_.expected.clear();
      last_.hint.clear();
      diagnostics_.add(last_);
    }
  }

private:
  Diagnostics& diagnostics_;
  scenario::Diagnostic last_;
  int count_ = 0;
};

std::string arrival_problem(const scenario::ArrivalSpec& arrival) {
  if (arrival.process == ArrivalProcess::closed) {
    return arrival.concurrency > 0 ? "" : "a closed loop without clients: concurrency is 0";
  }
  if (!arrival.curve.empty()) {
    return RateCurve::problem(arrival.curve, arrival.period_s);
  }
  return arrival.rate_per_s > 0 && std::isfinite(arrival.rate_per_s) ? "" : "the rate is not above 0";
}

std::vector<int> lengths_of(const scenario::LengthsSpec& spec, const std::string& key, const SourceOptions& options,
                            Diagnostics& diagnostics) {
  if (spec.distribution != LengthDistribution::empirical) {
    return {};
  }
  LimitedSink limited(diagnostics);
  auto lengths =
      read_length_file(options.directory / spec.file, fmt::format("{}.{}.file", options.path, key), limited.sink());
  limited.say_how_many_more();
  return lengths;
}

LengthFiles read_length_files(const scenario::RequestsSpec& spec, const SourceOptions& options,
                              Diagnostics& diagnostics) {
  return {lengths_of(spec.prompt, "prompt", options, diagnostics),
          lengths_of(spec.output, "output", options, diagnostics),
          lengths_of(spec.turns.count, "turns.count", options, diagnostics)};
}

void check_trace(const scenario::RequestsSpec& spec, const SourceOptions& options, Diagnostics& diagnostics) {
  LimitedSink limited(diagnostics);
  TraceRows rows(options.directory / spec.trace, spec.format, spec.block_tokens, options.path + ".trace",
                 limited.sink());
  while (rows.next()) {
  }
  limited.say_how_many_more();
}

bool check_process(const scenario::RequestsSpec& spec, const SourceOptions& options, Diagnostics& diagnostics) {
  const std::string problem = arrival_problem(spec.arrival);
  if (!problem.empty()) {
    diagnostics.add(file_problem("", 0, 0, options.path + ".arrival", problem, ""));
  } else if (spec.count <= 0 && !std::isfinite(options.horizon_s)) {
    diagnostics.add(
        file_problem("", 0, 0, options.path, "requests without end", "a count, or a duration of the scenario"));
  }
  return diagnostics.empty();
}

std::unique_ptr<RequestSource> open_trace(const scenario::RequestsSpec& spec, const SourceOptions& options,
                                          Diagnostics& diagnostics) {
  try {
    return std::make_unique<TraceSource>(spec, options);
  } catch (const BadTrace& problem) {
    diagnostics.add(problem.diagnostic);
    return nullptr;
  }
}

} // namespace

std::unique_ptr<RequestSource> make_request_source(const scenario::RequestsSpec& spec, const SourceOptions& options,
                                                   Diagnostics& diagnostics) {
  Diagnostics found;
  std::unique_ptr<RequestSource> source;
  if (!spec.trace.empty()) {
    source = open_trace(spec, options, found);
  } else if (check_process(spec, options, found)) {
    auto files = read_length_files(spec, options, found);
    if (found.empty()) {
      source = std::make_unique<GeneratedSource>(spec, options, ConversationMaker(spec, options, std::move(files)));
    }
  }
  for (const auto& problem : found.list()) {
    diagnostics.add(problem);
  }
  return source;
}

void check_requests(const scenario::RequestsSpec& spec, const SourceOptions& options, Diagnostics& diagnostics) {
  if (!spec.trace.empty()) {
    check_trace(spec, options, diagnostics);
  } else {
    read_length_files(spec, options, diagnostics);
  }
}

} // namespace iccsim::workload
