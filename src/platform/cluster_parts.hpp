// What a Cluster is made of.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "platform/fabric.hpp"
#include "platform/scale_up.hpp"

#include <memory>
#include <vector>

namespace iccsim::platform {

struct Cluster::Parts {
  scenario::PlatformSpec spec;
  std::vector<Pool> pools;
  std::vector<ScaleUp> scale_up;  ///< one a pool
  std::unique_ptr<Fabric> fabric; ///< none when no two cards need one
  std::uint32_t nodes = 0;
  std::uint32_t cards = 0;
  std::uint32_t domains = 0;
  ResourceId resources = 0;

  explicit Parts(const scenario::PlatformSpec& platform);

  const Pool& pool_of_node(NodeId node) const;
  const Pool& pool_of_resource(ResourceId resource) const;
  CardPlace place(CardId card) const;
  CardPlace sibling(CardPlace place, int card) const;
  const NodeTemplate& type(const CardPlace& place) const { return *pools[static_cast<std::size_t>(place.pool)].type; }
  double capacity(ResourceId resource) const;
  double slowest(const Route& route) const; ///< payload bytes/s that a lone flow gets through
  bool on_fabric(ResourceId resource) const { return fabric && resource >= fabric->base(); }

  /// Each appends its part of a route.
  bool through_scale_up(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;
  void through_pcie(const CardPlace& from, const CardPlace& to, Route& route) const;
  void through_fabric(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;
  CardPlace enter_destination_rail(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;

private:
  void add_pools();
  void add_fabric();
};

} // namespace iccsim::platform
