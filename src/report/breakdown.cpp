#include "report/breakdown.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/bar.hpp"

#include <algorithm>
#include <vector>

namespace iccsim::report {
namespace {

constexpr int bar_width = 16;

using Row = EnumRow<metrics::State>;

/// The states that took time, largest first; equal ones in the order of the table.
std::vector<Row> by_share(const metrics::StateSeconds& states) {
  std::vector<Row> rows;
  for (const auto& row : EnumTable<metrics::State>::rows) {
    if (states[row.value] > 0) {
      rows.push_back(row);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return states[a.value] > states[b.value]; });
  return rows;
}

} // namespace

std::string breakdown(const metrics::StateSeconds& states, std::size_t indent) {
  const double total_s = states.total();
  if (total_s <= 0) {
    return "";
  }
  // Planners count card-hours; short runs would show zeros.
  const bool hours = total_s >= 3600;
  TextTable table({{}, {}, {Align::right}, {Align::right}, {Align::left, 48}});
  table.add({"card time", "", "share", hours ? "card-hours" : "card-s", ""});
  for (const auto& row : by_share(states)) {
    const double seconds = states[row.value];
    table.add({std::string(row.name), bar(seconds / total_s, bar_width), human_percent(seconds / total_s),
               human_number(hours ? seconds / 3600 : seconds), std::string(row.help)});
  }
  return table.to_string(indent);
}

} // namespace iccsim::report
