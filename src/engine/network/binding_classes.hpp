// Which resources can ever be the first to fill.
//
// When the flows of every bundle on one resource are k times those on another, and its capacity is at least k times
// the other's, it never limits a rate. Of such resources (equal ones are the case k = 1) only the tightest is kept.
// Max-min rates follow from the set of feasible rates alone, so leaving out a constraint that others imply is exact.
#pragma once

#include "engine/network/fair_sharing.hpp"
#include "engine/network/resource_groups.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine {

/// How full a group's resources are when their class has utilization 1.
struct Standing {
  std::uint32_t binding_class = 0;
  double utilization = 0; ///< 0 .. 1; 0: no known bundle uses the group
};

struct BindingClasses {
  std::vector<double> capacity;                    ///< bytes/s, by class
  std::vector<std::vector<FairSharing::Use>> uses; ///< by bundle
  std::vector<Standing> standing;                  ///< by group
};

/// `merge` false: every group is a class of its own.
BindingClasses find_binding_classes(const std::vector<ResourceGroups::Group>& groups, std::size_t bundles, bool merge);

} // namespace iccsim::engine
