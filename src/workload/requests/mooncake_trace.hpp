// Mooncake's traces.
#pragma once

#include "workload/requests/trace_row.hpp"

namespace iccsim::workload {

/// JSON lines (Qin et al., Mooncake, FAST'25): timestamp (ms), input_length, output_length and hash_ids, one for each
/// `block_tokens` tokens of the prompt, the last for what is left. Without hash_ids a request shares nothing. Requests
/// without output failed and are left out.
class MooncakeTrace : public RowFormat {
public:
  explicit MooncakeTrace(int block_tokens) : block_tokens_(block_tokens) {}

  bool has_header() const override { return false; }
  std::optional<RowProblem> read_header(std::string_view) override { return std::nullopt; }
  Outcome read_row(std::string_view line, TraceRow& row, RowProblem& problem) override;
  bool starts_at_first_row() const override { return true; }

private:
  int block_tokens_;
};

} // namespace iccsim::workload
