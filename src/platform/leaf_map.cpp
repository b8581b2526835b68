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
    if (run.apart && taken > 0) {
      ++current;
      taken = 0;
    }
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
  std::uint32_t groups = 0;
  for (std::size_t run = 0; run < hosts.runs().size(); ++run) {
    if (run == 0 || hosts.runs()[run].apart) {
      map.sections_.push_back({hosts.first_host(run), groups});
    }
    const Section& section = map.sections_.back();
    const std::uint32_t filled = hosts.first_host(run) + hosts.runs()[run].count - section.first_host;
    groups = section.first_group + (filled + map.hosts_per_group_ - 1) / map.hosts_per_group_;
  }
  map.leaves_ = groups * map.rails_;
  return map;
}

LeafMap LeafMap::by_host(const FabricHosts& hosts, int leaf_ports) {
  LeafMap map;
  map.leaf_of_host_ = fill_switches(hosts, leaf_ports, "leaf switch");
  map.leaves_ = map.leaf_of_host_.back() + 1;
  return map;
}

} // namespace iccsim::platform
