#include "platform/clos_fabric.hpp"
#include "platform/direct_fabrics.hpp"
#include "platform/dragonfly_fabric.hpp"

#include <stdexcept>

namespace iccsim::platform {

std::unique_ptr<Fabric> make_fabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base) {
  switch (spec.kind) {
  case scenario::FabricKind::rail_optimized:
  case scenario::FabricKind::fat_tree:
    return std::make_unique<ClosFabric>(spec, hosts, base);
  case scenario::FabricKind::dragonfly:
    return std::make_unique<DragonflyFabric>(spec, hosts, base);
  case scenario::FabricKind::torus:
    return std::make_unique<TorusFabric>(spec, hosts, base);
  case scenario::FabricKind::full_mesh:
    return std::make_unique<FullMeshFabric>(spec, hosts, base);
  case scenario::FabricKind::single_switch:
    break;
  }
  return std::make_unique<SingleSwitchFabric>(hosts, base);
}

} // namespace iccsim::platform
