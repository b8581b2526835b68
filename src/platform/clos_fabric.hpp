// Leaf and spine (two tiers), or leaf, spine and core (three): rail-optimized and plain fat trees.
//
// A leaf's uplinks carry together what its ports carry, divided by the oversubscription; so do a pod's uplinks to the
// core. With three tiers a pod is `spine_ports` leaves (whole rail groups of them), its spines join its leaves, and
// the core joins the pods. Leaf link s ends at spine s of its pod, and a pod's core link k at spine k mod spines, so a
// hashed flow takes the same spine and core switch at both ends.
#pragma once

#include "platform/fabric.hpp"
#include "platform/leaf_map.hpp"
#include "platform/trunk_table.hpp"

namespace iccsim::platform {

class ClosFabric final : public Fabric {
public:
  ClosFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base);

  int route(Port from, Port to, std::uint64_t flow, double share, Route& route) const override;
  int spread(Port from, Port to, double share, Route& route) const override;
  std::uint32_t attachment(Port port) const override { return map_.leaf(port); }
  std::uint64_t resource_count() const override { return pods_.end(); }
  double capacity(ResourceId local) const override;
  ResourceKind kind(ResourceId local) const override;
  std::string resource_name(ResourceId local) const override;
  std::uint32_t leaf_group(std::uint32_t host) const override { return map_.group(host); }
  bool leaf_groups_decide() const override { return !hashed_; }
  bool separates_rails() const override { return map_.separates_rails(); }
  FabricGraph graph() const override;

private:
  std::uint32_t pod_of(std::uint32_t leaf) const { return leaf / leaves_per_pod_; }
  std::uint32_t links_to_core(std::uint32_t pod, std::uint32_t spine) const;
  std::vector<double> leaf_rates() const;
  void add_leaf_trunks(const std::vector<double>& rate, double link_rate);
  void add_pod_trunks(const std::vector<double>& leaf_rate, double link_rate);
  std::uint32_t common_spines(std::uint32_t leaf_a, std::uint32_t leaf_b) const;
  std::uint32_t common_cores(std::uint32_t leaf_a, std::uint32_t leaf_b, std::uint32_t spine) const;
  void append_path(std::uint32_t leaf_a, std::uint32_t leaf_b, std::uint32_t spine, std::uint32_t core, double share,
                   Route& route) const;

  scenario::FabricSpec spec_;
  LeafMap map_;
  bool hashed_;
  std::uint32_t leaves_per_pod_ = 0; ///< all of them when there are two tiers
  TrunkTable leaves_;                ///< empty when there is one leaf
  TrunkTable pods_;                  ///< empty when there is one pod
  std::uint32_t spines_ = 1;         ///< of a pod
  FabricHosts hosts_;
};

} // namespace iccsim::platform
