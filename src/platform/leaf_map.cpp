#include "platform/leaf_map.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace iccsim::platform {

std::vector<std::uint32_t> fill_switches(const FabricHosts& hosts, int ports, const char* what) {
  if (hosts.most_ports() > ports) {
    throw std::invalid_argument(fmt::format("a node has {} NICs of the compute fabric, but a {} has only {} ports",
                                            hosts.most_ports(), what, ports));
  }
  std::vector<std::uint32_t> filled;
  filled.reserve(hosts.count());
  std::uint32_t current = 0;
  int taken = 0;
  for (const auto& run : hosts.runs()) {
    const int needed = static_cast<int>(run.port_bytes_per_s.size());
    for (std::uint32_t i = 0; i < run.count; ++i) {
      if (taken + needed > ports) {
        ++current;
        taken = 0;
      }
      taken += needed;
      filled.push_back(current);
    }
  }
  return filled;
}

LeafMap LeafMap::by_rail(const FabricHosts& hosts, int leaf_ports) {
  LeafMap map;
  map.hosts_per_group_ = static_cast<std::uint32_t>(leaf_ports);
  map.rails_ = static_cast<std::uint32_t>(hosts.most_ports());
  map.leaves_ = (hosts.count() + map.hosts_per_group_ - 1) / map.hosts_per_group_ * map.rails_;
  return map;
}

LeafMap LeafMap::by_host(const FabricHosts& hosts, int leaf_ports) {
  LeafMap map;
  map.leaf_of_host_ = fill_switches(hosts, leaf_ports, "leaf switch");
  map.leaves_ = map.leaf_of_host_.back() + 1;
  return map;
}

} // namespace iccsim::platform
