// From the flows of a bundle to ways that SimGrid can play.
//
// SimGrid's links know one bandwidth for all flows, and a flow crosses a link a whole number of times. Here a flow may
// take any part of a resource: less of it where it spreads over several paths, more where the library does not keep the
// full rate. So each link is scaled by what the first flow took of it (mostly that holds for all), and a flow crosses
// the links of its way as often as their ratios say. That is exact for ratios of small whole numbers; others are
// rounded, down to not at all, but never on the resource that the bundle loads most. Bytes are counted exactly.
#pragma once

#include "engine/network/flow_links.hpp"
#include "iccsim/workload/collective.hpp"

#include <functional>
#include <vector>

namespace iccsim::engine {

class FlowPaths {
public:
  /// `capacity` (bytes/s) of resources 0 .. `resources` - 1.
  FlowPaths(std::size_t resources, std::function<double(platform::ResourceId)> capacity)
      : capacity_(std::move(capacity)), scale_(resources), load_(resources) {}

  void resize(std::size_t resources) {
    scale_.resize(resources);
    load_.resize(resources);
  }
  /// One path for all flows of the bundle that go the same way. A bundle without a list of flows is a single flow that
  /// takes what the bundle takes. `scaled` is called for resources that get their scale now.
  std::vector<FlowPath> paths(const workload::BundleShape& bundle,
                              const std::function<void(platform::ResourceId)>& scaled);
  /// The resource's link carries 1 / scale x its bytes.
  double scale(platform::ResourceId resource) const { return scale_[resource] > 0 ? scale_[resource] : 1; }

private:
  using Uses = std::vector<workload::FlowUse>;
  std::vector<FlowPath> merged_paths(const workload::FlowList& list) const;
  FlowPath path(const Uses& uses, double count) const;
  std::size_t most_loaded(const Uses& uses) const;

  std::function<double(platform::ResourceId)> capacity_;
  std::vector<double> scale_; ///< 0: not used so far
  std::vector<double> load_;  ///< seconds per byte of the bundle at hand, else 0
};

} // namespace iccsim::engine
