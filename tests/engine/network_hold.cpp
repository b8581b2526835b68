// Transfers that stand still while their users are skipped, in bundles and flow by flow. SimGrid allows one engine a
// process: one network of flows in a test case.
#include "engine/clock/fake_clock.hpp"
#include "engine/network/bundle_network.hpp"
#include "engine/network/flow_network.hpp"
#include "flow_shapes.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <deque>
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

namespace {

constexpr double solved_to = 1e-5; // SimGrid's precision

/// Links of 1000 bytes/s, and transfers on them of one shape each.
struct Flows {
  SimGridClock clock;
  FlowNetwork network;
  std::deque<double> ends_s;

  explicit Flows(ResourceId resources = 4)
      : network(
            clock, [](ResourceId) { return 1000.0; }, resources) {}

  /// Starts now; `end_s` stays -1 until it ends.
  ShapeId play(const std::vector<WrittenFlow>& flows, double bytes, const double*& end_s, double latency_s = 0) {
    const ShapeId shape = network.add(shape_of_flows(flows, latency_s));
    end_s = &start(shape, bytes);
    return shape;
  }
  double& start(ShapeId shape, double bytes) {
    double& end_s = ends_s.emplace_back(-1);
    network.start(shape, bytes, 1, [this, &end_s] { end_s = clock.now(); });
    return end_s;
  }
  void hold_at(double time, std::vector<ShapeId> shapes, double seconds) {
    clock.at(time, [this, shapes, seconds] { CHECK(network.hold(shapes, seconds)); });
  }
  /// Of the link, once all is over.
  ResourceUsage of(ResourceId resource) const {
    for (const ResourceUsage& row : network.usage()) {
      if (row.resource == resource) {
        return row;
      }
    }
    return {};
  }
};

/// Two phases on six links from `first` on, whose flows are of unequal weights and meet unequal company.
iccsim::workload::CollectiveShape drawn_shape(std::mt19937& random, ResourceId first) {
  std::uniform_int_distribution<unsigned> any(0, 5);
  const double parts[] = {0.25, 0.5, 1, 2};
  iccsim::workload::CollectiveShape shape;
  for (int p = 0; p < 2; ++p) {
    std::vector<WrittenFlow> flows;
    for (unsigned f = 0; f < 1 + random() % 3; ++f) {
      const ResourceId one = any(random);
      const ResourceId other = (one + 1 + any(random) % 5) % 6;
      const double part = parts[random() % 4];
      const double count = parts[random() % 4];
      flows.push_back({{{first + one, part}, {first + other, part}}, count});
    }
    shape.phases.push_back({random() % 2 == 0 ? 0 : 0.5, {bundle_of(flows)}});
  }
  return shape;
}

/// Twelve transfers of four shapes on six links; all are held at `hold_s` for `seconds`, and what starts later starts
/// as much later. The same seed is the same transfers. Ends are ready when the clock has run.
std::vector<const double*> play_drawn(Flows& flows, unsigned seed, ResourceId first, double hold_s, double seconds) {
  std::mt19937 random(seed);
  std::vector<ShapeId> shapes;
  for (int s = 0; s < 4; ++s) {
    shapes.push_back(flows.network.add(drawn_shape(random, first)));
  }
  std::uniform_real_distribution<double> when(0, 20);
  std::vector<const double*> ends;
  for (int t = 0; t < 12; ++t) {
    const ShapeId shape = shapes[random() % shapes.size()];
    const double start_s = when(random);
    const double bytes = 1000 * when(random);
    double& end_s = flows.ends_s.emplace_back(-1);
    ends.push_back(&end_s);
    flows.clock.at(start_s + (start_s > hold_s ? seconds : 0), [&flows, &end_s, shape, bytes] {
      flows.network.start(shape, bytes, 1, [&flows, &end_s] { end_s = flows.clock.now(); });
    });
  }
  if (seconds > 0) {
    flows.hold_at(hold_s, shapes, seconds);
  }
  return ends;
}

} // namespace

TEST_CASE("flows: what is held leaves its share to others, and goes on with its own weight") {
  Flows flows;
  const double* held_s;
  const double* other_s;
  const ShapeId held = flows.play({{{{0, 1}}, 3}}, 1000, held_s);
  flows.play({{{{0, 1}}}}, 5000, other_s);
  flows.hold_at(2, {held}, 1); // 500 bytes of each are carried
  double carried = -1;
  flows.clock.at(2.5, [&] { carried = flows.network.carried_bytes(0); });
  flows.clock.run();
  CHECK(carried == Approx(2500).epsilon(solved_to));
  CHECK(*held_s == Approx(3 + 2).epsilon(solved_to)); // at three quarters of the link, as before
  CHECK(*other_s == Approx(8).epsilon(solved_to));
  CHECK(flows.network.carried_bytes(0) == Approx(8000));
  CHECK(flows.of(0).saturated_s == Approx(8).epsilon(solved_to));
}

TEST_CASE("flows: links are idle while all are held, and capacities that change meanwhile are those of what goes on") {
  Flows flows;
  const double* end_s;
  const ShapeId shape = flows.play({{{{0, 1}, {1, 1}}}, {{{1, 1}}}}, 1000, end_s);
  flows.hold_at(1, {shape}, 100);
  flows.clock.at(50, [&] { flows.network.set_capacity(1, 500); });
  flows.clock.run();
  CHECK(*end_s == Approx(101 + 2).epsilon(solved_to));
  CHECK(flows.of(1).bytes == Approx(2000));
  CHECK(flows.of(1).saturated_s == Approx(3).epsilon(solved_to));
  CHECK(flows.of(0).bytes == Approx(1000));
  CHECK(flows.network.drift(shape) == Approx(0).margin(solved_to));
}

TEST_CASE("flows: how far flows of a bundle drift apart is told without the time that they are held") {
  Flows flows;
  const double* end_s;
  const ShapeId shape = flows.play({{{{0, 1}}}, {{{1, 1}}}}, 1000, end_s);
  const double* beside_s;
  const ShapeId beside = flows.play({{{{1, 1}}}}, 2000, beside_s);
  flows.hold_at(1.5, {shape, beside}, 100); // the first flow has ended
  flows.clock.run();
  CHECK(*end_s == Approx(102).epsilon(solved_to));
  CHECK(*beside_s == Approx(103).epsilon(solved_to));
  CHECK(flows.network.drift(shape) == Approx(0.5).epsilon(solved_to));
}

TEST_CASE("flows: what begins, waits or ends in the instant in which it is held") {
  Flows flows;
  const double* ending_s;
  const double* waiting_s;
  const double* beginning_s;
  const ShapeId ending = flows.play({{{{0, 1}}}}, 1000, ending_s);
  const ShapeId waiting = flows.play({{{{1, 1}}}}, 1000, waiting_s, 3);
  const ShapeId beginning = flows.play({{{{2, 0.5}}, 2.5}}, 1000, beginning_s, 1);
  flows.hold_at(1, {ending, waiting, beginning}, 10);
  flows.hold_at(5, {waiting, beginning}, 1); // in latency a second more; in flight it stands still already
  flows.clock.run();
  CHECK(*ending_s == Approx(1).epsilon(solved_to)); // SimGrid has reported it, or will in this instant
  CHECK(*waiting_s == Approx(3 + 10 + 1 + 1).epsilon(solved_to));
  CHECK(*beginning_s == Approx(11 + 1.25).epsilon(solved_to));
  CHECK(flows.of(2).bytes == Approx(1250));
  CHECK(flows.of(2).saturated_s == Approx(1.25).epsilon(solved_to));
}

TEST_CASE("flows that are held at the horizon are counted as far as they came") {
  Flows flows;
  const double* end_s;
  const ShapeId shape = flows.play({{{{0, 1}}}}, 1000, end_s);
  flows.hold_at(0.25, {shape}, 10);
  flows.clock.run(0.25);
  CHECK(flows.network.carried_bytes(0) == Approx(250).epsilon(solved_to));
  flows.clock.run(5);
  CHECK(*end_s == -1);
  CHECK(flows.network.carried_bytes(0) == Approx(250).epsilon(solved_to));
  flows.clock.run();
  CHECK(*end_s == Approx(11).epsilon(solved_to));
}

TEST_CASE("flows: when all are held, in flight or in latency, all that comes is as much later") {
  constexpr unsigned systems = 60; // each with six links that nobody else uses, and once more with another six
  Flows flows(12 * systems);
  std::mt19937 random(3);
  std::uniform_real_distribution<double> when(0.5, 40);
  struct System {
    double hold_s;
    double seconds;
    std::vector<const double*> before;
    std::vector<const double*> after;
  };
  std::vector<System> all;
  for (unsigned seed = 0; seed < systems; ++seed) {
    System system{when(random), 3 * when(random), {}, {}};
    system.before = play_drawn(flows, seed, 12 * seed, system.hold_s, 0);
    system.after = play_drawn(flows, seed, 12 * seed + 6, system.hold_s, system.seconds);
    all.push_back(std::move(system));
  }
  flows.clock.run();
  int later = 0;
  for (const System& system : all) {
    for (std::size_t i = 0; i < system.before.size(); ++i) {
      const bool held = *system.before[i] > system.hold_s;
      later += held ? 1 : 0;
      CHECK(*system.after[i] - (held ? system.seconds : 0) == Approx(*system.before[i]).epsilon(solved_to));
    }
  }
  CHECK(later > 100);
}
