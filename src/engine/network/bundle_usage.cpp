// What single users of the network carried, and who of them can slow whom.
#include "engine/network/bundle_model.hpp"
#include "engine/network/interference.hpp"

#include <algorithm>
#include <map>

namespace iccsim::engine {

ShapeUsage ShapeUsage::since(const ShapeUsage& before) const {
  ShapeUsage added;
  added.splits = splits;
  if (before.bytes.size() != bytes.size()) {
    return added;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    added.bytes.push_back(bytes[i] - before.bytes[i]);
  }
  const std::map<std::uint32_t, double> earlier(before.saturated_s.begin(), before.saturated_s.end());
  for (const auto& [group, seconds] : saturated_s) {
    const auto found = earlier.find(group);
    if (found != earlier.end()) { // else split off in between, and not known apart before
      added.saturated_s.emplace_back(group, seconds - found->second);
    }
  }
  return added;
}

void ShapeUsage::add_bytes(const ShapeUsage& other, double times) {
  bytes.resize(std::max(bytes.size(), other.bytes.size()));
  for (std::size_t i = 0; i < other.bytes.size(); ++i) {
    bytes[i] += times * other.bytes[i];
  }
}

double BundleModel::left(const std::vector<BundleId>& bundles) const {
  double sum = 0;
  for (const Flight& flight : flights_) {
    const bool latency_over = flight.held ? flight.latency_left_s == 0 : flight.since <= clock_.now();
    if (flight.active && latency_over && std::find(bundles.begin(), bundles.end(), flight.bundle) != bundles.end()) {
      sum += (flight.remaining - moved(flight, clock_.now())) / flight.bytes;
    }
  }
  return sum;
}

ShapeUsage BundleModel::usage_of(const std::vector<BundleId>& bundles) const {
  ShapeUsage usage;
  usage.splits = groups_.splits().size();
  const std::vector<double> carried = carried_by_bundle();
  std::vector<bool> wanted(carried.size());
  for (const BundleId bundle : bundles) {
    usage.bytes.push_back(carried[bundle]);
    wanted[bundle] = true;
  }
  for (std::uint32_t g = 0; g < groups_.groups().size(); ++g) {
    for (const ResourceGroups::User& user : groups_.groups()[g].users) {
      if (wanted[user.bundle]) {
        usage.saturated_s.emplace_back(g, metered(g).saturated_s);
        break;
      }
    }
  }
  return usage;
}

/// Groups may have been split since: parts of a group have its past.
void BundleModel::add_usage(const std::vector<BundleId>& bundles, const ShapeUsage& usage, double times) {
  for (std::size_t i = 0; i < usage.bytes.size() && i < bundles.size(); ++i) {
    carried_bytes_[bundles[i]] += times * usage.bytes[i];
  }
  std::map<std::uint32_t, double> saturated_s(usage.saturated_s.begin(), usage.saturated_s.end());
  for (std::size_t i = usage.splits; i < groups_.splits().size(); ++i) {
    const auto [from, to] = groups_.splits()[i];
    const auto found = saturated_s.find(from);
    if (found != saturated_s.end()) {
      saturated_s[to] = found->second;
    }
  }
  for (const auto& [group, seconds] : saturated_s) {
    groups_.history(group).saturated_s += times * seconds;
  }
}

std::vector<int> BundleModel::components(const std::vector<std::vector<BundleId>>& users) const {
  return interference_components(find_binding_classes(groups_.groups(), carried_bytes_.size(), merge_), users);
}

} // namespace iccsim::engine
