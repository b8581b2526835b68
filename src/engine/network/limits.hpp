// Resources that are no part of the cluster: numbered after its own, each with a capacity and a name.
#pragma once

#include "engine/network/resource_groups.hpp"
#include "iccsim/platform/resource.hpp"

#include <string>
#include <utility>
#include <vector>

namespace iccsim::engine {

class Limits {
public:
  /// `cluster` gives the capacities of the resources below `first`.
  Limits(CapacityOf cluster, platform::ResourceId first) : cluster_(std::move(cluster)), first_(first) {}

  platform::ResourceId add(double bytes_per_s, std::string name) {
    rows_.push_back({bytes_per_s, std::move(name)});
    return first_ + static_cast<platform::ResourceId>(rows_.size() - 1);
  }
  double capacity(platform::ResourceId resource) const {
    return resource < first_ ? cluster_(resource) : rows_.at(resource - first_).bytes_per_s;
  }
  void name(std::vector<ResourceUsage>& usage) const {
    for (ResourceUsage& row : usage) {
      row.limit = row.resource < first_ ? "" : rows_[row.resource - first_].name;
    }
  }

private:
  struct Row {
    double bytes_per_s;
    std::string name;
  };
  CapacityOf cluster_;
  platform::ResourceId first_;
  std::vector<Row> rows_;
};

} // namespace iccsim::engine
