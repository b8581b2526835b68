#include "engine/clock/fake_clock.hpp"
#include "engine/network/bundle_network.hpp"
#include "iccsim/metrics/result.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace iccsim::engine;
using iccsim::metrics::InternalError;
using iccsim::platform::ResourceId;

namespace {

/// Resources of 1 byte/s each, so that bytes read as seconds.
struct Fixture {
  FakeClock clock;
  BundleNetwork network{clock, [](ResourceId) { return 1.0; }};

  /// Where the end will be written, -1 so far.
  Done ends(double& end_s) {
    end_s = -1;
    return [this, &end_s] { end_s = clock.now(); };
  }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a lone bundle takes latency and then bytes x flows / capacity of its tightest resource") {
  const ShapeId shape = network.add(shape_of({phase(0.5, {bundle(2, {{3, 1}, {7, 4}, {8, 2}})})}));
  double end_s;
  network.start(shape, 10, 1, ends(end_s));
  clock.run();
  CHECK(end_s == 0.5 + 2 * 10 * 4);
}

TEST_CASE_METHOD(Fixture, "calls follow one another: latency and bytes as many times") {
  const ShapeId shape = network.add(shape_of({phase(0.5, {bundle(1, {{0, 1}})})}));
  double end_s;
  network.start(shape, 10, 8, ends(end_s));
  clock.run();
  CHECK(end_s == 8 * (0.5 + 10));
}

TEST_CASE_METHOD(Fixture, "phases follow one another and end with their last bundle") {
  const ShapeId shape = network.add(shape_of(
      {phase(1, {bundle(1, {{0, 1}}), bundle(3, {{1, 1}})}), phase(2, {bundle(0.5, {{0, 1}})}), phase(4, {})}));
  double end_s;
  network.start(shape, 10, 1, ends(end_s));
  clock.run();
  CHECK(end_s == 1 + 30 + 2 + 5 + 4);
}

TEST_CASE_METHOD(Fixture, "what has no bytes, no resources or no phases takes its latency and no more") {
  const ShapeId latent = network.add(shape_of({phase(1.5, {bundle(1, {{0, 1}})})}));
  const ShapeId local = network.add(shape_of({phase(0.25, {bundle(1, {})})}));
  const ShapeId nothing = network.add(shape_of({}));
  double latent_s, local_s, nothing_s, no_calls_s;
  network.start(latent, 0, 2, ends(latent_s));
  network.start(local, 100, 1, ends(local_s));
  network.start(nothing, 100, 1, ends(nothing_s));
  network.start(latent, 100, 0, ends(no_calls_s));
  CHECK(nothing_s == -1); // never inside start()
  clock.run();
  CHECK(latent_s == 3);
  CHECK(local_s == 0.25);
  CHECK(nothing_s == 0);
  CHECK(no_calls_s == 0);
}

TEST_CASE_METHOD(Fixture, "bundles share in proportion to their flows, and speed up when others end") {
  const ShapeId seven = network.add(shape_of({phase(0, {bundle(1, {{0, 7}})})}));
  const ShapeId one = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  double seven_s, one_s;
  network.start(seven, 1, 1, ends(seven_s));
  network.start(one, 3, 1, ends(one_s));
  clock.run();
  CHECK(seven_s == Approx(8).epsilon(1e-12)); // eight flows at 1/8
  CHECK(one_s == Approx(10).epsilon(1e-12));  // 1 byte by then, the other 2 alone
}

TEST_CASE_METHOD(Fixture, "one shape in flight twice shares with itself") {
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}, {1, 1}})})}));
  double first_s, second_s;
  network.start(shape, 4, 1, ends(first_s));
  clock.at(2, [&] { network.start(shape, 4, 1, ends(second_s)); });
  clock.run();
  CHECK(first_s == Approx(6).epsilon(1e-12));
  CHECK(second_s == Approx(8).epsilon(1e-12));
}

TEST_CASE_METHOD(Fixture, "what is in flight is carried over when a new shape splits its class of resources") {
  const ShapeId wide = network.add(shape_of({phase(0, {bundle(1, equal_flows(0, 10, 1))})}));
  double wide_s, narrow_s;
  network.start(wide, 10, 1, ends(wide_s));
  clock.at(5, [&] {
    const ShapeId narrow = network.add(shape_of({phase(0, {bundle(1, {{3, 1}})})}));
    network.start(narrow, 2, 1, ends(narrow_s));
  });
  clock.run();
  CHECK(narrow_s == Approx(9).epsilon(1e-12));
  CHECK(wide_s == Approx(12).epsilon(1e-12)); // 5 alone, 2 at half rate, 3 alone
}

TEST_CASE_METHOD(Fixture, "adding and removing shapes leaves what is in flight as it was") {
  const ShapeId wide = network.add(shape_of({phase(0, {bundle(1, equal_flows(0, 10, 1))})}));
  double end_s;
  network.start(wide, 10, 1, ends(end_s));
  for (double time : {1.0, 2.5, 7.0}) {
    clock.at(time, [&] {
      const ShapeId passing = network.add(shape_of({phase(0, {bundle(1, {{2, 3}, {4, 1}})})}));
      clock.at(clock.now() + 1, [&, passing] { network.remove(passing); });
    });
  }
  clock.run();
  CHECK(end_s == Approx(10).epsilon(1e-12));
}

TEST_CASE_METHOD(Fixture, "a changed capacity takes effect at once, on what is known and on what comes") {
  const ShapeId wide = network.add(shape_of({phase(0, {bundle(1, equal_flows(0, 4, 1))})}));
  double wide_s, late_s;
  network.start(wide, 10, 1, ends(wide_s));
  clock.at(5, [&] {
    network.set_capacity(2, 0.5);
    network.set_capacity(9, 0.25);
  });
  clock.at(20, [&] {
    const ShapeId late = network.add(shape_of({phase(0, {bundle(1, {{8, 1}, {9, 1}})})}));
    network.start(late, 1, 1, ends(late_s));
  });
  clock.run();
  CHECK(wide_s == Approx(15).epsilon(1e-12));
  CHECK(late_s == Approx(24).epsilon(1e-12));
}

TEST_CASE_METHOD(Fixture, "ends of one instant are told in the order of starts") {
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  std::string order;
  std::vector<double> ends_s;
  for (char name = 'a'; name <= 'z'; ++name) {
    network.start(shape, 1, 1, [&, name] {
      order += name;
      ends_s.push_back(clock.now());
    });
  }
  clock.run();
  CHECK(order == "abcdefghijklmnopqrstuvwxyz");
  CHECK(ends_s == std::vector<double>(26, ends_s.front()));
  CHECK(ends_s.front() == Approx(26).epsilon(1e-12));
}

TEST_CASE_METHOD(Fixture, "an end may start the next transfer in its instant") {
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  int left = 5;
  std::function<void()> again = [&] {
    if (left-- > 0) {
      network.start(shape, 2, 1, again);
    }
  };
  again();
  clock.run();
  CHECK(clock.now() == 10);
}

TEST_CASE_METHOD(Fixture, "short transfers end late in a long simulation") {
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  const double month_s = 30 * 86400.0; // a double there resolves 5e-10 s
  double short_s, tiny_s;
  clock.at(month_s, [&] {
    network.start(shape, 1e-6, 1, ends(short_s));
    network.start(shape, 1e-12, 1, ends(tiny_s));
  });
  clock.run();
  CHECK(short_s - month_s == Approx(1e-6).margin(2e-9));
  CHECK(tiny_s - month_s == Approx(0).margin(2e-9));
}

TEST_CASE_METHOD(Fixture, "misuse by the engine is an internal error") {
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  CHECK_THROWS_AS(network.start(shape + 1, 1, 1, [] {}), InternalError);
  CHECK_THROWS_AS(network.start(shape, -1, 1, [] {}), InternalError);
  CHECK_THROWS_AS(network.start(shape, std::numeric_limits<double>::quiet_NaN(), 1, [] {}), InternalError);
  CHECK_THROWS_AS(network.add(shape_of({phase(0, {bundle(1, {{2, 1}, {1, 1}})})})), InternalError);
  CHECK_THROWS_AS(network.add(shape_of({phase(0, {bundle(1, {{2, 0}})})})), InternalError);
  network.start(shape, 1, 1, [] {});
  CHECK_THROWS_AS(network.remove(shape), InternalError);
  clock.run();
  network.remove(shape);
  CHECK_THROWS_AS(network.remove(shape), InternalError);
}
