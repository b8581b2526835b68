// A cluster with parts of one kind that are faster: their capacities alone change, and its routes do not.
#include "platform/specs.hpp"

#include "iccsim/platform/cluster.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::platform;

TEST_CASE("Scaling a kind scales the capacities of that kind alone") {
  const auto spec = specs::cluster(specs::dgx(), 4, scenario::FabricKind::rail_optimized);
  const Cluster plain(spec);
  const Cluster faster(spec, {{ResourceKind::pcie_uplink, 1.5}, {ResourceKind::nic_out, 0.5}});
  REQUIRE(faster.resource_count() == plain.resource_count());
  int scaled = 0;
  for (ResourceId id = 0; id < plain.resource_count(); ++id) {
    const double factor = plain.kind(id) == ResourceKind::pcie_uplink ? 1.5
                          : plain.kind(id) == ResourceKind::nic_out   ? 0.5
                                                                      : 1.0;
    INFO(plain.resource_name(id));
    CHECK(faster.capacity(id) == plain.capacity(id) * factor);
    scaled += factor != 1.0;
  }
  CHECK(scaled > 0);
}
