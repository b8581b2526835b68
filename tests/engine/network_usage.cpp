#include "engine/clock/fake_clock.hpp"
#include "engine/network/bundle_network.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace iccsim::engine;
using iccsim::platform::ResourceId;

namespace {

/// Resource r has a capacity of r + 1 bytes/s.
struct Fixture {
  FakeClock clock;
  BundleNetwork network{clock, [](ResourceId resource) { return resource + 1.0; }};

  std::map<ResourceId, ResourceUsage> usage() const {
    std::map<ResourceId, ResourceUsage> by_resource;
    for (const ResourceUsage& usage : network.usage()) {
      by_resource[usage.resource] = usage;
    }
    return by_resource;
  }
};

} // namespace

TEST_CASE_METHOD(Fixture, "usage of a lone bundle: bytes, mean, peak and saturation of each resource") {
  const ShapeId shape = network.add(shape_of({phase(5, {bundle(1, {{0, 1}, {1, 1}, {3, 2}})})}));
  network.start(shape, 5, 1, [] {});
  clock.run(20);
  const auto seen = usage();
  REQUIRE(seen.size() == 3);
  CHECK(seen.at(0).bytes == Approx(5));
  CHECK(seen.at(0).mean_utilization == Approx(5 / 20.0)); // at 1 byte/s from 5 to 10
  CHECK(seen.at(0).peak_utilization == Approx(1));
  CHECK(seen.at(0).saturated_s == Approx(5));
  CHECK(seen.at(1).peak_utilization == Approx(0.5));
  CHECK(seen.at(1).saturated_s == 0);
  CHECK(seen.at(3).bytes == Approx(10)); // two flows
  CHECK(seen.at(3).mean_utilization == Approx(10 / (4.0 * 20)));
  CHECK(seen.at(3).peak_utilization == Approx(0.5));
}

TEST_CASE_METHOD(Fixture, "usage counts what is in flight so far") {
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  network.start(shape, 100, 1, [] {});
  clock.run(8);
  CHECK(usage().at(0).bytes == Approx(8));
  CHECK(usage().at(0).saturated_s == Approx(8));
  CHECK(usage().at(0).mean_utilization == Approx(1));
}

TEST_CASE_METHOD(Fixture, "usage survives the shapes that caused it and the splits of its group") {
  const ShapeId wide = network.add(shape_of({phase(0, {bundle(1, {{0, 1}, {1, 2}, {2, 3}, {3, 4}})})}));
  network.start(wide, 4, 1, [&] { network.remove(wide); });
  clock.run(4);
  const ShapeId narrow = network.add(shape_of({phase(0, {bundle(1, {{1, 1}})})}));
  network.start(narrow, 8, 1, [&] { network.remove(narrow); });
  clock.run(8);
  const auto seen = usage();
  REQUIRE(seen.size() == 4);
  CHECK(seen.at(0).bytes == Approx(4));
  CHECK(seen.at(0).saturated_s == Approx(4));
  CHECK(seen.at(1).bytes == Approx(8 + 8));
  CHECK(seen.at(1).saturated_s == Approx(8));
  CHECK(seen.at(1).mean_utilization == Approx(1));
  CHECK(seen.at(2).bytes == Approx(12));
  CHECK(seen.at(2).saturated_s == Approx(4));
}

TEST_CASE("resources with one history are told as one, with their number") {
  FakeClock clock;
  BundleNetwork network(clock, [](ResourceId) { return 1.0; });
  const ShapeId wide = network.add(shape_of({phase(0, {bundle(1, equal_flows(10, 1000, 1))})}));
  const ShapeId part = network.add(shape_of({phase(0, {bundle(1, equal_flows(500, 100, 1))})}));
  network.start(wide, 3, 1, [] {});
  network.start(part, 1, 1, [] {});
  clock.run();
  const auto usage = network.usage();
  REQUIRE(usage.size() == 2);
  CHECK(usage[0].multiplicity + usage[1].multiplicity == 1000);
  for (const ResourceUsage& group : usage) {
    const bool shared = group.resource == 500;
    CHECK(group.multiplicity == (shared ? 100 : 900));
    CHECK(group.bytes == Approx(shared ? 4 : 3));
  }
}

TEST_CASE_METHOD(Fixture, "a load that lasts no time leaves no peak") {
  // Alone the first would fill resource 3 to a half; the second, of the same instant, keeps it to a quarter.
  const ShapeId first = network.add(shape_of({phase(0, {bundle(1, {{0, 1}, {3, 2}})})}));
  const ShapeId second = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  network.start(first, 1, 1, [] {});
  network.start(second, 5, 1, [] {});
  clock.run();
  CHECK(usage().at(3).peak_utilization == Approx(0.25));
}

TEST_CASE_METHOD(Fixture, "repeated usage is what was carried since the mark, for groups split since too") {
  const ShapeId wide = network.add(shape_of({phase(0, {bundle(1, {{0, 1}, {1, 2}})})}));
  network.start(wide, 3, 1, [] {});
  clock.run(3);
  network.mark_usage();
  network.start(wide, 2, 1, [&] {
    network.remove(wide);
    const ShapeId late = network.add(shape_of({phase(0, {bundle(1, {{1, 1}, {2, 1}})})}));
    network.start(late, 8, 1, [] {});
  });
  clock.run(9);
  network.repeat_usage(10);
  const auto seen = usage();
  CHECK(seen.at(0).bytes == Approx(3 + 11 * 2));
  CHECK(seen.at(0).saturated_s == Approx(3 + 11 * 2));
  CHECK(seen.at(1).bytes == Approx(6 + 11 * (4 + 8)));
  CHECK(seen.at(2).bytes == Approx(11 * 8));
  CHECK(seen.at(2).saturated_s == 0);
}
