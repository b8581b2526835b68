#include "engine/network/flow_paths.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace iccsim::engine {

namespace {

constexpr double rounding = 1e-9;      // of a ratio, relative
constexpr double most_crossings = 512; // of all links of a way: a longer list of links costs more than it is worth

struct Parts {
  double of_anchor = 1; ///< crossings of the resource that must be exact
  double error = 0;     ///< largest of any ratio, relative
};

/// None of a link of which the flow takes next to nothing.
double crossings(double ratio, double of_anchor) {
  return std::round(ratio * of_anchor);
}

double error_of(const std::vector<double>& ratios, double of_anchor) {
  double worst = 0;
  for (const double ratio : ratios) {
    worst = std::max(worst, std::abs(crossings(ratio, of_anchor) / (ratio * of_anchor) - 1));
  }
  return worst;
}

/// The fewest crossings that express all ratios (to the anchor) in whole numbers, else the best that are affordable.
Parts whole_parts(const std::vector<double>& ratios) {
  const double sum = std::accumulate(ratios.begin(), ratios.end(), 0.0);
  Parts best{1, error_of(ratios, 1)};
  for (double parts = 2; best.error > rounding && parts * sum <= most_crossings; ++parts) {
    const double error = error_of(ratios, parts);
    if (error < best.error) {
      best = {parts, error};
    }
  }
  return best;
}

/// As if one flow stood for the whole bundle.
workload::FlowList single_flow(const workload::BundleShape& bundle) {
  workload::FlowList list;
  for (const workload::ResourceFlows& use : bundle.resources) {
    list.uses.push_back({use.resource, use.flows, use.flows});
  }
  list.flows.push_back({list.uses.size(), 1});
  return list;
}

/// Of flows that go the same way.
void add(const FlowPath& path, FlowPath& sum) {
  sum.weight += path.weight;
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    sum.steps[i].bytes += path.steps[i].bytes;
  }
}

} // namespace

std::size_t FlowPaths::most_loaded(const Uses& uses) const {
  std::size_t anchor = 0;
  for (std::size_t i = 1; i < uses.size(); ++i) {
    if (load_[uses[i].resource] > load_[uses[anchor].resource]) {
      anchor = i;
    }
  }
  return anchor;
}

FlowPath FlowPaths::path(const Uses& uses, double count) const {
  std::vector<double> ratios;
  for (const workload::FlowUse& use : uses) {
    ratios.push_back(use.weight / scale(use.resource));
  }
  const double anchor = ratios[most_loaded(uses)];
  for (double& ratio : ratios) {
    ratio /= anchor;
  }
  const double parts = whole_parts(ratios).of_anchor;
  FlowPath path;
  path.weight = count * anchor / parts;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const auto times = static_cast<std::uint32_t>(crossings(ratios[i], parts));
    path.steps.push_back({uses[i].resource, times, count * uses[i].weight});
  }
  return path;
}

/// Flows that go the same way are one, as heavy as they are together: equal rates, equal ends.
std::vector<FlowPath> FlowPaths::merged_paths(const workload::FlowList& list) const {
  std::vector<FlowPath> result;
  std::map<std::vector<FlowPath::Step>, std::size_t> known;
  auto first = list.uses.begin();
  for (const workload::FlowList::Flow& flow : list.flows) {
    const auto last = list.uses.begin() + static_cast<std::ptrdiff_t>(flow.end_use);
    if (first != last) {
      FlowPath next = path({first, last}, flow.count);
      const auto [same, fresh] = known.emplace(next.steps, result.size());
      if (fresh) {
        result.push_back(std::move(next));
      } else {
        add(next, result[same->second]);
      }
    }
    first = last;
  }
  return result;
}

std::vector<FlowPath> FlowPaths::paths(const workload::BundleShape& bundle,
                                       const std::function<void(platform::ResourceId)>& scaled) {
  const workload::FlowList single = bundle.each ? workload::FlowList{} : single_flow(bundle);
  const workload::FlowList& list = bundle.each ? *bundle.each : single;
  for (const workload::FlowUse& use : list.uses) {
    if (scale_[use.resource] == 0) {
      scale_[use.resource] = use.bulk_weight;
      scaled(use.resource);
    }
  }
  for (const workload::ResourceFlows& use : bundle.resources) {
    load_[use.resource] = use.flows / capacity_(use.resource);
  }
  std::vector<FlowPath> result = merged_paths(list);
  for (const workload::ResourceFlows& use : bundle.resources) {
    load_[use.resource] = 0;
  }
  return result;
}

} // namespace iccsim::engine
