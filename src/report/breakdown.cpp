#include "report/breakdown.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/bar.hpp"
#include "report/labelled_lines.hpp"

#include <fmt/format.h>

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

/// Card-seconds, or the card-hours that planners count once there are some, with decimals that line up.
struct CardTime {
  double unit_s;
  const char* header;
  std::string text(double seconds) const {
    const double amount = seconds / unit_s;
    return amount >= 1000 ? human_count(amount) : fmt::format("{:.1f}", amount);
  }
};

} // namespace

std::string breakdown(const metrics::StateSeconds& states, std::size_t indent) {
  const double total_s = states.total();
  if (total_s <= 0) {
    return "";
  }
  const CardTime time = total_s >= 3600 ? CardTime{3600, "card-hours"} : CardTime{1, "card-s"};
  TextTable table({{}, {}, {Align::right}, {Align::right}, {}});
  table.add({"card time", "", "share", time.header, ""});
  for (const auto& row : by_share(states)) {
    const double seconds = states[row.value];
    table.add({std::string(row.name), bar(seconds / total_s, bar_width), human_percent(seconds / total_s),
               time.text(seconds), std::string(row.help)});
  }
  return table.to_string(indent, page_width);
}

} // namespace iccsim::report
