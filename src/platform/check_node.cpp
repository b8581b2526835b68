#include "platform/check_node.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace iccsim::platform {
namespace {

bool is_rate(double value) {
  return std::isfinite(value) && value > 0;
}
bool is_rate_or_unknown(double value) {
  return std::isfinite(value) && value >= 0;
}

template <typename... Parts>
void require(bool holds, const std::string& pool, fmt::string_view text, Parts&&... parts) {
  if (!holds) {
    throw std::invalid_argument(fmt::format("pool {}: ", pool) + fmt::vformat(text, fmt::make_format_args(parts...)));
  }
}

void check_links(const scenario::NodeSpec& node, const std::string& pool) {
  const auto& scale_up = node.scale_up;
  require(!scale_up.links.empty(), pool, "scale_up.type is links, but no links are listed");
  require(scale_up.domain_nodes == 1, pool, "listed scale_up.links join cards of one node, so domain_nodes must be 1");
  for (const auto& link : scale_up.links) {
    const bool inside = link.a >= 0 && link.b >= 0 && link.a < node.cards && link.b < node.cards && link.a != link.b;
    require(inside, pool, "a scale-up link joins cards {} and {}, but the cards of a node are 0 to {}", link.a, link.b,
            node.cards - 1);
    require(is_rate(link.bytes_per_s), pool, "the scale-up link between cards {} and {} has no bandwidth", link.a,
            link.b);
  }
}

void check_scale_up(const scenario::NodeSpec& node, const std::string& pool) {
  const auto& scale_up = node.scale_up;
  if (scale_up.kind == scenario::ScaleUpKind::none) {
    return;
  }
  require(is_rate(scale_up.efficiency), pool, "scale_up.efficiency must be above 0, not {}", scale_up.efficiency);
  require(is_rate_or_unknown(scale_up.latency_s), pool, "scale_up.latency must not be negative");
  require(scale_up.domain_nodes >= 1, pool, "scale_up.domain_nodes must be at least 1, not {}", scale_up.domain_nodes);
  if (scale_up.kind == scenario::ScaleUpKind::links) {
    return check_links(node, pool);
  }
  require(is_rate(scale_up.bytes_per_s), pool, "scale_up.type is {}, but scale_up.bandwidth is missing",
          name_of(scale_up.kind));
}

/// Every device of one kind sits below at most one PCIe switch, and exists.
void check_placement(const scenario::NodeSpec& node, std::size_t devices, const char* what,
                     std::vector<int> scenario::PcieSwitchSpec::*below, const std::string& pool) {
  std::vector<bool> placed(devices, false);
  for (const auto& pcie : node.pcie) {
    for (int device : pcie.*below) {
      require(device >= 0 && static_cast<std::size_t>(device) < devices, pool,
              "a PCIe switch lists {} {}, but the node has {} of them, counted from 0", what, device, devices);
      const auto place = static_cast<std::size_t>(device);
      require(!placed[place], pool, "{} {} is listed below two PCIe switches", what, device);
      placed[place] = true;
    }
  }
}

void check_pcie(const scenario::NodeSpec& node, const std::string& pool) {
  check_placement(node, static_cast<std::size_t>(node.cards), "card", &scenario::PcieSwitchSpec::cards, pool);
  check_placement(node, node.nics.size(), "NIC", &scenario::PcieSwitchSpec::nics, pool);
  check_placement(node, node.nvme.size(), "NVMe drive", &scenario::PcieSwitchSpec::nvme, pool);
  for (const auto& pcie : node.pcie) {
    require(pcie.socket >= 0 && pcie.socket < std::max(1, node.host.sockets), pool,
            "a PCIe switch hangs off socket {}, but the node has {} sockets, counted from 0", pcie.socket,
            node.host.sockets);
    require(is_rate_or_unknown(pcie.slot_bytes_per_s) && is_rate_or_unknown(pcie.uplink_bytes_per_s), pool,
            "pcie slot and uplink bandwidths must not be negative");
  }
}

} // namespace

void check_node(const scenario::NodeSpec& node, const std::string& pool) {
  require(node.cards > 0, pool, "a node needs at least one card, not {}", node.cards);
  check_scale_up(node, pool);
  check_pcie(node, pool);
  for (std::size_t nic = 0; nic < node.nics.size(); ++nic) {
    require(is_rate(node.nics[nic].bytes_per_s), pool, "NIC {} has no bandwidth", nic);
    require(is_rate_or_unknown(node.nics[nic].latency_s), pool, "the latency of NIC {} must not be negative", nic);
  }
}

} // namespace iccsim::platform
