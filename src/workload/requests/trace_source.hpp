// Requests played from a trace.
#pragma once

#include "workload/requests/trace_rows.hpp"
#include "workload/requests/weighted_choice.hpp"

#include "iccsim/workload/request_source.hpp"

#include <memory>
#include <optional>
#include <stdexcept>

namespace iccsim::workload {

/// A bad row, met while a trace is played.
struct BadTrace : std::runtime_error {
  explicit BadTrace(const scenario::Diagnostic& problem)
      : std::runtime_error(to_string(problem)), diagnostic(problem) {}
  scenario::Diagnostic diagnostic;
};

/// Times are the trace's: what has ended brings nothing. Each repetition reads the file anew, with the same contents
/// in its prompts, and begins one mean gap after the last request of the one before.
class TraceSource : public RequestSource {
public:
  TraceSource(const scenario::RequestsSpec& spec, const SourceOptions& options);

  std::optional<double> next_arrival_s() override;
  std::optional<Request> next() override;
  void completed(const Request&, double) override {}
  void failed(const Request&, double) override {}
  double expected_count() const override { return spec_.count; }

private:
  void read_ahead();
  void begin_round();
  BlockChain blocks(TraceRow& row) const;
  int priority(const TraceRow& row, std::uint64_t number) const;

  scenario::RequestsSpec spec_;
  SourceOptions options_;
  WeightedChoice priorities_;
  std::vector<int> priority_values_;
  std::unique_ptr<TraceRows> rows_;
  std::optional<TraceRow> ahead_; ///< its time scaled and moved to the round
  int round_ = 0;                 ///< rounds that have begun
  double round_start_s_ = 0;
  double first_s_ = 0, last_s_ = 0; ///< of the round, in the service's time
  double rows_in_round_ = 0;
  std::uint64_t given_ = 0;
};

} // namespace iccsim::workload
