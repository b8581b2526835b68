// The resources of one node type, numbered from 0: every node of the type has the same ones at its own base.
#pragma once

#include "iccsim/platform/resource.hpp"

#include <string>
#include <utility>
#include <vector>

namespace iccsim::platform {

using LocalId = std::uint32_t;
/// An edge that limits nothing: a rate of 0 in the spec means that it is not known, and then it never binds.
constexpr LocalId no_resource = ~LocalId{0};

struct LocalResource {
  ResourceKind kind;
  double capacity;  ///< payload bytes/s (cpu: cores)
  std::string name; ///< within the node: nic3/out
};

class LocalResources {
public:
  LocalId add(ResourceKind kind, double capacity, std::string name) {
    if (!(capacity > 0)) {
      return no_resource;
    }
    rows_.push_back({kind, capacity, std::move(name)});
    return size() - 1;
  }
  LocalId size() const { return static_cast<LocalId>(rows_.size()); }
  const LocalResource& at(LocalId id) const { return rows_[id]; }

private:
  std::vector<LocalResource> rows_;
};

} // namespace iccsim::platform
