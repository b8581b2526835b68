// Parts of a resource's name: gpu-17/nic3/out has the head gpu-17 and the stem gpu-17/nic3.
#pragma once

#include "iccsim/platform/cluster.hpp"

#include <string>

namespace iccsim::platform {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline std::string head_of(const std::string& name) {
  return name.substr(0, name.find('/'));
}
/// Empty for a name of one part.
inline std::string stem_of(const std::string& name) {
  const std::size_t end = name.rfind('/');
  return end == std::string::npos ? "" : name.substr(0, end);
}

/// The first resource that belongs to no node.
ResourceId beyond_nodes(const Cluster& cluster);

} // namespace iccsim::platform
