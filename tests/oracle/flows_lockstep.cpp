// Where bundles and flows must differ, in closed form: lockstep works for some and against others.
#include "engine/flow_shapes.hpp"
#include "engine/network/bundle_network.hpp"
#include "engine/network/flow_network.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::engine;
using iccsim::platform::ResourceId;

namespace {

/// Resource 2 has 100 bytes/s, others 1000.
double capacity(ResourceId resource) {
  return resource == 2 ? 100 : 1000;
}

struct BothNetworks {
  SimGridClock clock;
  BundleNetwork bundles{clock, capacity};
  FlowNetwork flows{clock, capacity, 4};

  struct Ends {
    double bundles_s = -1, flows_s = -1;
  };
  /// A bundle of flows over one resource each, 1000 bytes a flow.
  void play(const std::vector<ResourceId>& over, double start_s, Ends& ends) {
    std::vector<WrittenFlow> written;
    for (const ResourceId resource : over) {
      written.push_back({{{resource, 1}}});
    }
    start(bundles, bundles.add(shape_of_flows(written)), start_s, ends.bundles_s);
    start(flows, flows.add(shape_of_flows(written)), start_s, ends.flows_s);
  }

private:
  void start(Network& network, ShapeId shape, double start_s, double& end_s) {
    clock.at(start_s, [this, &network, shape, &end_s] {
      network.start(shape, 1000, 1, [this, &end_s] { end_s = clock.now(); });
    });
  }
};

} // namespace

TEST_CASE_METHOD(BothNetworks, "the neighbour of a bundle that is held back elsewhere ends earlier than beside flows") {
  Ends held, neighbour;
  play({0, 2}, 0, held); // 100 bytes/s in lockstep
  play({0}, 0, neighbour);
  clock.run();
  CHECK(neighbour.bundles_s == Approx(1000.0 / 900));
  CHECK(neighbour.flows_s == Approx(2).epsilon(1e-6)); // half each
  CHECK(held.bundles_s == Approx(10));
  CHECK(held.flows_s == Approx(10).epsilon(1e-6));
}

TEST_CASE_METHOD(BothNetworks, "who comes while a bundle waits for its slowest flow ends later than beside flows") {
  Ends waiting, company, late;
  play({0, 1}, 0, waiting); // the flow on 0 gets half; alone, the other would have ended when the late one comes
  play({0}, 0, company);
  play({1}, 1, late);
  clock.run();
  for (const Ends& ends : {waiting, company}) {
    CHECK(ends.bundles_s == Approx(2));
    CHECK(ends.flows_s == Approx(2).epsilon(1e-6));
  }
  CHECK(late.bundles_s == Approx(2.5));
  CHECK(late.flows_s == Approx(2).epsilon(1e-6));
}
