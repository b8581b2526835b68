#include "workload/requests/azure_trace.hpp"

#include "workload/requests/timestamp.hpp"

namespace iccsim::workload {

double AzureTrace::time_s(CsvRow& fields, const CsvColumn& column) {
  const auto timestamp = read_timestamp(fields.text(column));
  if (!timestamp) {
    fields.fail(column, "a time such as 2023-11-16 18:17:03.9799600");
    return 0;
  }
  if (!first_second_) {
    first_second_ = timestamp->seconds;
  }
  return static_cast<double>(timestamp->seconds - *first_second_) + timestamp->fraction_s;
}

} // namespace iccsim::workload
