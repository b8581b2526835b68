// Azure LLM inference traces.
#pragma once

#include "workload/requests/request_log.hpp"

namespace iccsim::workload {

/// TIMESTAMP,ContextTokens,GeneratedTokens: the trace of 2023 (Patel et al., Splitwise, ISCA 2024) and those of 2024
/// (Stojkovic et al., DynamoLLM, HPCA 2025), whose times have an offset.
class AzureTrace : public RequestLog {
public:
  AzureTrace() : RequestLog("TIMESTAMP", "ContextTokens", "GeneratedTokens") {}

private:
  double time_s(CsvRow& fields, const CsvColumn& column) override;
  void rewind() override { first_second_.reset(); }

  std::optional<std::int64_t> first_second_; ///< the epoch's seconds leave a double no digits for microseconds
};

} // namespace iccsim::workload
