#include "engine/job/chip_mix.hpp"

#include <algorithm>

namespace iccsim::engine {
namespace {

double peak_of(const scenario::ChipSpec& chip, scenario::Precision precision) {
  const auto found = chip.peak_flops.find(precision);
  return found == chip.peak_flops.end() ? 0 : found->second;
}

} // namespace

ChipMix::ChipMix(const platform::Cluster& cluster, const Placement& placement, scenario::Precision precision) {
  int pool = -1;
  for (const platform::CardId card : placement) {
    const platform::NodeId node = cluster.node_of(card);
    if (cluster.pool_of(node) == pool) {
      continue; // cards of a pool are mostly neighbours, and all alike
    }
    pool = cluster.pool_of(node);
    const scenario::ChipSpec& chip = cluster.node_spec(node).chip;
    if (index_of(chip) == static_cast<int>(chips_.size())) {
      chips_.push_back(chip);
    }
  }
  std::stable_sort(chips_.begin(), chips_.end(),
                   [precision](const auto& a, const auto& b) { return peak_of(a, precision) < peak_of(b, precision); });
}

int ChipMix::index_of(const scenario::ChipSpec& chip) const {
  const auto same = [&chip](const scenario::ChipSpec& known) {
    return known.name == chip.name && known.peak_flops == chip.peak_flops && known.memory_bytes == chip.memory_bytes;
  };
  return static_cast<int>(std::find_if(chips_.begin(), chips_.end(), same) - chips_.begin());
}

double ChipMix::least_memory_bytes() const {
  const auto least = std::min_element(chips_.begin(), chips_.end(),
                                      [](const auto& a, const auto& b) { return a.memory_bytes < b.memory_bytes; });
  return least->memory_bytes;
}

} // namespace iccsim::engine
