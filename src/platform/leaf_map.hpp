// Which leaf switch a port plugs into.
#pragma once

#include "platform/fabric_hosts.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::platform {

/// Hosts fill switches of `ports` ports in order; all ports of a host go into one switch, so a switch may end with
/// some free. Returns the switch of each host. Throws std::invalid_argument when a host has more ports than a switch.
std::vector<std::uint32_t> fill_switches(const FabricHosts& hosts, int ports, const char* what);

class LeafMap {
public:
  /// One leaf a rail for every `leaf_ports` hosts.
  static LeafMap by_rail(const FabricHosts& hosts, int leaf_ports);
  /// All ports of a host in one leaf.
  static LeafMap by_host(const FabricHosts& hosts, int leaf_ports);

  std::uint32_t leaf(Port port) const {
    return leaf_of_host_.empty() ? group(port.host) * rails_ + static_cast<std::uint32_t>(port.rail)
                                 : leaf_of_host_[port.host];
  }
  std::uint32_t group(std::uint32_t host) const {
    return leaf_of_host_.empty() ? group_by_rail(host) : leaf_of_host_[host];
  }
  std::uint32_t leaves() const { return leaves_; }
  std::uint32_t rails() const { return rails_; } ///< leaves of a group
  bool separates_rails() const { return leaf_of_host_.empty(); }

private:
  /// Hosts that fill groups one after the other, from a group of their own.
  struct Section {
    std::uint32_t first_host;
    std::uint32_t first_group;
  };
  std::uint32_t group_by_rail(std::uint32_t host) const {
    std::size_t s = sections_.size() - 1;
    while (host < sections_[s].first_host) {
      --s;
    }
    return sections_[s].first_group + (host - sections_[s].first_host) / hosts_per_group_;
  }

  std::vector<std::uint32_t> leaf_of_host_; // by host only
  std::vector<Section> sections_;           // by rail only
  std::uint32_t hosts_per_group_ = 1;
  std::uint32_t rails_ = 1;
  std::uint32_t leaves_ = 0;
};

} // namespace iccsim::platform
