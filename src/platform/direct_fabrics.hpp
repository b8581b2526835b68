// Fabrics without separate switches (torus, full mesh), and the trivial one with a single switch.
#pragma once

#include "platform/fabric.hpp"
#include "platform/grid.hpp"

namespace iccsim::platform {

/// Nodes as positions of a torus: each link carries what the slower of its two nodes' NICs carry together, or
/// `link_bytes_per_s`. Walks are dimension-ordered.
class TorusFabric final : public Fabric {
public:
  TorusFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base);

  int route(Port from, Port to, std::uint64_t flow, double share, Route& route) const override;
  std::uint64_t resource_count() const override { return std::uint64_t{grid_.positions()} * grid_.directions(); }
  double capacity(ResourceId local) const override;
  ResourceKind kind(ResourceId) const override { return ResourceKind::fabric_link; }
  std::string resource_name(ResourceId local) const override;
  std::uint32_t leaf_group(std::uint32_t host) const override { return host / row_; }
  FabricGraph graph() const override;

private:
  scenario::FabricSpec spec_;
  Grid grid_;
  FabricHosts hosts_;
  std::uint32_t row_; ///< hosts of a row (2D) or of a plane (3D)
};

/// A link between every two nodes: what a node's NICs carry together is split over the others.
class FullMeshFabric final : public Fabric {
public:
  FullMeshFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base);

  int route(Port from, Port to, std::uint64_t flow, double share, Route& route) const override;
  std::uint64_t resource_count() const override { return std::uint64_t{hosts_.count()} * (hosts_.count() - 1); }
  double capacity(ResourceId local) const override;
  ResourceKind kind(ResourceId) const override { return ResourceKind::fabric_link; }
  std::string resource_name(ResourceId local) const override;
  std::uint32_t leaf_group(std::uint32_t) const override { return 0; }
  FabricGraph graph() const override;

private:
  ResourceId link(std::uint32_t from, std::uint32_t to) const {
    return from * (hosts_.count() - 1) + (to < from ? to : to - 1);
  }
  scenario::FabricSpec spec_;
  FabricHosts hosts_;
};

/// One non-blocking switch: only the NICs limit.
class SingleSwitchFabric final : public Fabric {
public:
  SingleSwitchFabric(const FabricHosts& hosts, ResourceId base) : Fabric(base), hosts_(hosts) {}

  int route(Port, Port, std::uint64_t, double, Route&) const override { return 1; }
  std::uint32_t attachment(Port) const override { return 0; }
  std::uint64_t resource_count() const override { return 0; }
  double capacity(ResourceId) const override { return 0; }
  ResourceKind kind(ResourceId) const override { return ResourceKind::fabric_link; }
  std::string resource_name(ResourceId) const override { return {}; }
  std::uint32_t leaf_group(std::uint32_t) const override { return 0; }
  bool leaf_groups_decide() const override { return true; }
  FabricGraph graph() const override;

private:
  FabricHosts hosts_;
};

} // namespace iccsim::platform
