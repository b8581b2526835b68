#include "call_times.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload::serving {

namespace {

/// Payloads between which a library changes its mind: 4 KiB to 1 GiB.
constexpr double smallest_bytes = 4096;
constexpr double largest_bytes = 1073741824;
constexpr double step = 16;

} // namespace

CallTimes::CallTimes(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                     const std::vector<std::vector<platform::CardId>>& groups, const CollectiveCosts& costs) {
  if (groups.empty() || groups.front().size() < 2) {
    return;
  }
  for (double bytes = smallest_bytes; bytes <= largest_bytes * 1.01; bytes *= step) {
    CollectiveShape shape = choose_collective(cluster, operation, bytes, groups, costs);
    const double latency_s = lone_seconds(cluster, shape, 0);
    const Line line{latency_s, (lone_seconds(cluster, shape, largest_bytes) - latency_s) / largest_bytes};
    const auto same = [&line](const Line& o) {
      return std::abs(o.at(0) - line.at(0)) < 1e-12 && std::abs(o.at(1e9) - line.at(1e9)) < 1e-9;
    };
    if (std::none_of(lines_.begin(), lines_.end(), same)) {
      lines_.push_back(line);
      shapes_.push_back(std::move(shape));
    }
  }
}

void CallTimes::add_direct(double latency_s, double efficiency) {
  if (lines_.empty()) {
    return;
  }
  const auto rate = std::min_element(lines_.begin(), lines_.end(),
                                     [](const Line& a, const Line& b) { return a.per_byte_s < b.per_byte_s; });
  lines_.push_back({latency_s, rate->per_byte_s / efficiency});
}

double CallTimes::seconds(double bytes) const {
  double least = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const double time = lines_[i].at(bytes);
    least = i == 0 ? time : std::min(least, time);
  }
  return least;
}

std::size_t CallTimes::cheapest(double bytes) const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < shapes_.size(); ++i) {
    best = lines_[i].at(bytes) < lines_[best].at(bytes) ? i : best;
  }
  return best;
}

} // namespace iccsim::workload::serving
