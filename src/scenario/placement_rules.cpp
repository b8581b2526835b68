// Cards and pools, for every type of job.
#include "scenario/placement_rules.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

std::vector<std::string> pool_names(const PlatformSpec& platform) {
  std::vector<std::string> names;
  for (const NodePoolSpec& pool : platform.pools) {
    names.push_back(pool.name);
  }
  return names;
}

long long cards_of(const std::vector<const NodePoolSpec*>& pools) {
  long long cards = 0;
  for (const NodePoolSpec* pool : pools) {
    cards += 1LL * pool->count * pool->node.cards;
  }
  return cards;
}

void check_pools(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform) {
  const Value pool = job.seek("pool");
  const std::vector<std::string> known = pool_names(platform);
  for (std::size_t i = 0; i < spec.pools.size(); ++i) {
    const std::string& name = spec.pools[i];
    const Value place = pool.tree->is_sequence() ? pool.item(i) : pool;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      reading.fail(place, fmt::format("the platform has no pool {}", quote(name)), any_of(known),
                   did_you_mean(nearest_spelling(name, known)));
    } else if (std::find(spec.pools.begin(), spec.pools.begin() + static_cast<std::ptrdiff_t>(i), name) !=
               spec.pools.begin() + static_cast<std::ptrdiff_t>(i)) {
      reading.fail(place, fmt::format("pool {} is listed twice", quote(name)), "each pool once");
    }
  }
}

} // namespace

std::vector<const NodePoolSpec*> usable_pools(const JobSpec& spec, const PlatformSpec& platform) {
  std::vector<const NodePoolSpec*> pools;
  for (const NodePoolSpec& pool : platform.pools) {
    if (spec.pools.empty() || std::find(spec.pools.begin(), spec.pools.end(), pool.name) != spec.pools.end()) {
      pools.push_back(&pool);
    }
  }
  return pools;
}

std::optional<Mistake> chips_compute(Precision precision, const JobSpec& job, const PlatformSpec& platform,
                                     const std::string& hint) {
  for (const NodePoolSpec* pool : usable_pools(job, platform)) {
    const ChipSpec& chip = pool->node.chip;
    if (chip.peak_flops.count(precision) == 0) {
      std::vector<std::string> supported;
      for (const auto& [known, peak] : chip.peak_flops) {
        supported.emplace_back(name_of(known));
      }
      return Mistake{fmt::format("chip {} of pool {} has no {}", chip.name, pool->name, name_of(precision)),
                     any_of(supported), hint};
    }
  }
  return std::nullopt;
}

void check_placement(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform) {
  if (!reading.trusts("platform")) {
    return;
  }
  if (reading.trusts(job.path + ".pool")) {
    check_pools(job, reading, spec, platform);
  }
  const long long available = cards_of(usable_pools(spec, platform));
  if (reading.trusts(job.path + ".pool") && reading.trusts(job.path + ".cards") && spec.cards > available) {
    reading.fail(job.seek(job.tree->find("cards") == nullptr ? "replicas" : "cards"),
                 fmt::format("{} cards, and the {} {}", spec.cards, spec.pools.empty() ? "platform has" : "pools have",
                             available),
                 fmt::format("at most {}", available));
  }
}

} // namespace iccsim::scenario
