#include "cli/bench_growth.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::cli {

std::optional<Growth> growth_of(const std::vector<ScalePoint>& curve) {
  if (curve.size() <= static_cast<std::size_t>(Growth::doublings)) {
    return std::nullopt;
  }
  const ScalePoint& from = curve[curve.size() - 1 - Growth::doublings];
  const ScalePoint& to = curve.back();
  Growth growth;
  growth.from_cards = from.cards;
  growth.to_cards = to.cards;
  growth.last_s = to.cpu_s;
  growth.per_doubling = std::pow(to.cpu_s / from.cpu_s, 1.0 / Growth::doublings);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (curve[i - 1].cpu_s >= Growth::shortest_s) {
      growth.worst = std::max(growth.worst, curve[i].cpu_s / curve[i - 1].cpu_s);
    }
  }
  return growth;
}

} // namespace iccsim::cli
