// Transfers that stand still while their users are skipped.
#include "engine/clock/fake_clock.hpp"
#include "engine/network/bundle_network.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace iccsim::engine;
using iccsim::platform::ResourceId;

namespace {

struct Start {
  ShapeId shape;
  double at_s;
  double bytes;
};

/// A few shapes of two phases on six resources of 1 byte/s that they share.
std::vector<ShapeId> add_shapes(BundleNetwork& network, std::mt19937& random) {
  std::uniform_int_distribution<unsigned> resource(0, 5);
  std::uniform_real_distribution<double> amount(0.5, 2);
  std::vector<ShapeId> shapes;
  for (int s = 0; s < 4; ++s) {
    const unsigned a = resource(random);
    shapes.push_back(network.add(shape_of({phase(amount(random), {bundle(1, {{a, amount(random)}})}),
                                           phase(amount(random), {bundle(amount(random), {{(a + 1) % 6, 1}})})})));
  }
  return shapes;
}

/// When each transfer ends: all are held at `hold_s` for `seconds`; what starts later starts as much later.
std::vector<double> ends(unsigned seed, double hold_s, double seconds) {
  std::mt19937 random(seed);
  FakeClock clock;
  BundleNetwork network(clock, [](ResourceId) { return 1.0; });
  const std::vector<ShapeId> shapes = add_shapes(network, random);
  std::uniform_real_distribution<double> when(0, 20);
  std::vector<double> ended(12, -1);
  for (double& end : ended) {
    const Start start{shapes[random() % shapes.size()], when(random), when(random)};
    clock.at(start.at_s + (start.at_s > hold_s ? seconds : 0), [&network, &clock, &end, start] {
      network.start(start.shape, start.bytes, 1, [&clock, &end] { end = clock.now(); });
    });
  }
  if (seconds > 0) {
    clock.at(hold_s, [&network, &shapes, seconds] { CHECK(network.hold(shapes, seconds)); });
  }
  clock.run();
  return ended;
}

} // namespace

TEST_CASE("what is held stands still, leaves its share to others, and then goes on") {
  FakeClock clock;
  BundleNetwork network(clock, [](ResourceId) { return 1.0; });
  const ShapeId held = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  const ShapeId other = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  double held_s = -1;
  double other_s = -1;
  network.start(held, 10, 1, [&] { held_s = clock.now(); });
  network.start(other, 10, 1, [&] { other_s = clock.now(); });
  clock.at(4, [&] { network.hold({held}, 100); }); // each has carried two bytes
  clock.run();
  CHECK(other_s == Approx(4 + 8));
  CHECK(held_s == Approx(104 + 8));
  CHECK(network.carried_bytes(0) == Approx(20));
}

TEST_CASE("a capacity that changes meanwhile is that of what goes on") {
  FakeClock clock;
  BundleNetwork network(clock, [](ResourceId) { return 1.0; });
  const ShapeId shape = network.add(shape_of({phase(0, {bundle(1, {{0, 1}})})}));
  double end_s = -1;
  network.start(shape, 10, 1, [&] { end_s = clock.now(); });
  clock.at(4, [&] { network.hold({shape}, 100); });
  clock.at(50, [&] { network.set_capacity(0, 2); });
  clock.run();
  CHECK(end_s == Approx(104 + 6 / 2.0));
}

TEST_CASE("when all are held, in flight or in latency, all that comes is as much later") {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> when(0.5, 40);
  for (unsigned seed = 0; seed < 100; ++seed) {
    const double hold_s = when(random);
    const double seconds = 10 * when(random);
    const std::vector<double> before = ends(seed, hold_s, 0);
    const std::vector<double> after = ends(seed, hold_s, seconds);
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(after[i] == Approx(before[i] + (before[i] > hold_s ? seconds : 0)).epsilon(1e-9));
    }
  }
}
