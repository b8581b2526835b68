// What resources and single users of the network carried, and who of them can slow whom.
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
  auto earlier = before.saturated_s.begin();
  for (const auto& [group, seconds] : saturated_s) {
    while (earlier != before.saturated_s.end() && earlier->first < group) {
      ++earlier;
    }
    // Else split off in between, and not known apart before.
    if (earlier != before.saturated_s.end() && earlier->first == group) {
      added.saturated_s.emplace_back(group, seconds - earlier->second);
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

/// The group's history with what the meter read since the classes were last found.
UsageHistory BundleModel::metered(std::uint32_t group) const {
  UsageHistory sum = groups_.groups()[group].history;
  if (group < classes_.standing.size()) {
    const Standing& standing = classes_.standing[group];
    if (standing.utilization > 0) {
      const LoadReading reading = meter_.read(standing.binding_class, clock_.now());
      sum.peak_utilization = std::max(sum.peak_utilization, reading.peak_utilization * standing.utilization);
      sum.saturated_s += standing.utilization >= saturated_from ? reading.saturated_s : 0;
    }
  }
  return sum;
}

/// Of each flow, in the past and in flight.
std::vector<double> BundleModel::carried_by_bundle() const {
  std::vector<double> carried = carried_bytes_;
  for (const Flight& flight : flights_) {
    if (flight.active) {
      carried[flight.bundle] += flight.bytes - flight.remaining + moved(flight, clock_.now());
    }
  }
  return carried;
}

double BundleModel::carried_bytes(platform::ResourceId resource) const {
  const ResourceGroups::Group* group = groups_.find(resource);
  if (group == nullptr) {
    return 0;
  }
  const std::vector<double> carried = carried_by_bundle();
  double bytes = group->history.bytes;
  for (const ResourceGroups::User& user : group->users) {
    bytes += user.flows * carried[user.bundle];
  }
  return bytes;
}

std::vector<UsageHistory> BundleModel::usage_by_group() const {
  const std::vector<double> carried = carried_by_bundle();
  std::vector<UsageHistory> result;
  for (std::uint32_t g = 0; g < groups_.groups().size(); ++g) {
    UsageHistory& sum = result.emplace_back(metered(g));
    for (const ResourceGroups::User& user : groups_.groups()[g].users) {
      sum.bytes += user.flows * carried[user.bundle];
    }
  }
  return result;
}

void BundleModel::mark_usage() {
  const std::vector<UsageHistory> now = usage_by_group();
  for (std::uint32_t g = 0; g < now.size(); ++g) {
    groups_.mark(g) = now[g];
  }
}

void BundleModel::repeat_usage(double times) {
  const std::vector<UsageHistory> now = usage_by_group();
  for (std::uint32_t g = 0; g < now.size(); ++g) {
    const UsageHistory& mark = groups_.mark(g);
    UsageHistory& history = groups_.history(g);
    history.bytes += times * (now[g].bytes - mark.bytes);
    history.saturated_s += times * (now[g].saturated_s - mark.saturated_s);
  }
}

std::vector<ResourceUsage> BundleModel::usage() const {
  const double now = clock_.now();
  const std::vector<UsageHistory> used = usage_by_group();
  const std::vector<platform::ResourceId> lowest = groups_.representatives();
  std::vector<ResourceUsage> result;
  for (std::uint32_t g = 0; g < lowest.size(); ++g) {
    const ResourceGroups::Group& group = groups_.groups()[g];
    const double mean = now > 0 ? used[g].bytes / (group.capacity * now) : 0;
    result.push_back({lowest[g],
                      static_cast<double>(group.members),
                      group.capacity,
                      used[g].bytes,
                      mean,
                      used[g].peak_utilization,
                      used[g].saturated_s,
                      {}});
  }
  return result;
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
