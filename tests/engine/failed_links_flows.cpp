// Links that are gone for a while, with flows one by one. SimGrid allows one engine a process: one network in a test
// case.
#include "engine/job/fault_calendar.hpp"
#include "engine/network/flow_network.hpp"
#include "flow_shapes.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

using namespace iccsim::engine;
using iccsim::platform::ResourceId;

namespace {

constexpr double close = 1e-6; // SimGrid's clock resolves a nanosecond

/// Four resources of 1 GB/s.
struct Fixture {
  SimGridClock clock;
  FlowNetwork network{clock, [](ResourceId) { return 1e9; }, 4};

  void start(const std::vector<WrittenFlow>& flows, double bytes, double& end_s) {
    network.start(network.add(shape_of_flows(flows)), bytes, 1, [this, &end_s] { end_s = clock.now(); });
  }
  void run(std::vector<CapacityChange> changes) {
    FaultCalendar calendar(std::move(changes), clock, network);
    calendar.open([] {});
    clock.run();
  }
};

} // namespace

TEST_CASE_METHOD(Fixture, "flows: over a link that is gone they stand still, and others have what they leave") {
  double over_both_s = 0, beside_s = 0, elsewhere_s = 0;
  start({{{{0, 1}, {1, 1}}}}, 2e9, over_both_s);
  start({{{{1, 1}}}}, 4e9, beside_s);
  start({{{{2, 1}}}}, 6e9, elsewhere_s);
  run({{2, 0, 0}, {5, 0, 1e9}});
  // Both have half of 1 for 2 s; one has all of it until 5; then 1e9 are left to the first, and to the other nothing.
  CHECK(beside_s == Approx(5).epsilon(close));
  CHECK(over_both_s == Approx(6).epsilon(close));
  CHECK(elsewhere_s == Approx(6).epsilon(close));
  CHECK(network.carried_bytes(0) == Approx(2e9).epsilon(1e-9));
  CHECK(network.carried_bytes(1) == Approx(6e9).epsilon(1e-9));
}

TEST_CASE_METHOD(Fixture, "flows: what begins while a link is gone ends that much later, after a day too") {
  double end_s = 0, small_s = 0;
  start({{{{0, 1}, {3, 1}}}}, 3e9, end_s);
  start({{{{3, 1}}}}, 1, small_s);
  run({{0, 0, 0}, {86400, 0, 1e9}});
  CHECK(end_s - 86400 == Approx(3).epsilon(close));
  CHECK(small_s < 1e-6);
}
