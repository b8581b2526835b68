// Kinds of resources as the parts that a planner buys.
#pragma once

#include <string>
#include <vector>

namespace iccsim::report {

struct ResourcePart {
  std::vector<std::string> kinds;
  const char* title;
  bool for_storage = true;     ///< bytes of datasets, checkpoints and weights may cross it
  bool for_collectives = true; ///< bytes that cards exchange may cross it
  bool scalable = true;        ///< false: no part of the cluster
};

/// The part that a kind belongs to; an unknown kind stands for itself.
ResourcePart part_of(const std::string& kind);

} // namespace iccsim::report
