// Flows one by one on SimGrid's links. SimGrid allows one engine a process: one network in a test case.
#include "engine/network/flow_network.hpp"
#include "flow_shapes.hpp"
#include "iccsim/metrics/result.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

using namespace iccsim::engine;
using iccsim::metrics::InternalError;
using iccsim::platform::ResourceId;

namespace {

constexpr double close = 1e-6; // SimGrid's clock resolves a nanosecond

/// Twenty resources of 1000 bytes/s each.
struct Fixture {
  SimGridClock clock;
  FlowNetwork network{clock, [](ResourceId) { return 1000.0; }, 20};

  Done ends(double& end_s) {
    end_s = -1;
    return [this, &end_s] { end_s = clock.now(); };
  }
  /// When a transfer of `bytes` that starts now ends, once the clock has run.
  double& play(const std::vector<WrittenFlow>& flows, double bytes) {
    ends_.push_back(std::make_unique<double>());
    network.start(network.add(shape_of_flows(flows)), bytes, 1, ends(*ends_.back()));
    return *ends_.back();
  }
  ResourceUsage of(ResourceId resource) const {
    for (const ResourceUsage& row : network.usage()) {
      if (row.resource == resource) {
        return row;
      }
    }
    return {};
  }

private:
  std::vector<std::unique_ptr<double>> ends_;
};

} // namespace

TEST_CASE_METHOD(Fixture, "flows: a lone flow takes latency, then bytes / capacity of its tightest resource") {
  const ShapeId shape = network.add(shape_of_flows({{{{3, 1}, {7, 4}, {8, 2}}}}, 0.5));
  double end_s;
  network.start(shape, 1000, 1, ends(end_s));
  clock.run();
  CHECK(end_s == Approx(0.5 + 4).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows: calls follow one another, phases too, each until its last flow") {
  iccsim::workload::CollectiveShape shape;
  shape.phases.push_back({1, {bundle_of({{{{0, 1}}}, {{{0, 1}, {1, 1}}}}), bundle_of({{{{2, 1}}}}, 3)}});
  shape.phases.push_back({2, {bundle_of({{{{0, 1}}}}, 0.5)}});
  shape.phases.push_back({4, {}});
  double end_s;
  network.start(network.add(shape), 1000, 2, ends(end_s));
  clock.run();
  CHECK(end_s == Approx(2 * (1 + 3 + 2 + 0.5 + 4)).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows: what has no bytes, no resources or no phases takes its latency and no more") {
  const ShapeId latent = network.add(shape_of_flows({{{{0, 1}}}}, 1.5));
  const ShapeId nothing = network.add(shape_of({}));
  double latent_s, nothing_s;
  network.start(latent, 0, 2, ends(latent_s));
  network.start(nothing, 100, 1, ends(nothing_s));
  CHECK(nothing_s == -1); // never inside start()
  clock.run();
  CHECK(latent_s == 3);
  CHECK(nothing_s == 0);
}

TEST_CASE_METHOD(Fixture, "flows share fairly, long ways and short ones, and speed up when others end") {
  const double& near_s = play({{{{0, 1}}}}, 1000);
  const double& far_s = play({{{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}}}}, 2000);
  clock.run();
  CHECK(near_s == Approx(2).epsilon(close));
  CHECK(far_s == Approx(3).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows that stand for several weigh as many, fractions too") {
  const double& many_s = play({{{{0, 1}}, 2.5}}, 1000);
  const double& one_s = play({{{{0, 1}}}}, 3000);
  clock.run();
  CHECK(many_s == Approx(3.5).epsilon(close));
  CHECK(one_s == Approx(3.5 + 2).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows that spread over several paths take a part of each") {
  const double& spread_s = play({{{{0, 1}, {1, 0.5}, {2, 0.25}, {3, 0.25}}}}, 1000);
  clock.at(2, [this] { play({{{{3, 0.25}}}}, 1000); });
  clock.run();
  CHECK(spread_s == Approx(1).epsilon(close));
  CHECK(of(1).bytes == Approx(500));
  CHECK(of(3).bytes == Approx(500));
  CHECK(clock.now() == Approx(2.25).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows with different parts of one resource rise together, as bundles do") {
  const double& full_s = play({{{{0, 1}, {1, 1}}}}, 1000);
  const double& lossy_s = play({{{{0, 1.25}, {1, 1}}}}, 1000);
  const double& odd_s = play({{{{0, 0.31}, {1, 1}}}}, 1000);
  clock.run();
  // 1000 / (1 + 1.25 + 0.31) on the first against 1000 / 3 on the second, which is tighter.
  CHECK(full_s == Approx(3).epsilon(1e-3)); // 0.31 is 5 / 16 or so
  CHECK(lossy_s == Approx(3).epsilon(1e-3));
  CHECK(odd_s == Approx(3).epsilon(1e-3));
}

TEST_CASE_METHOD(Fixture, "flows that take next to nothing of a link are not held back by it, and count it exactly") {
  network.add(shape_of_flows({{{{0, 1}, {1, 1e-4}}}})); // whose part of the second is its link's unit
  network.set_capacity(1, 0.05);
  const double& end_s = play({{{{0, 1}, {1, 5e-9}}}}, 5000);
  double half = -1;
  clock.at(2.5, [&] { half = of(1).bytes; });
  clock.run();
  CHECK(end_s == Approx(5).epsilon(close));
  CHECK(half == Approx(2500 * 5e-9).epsilon(1e-3));
  CHECK(of(1).bytes == Approx(5000 * 5e-9));
}

TEST_CASE_METHOD(Fixture, "flows of one bundle drift apart where they meet others, and those in step do not") {
  const ShapeId pair = network.add(shape_of_flows({{{{0, 1}}}, {{{1, 1}}}}));
  const ShapeId step = network.add(shape_of_flows({{{{5, 1}}}, {{{6, 1}}}}));
  double pair_s, step_s;
  network.start(pair, 1000, 1, ends(pair_s));
  network.start(step, 1000, 1, ends(step_s));
  const double& other_s = play({{{{1, 1}}}}, 1000);
  clock.run();
  CHECK(pair_s == Approx(2).epsilon(close));
  CHECK(other_s == Approx(2).epsilon(close));
  CHECK(network.drift(pair) == Approx(0.5).epsilon(close));
  CHECK(network.drift(step) == Approx(0).margin(close));
}

TEST_CASE_METHOD(Fixture, "flows in flight go on at a new capacity") {
  const double& end_s = play({{{{0, 1}, {1, 0.5}}}}, 2000);
  clock.at(1, [this] { network.set_capacity(0, 250); });
  clock.run();
  CHECK(end_s == Approx(5).epsilon(close));
  CHECK(of(0).capacity == 250);
}

TEST_CASE_METHOD(Fixture,
                 "flows in flight at the horizon are counted as far as they came, and the clock stands there") {
  const double& end_s = play({{{{0, 1}, {1, 0.5}}, 2}, {{{2, 0.2}, {3, 0.1}}}}, 1000);
  clock.run(0.1);
  CHECK(clock.now() == 0.1);
  CHECK(end_s == -1);
  CHECK(of(0).bytes == Approx(100).epsilon(close)); // and 2, which is as full
  CHECK(of(0).multiplicity == 2);
  CHECK(of(1).bytes == Approx(50).epsilon(close));
  CHECK(of(1).multiplicity == 2);
  clock.run();
  CHECK(end_s == Approx(2).epsilon(close));
  CHECK(of(0).bytes == Approx(2000).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows that end at the horizon are reported") {
  const double& end_s = play({{{{0, 1}}}}, 1000);
  clock.run(1);
  CHECK(end_s == Approx(1).epsilon(close));
  CHECK(clock.now() == 1);
}

TEST_CASE_METHOD(Fixture, "flows end with the clock when it is stopped") {
  const double& end_s = play({{{{0, 1}}}}, 1000);
  clock.at(0.25, [this] { clock.stop(); });
  clock.run();
  CHECK(end_s == -1);
  CHECK(clock.now() == 0.25);
  CHECK(of(0).bytes == Approx(250).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows: usage is bytes, mean, peak and time at full capacity") {
  play({{{{0, 1}, {1, 1}}}, {{{0, 1}}}}, 1000);
  clock.at(4, [] {});
  clock.run();
  CHECK(of(0).bytes == Approx(2000));
  CHECK(of(0).mean_utilization == Approx(0.5).epsilon(close));
  CHECK(of(0).peak_utilization == Approx(1).epsilon(1e-4));
  CHECK(of(0).saturated_s == Approx(2).epsilon(close));
  CHECK(of(1).bytes == Approx(1000));
  CHECK(of(1).peak_utilization == Approx(0.5).epsilon(1e-4));
  CHECK(of(1).saturated_s == 0);
  CHECK(network.usage().size() == 2);
}

TEST_CASE_METHOD(Fixture, "flows: resources with one history are one row, and steps can be repeated") {
  play({{{{0, 1}}}, {{{1, 1}}}, {{{2, 1}}}}, 1000);
  network.mark_usage();
  clock.run();
  network.repeat_usage(9);
  clock.at(20, [] {});
  clock.run();
  const auto rows = network.usage();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].multiplicity == 3);
  CHECK(rows[0].bytes == Approx(10000));
  CHECK(rows[0].saturated_s == Approx(10).epsilon(close));
  CHECK(rows[0].mean_utilization == Approx(0.5).epsilon(close));
}

TEST_CASE_METHOD(Fixture, "flows: a bundle without a list of flows is one flow, and shapes may come and go in flight") {
  double end_s;
  network.start(network.add(shape_of({phase(0, {bundle(2, {{0, 1}, {1, 4}})})})), 1000, 1, ends(end_s));
  for (double time : {1.0, 2.5, 7.0}) {
    clock.at(time, [this] {
      const ShapeId passing = network.add(shape_of_flows({{{{2, 3}, {4, 1}}}}));
      network.start(passing, 100, 1, [this, passing] { network.remove(passing); });
    });
  }
  clock.run();
  CHECK(end_s == Approx(8).epsilon(close));
  CHECK(of(2).bytes == Approx(900));
}

TEST_CASE_METHOD(Fixture, "flows: mistakes of the caller are internal errors") {
  const ShapeId shape = network.add(shape_of_flows({{{{0, 1}}}}));
  CHECK_THROWS_AS(network.start(shape, -1, 1, {}), InternalError);
  CHECK_THROWS_AS(network.start(shape, std::numeric_limits<double>::infinity(), 1, {}), InternalError);
  CHECK_THROWS_AS(network.add(shape_of({phase(0, {bundle(1, {{0, -1}})})})), InternalError);
  network.remove(shape);
  CHECK_THROWS_AS(network.start(shape, 1, 1, {}), InternalError);
}

TEST_CASE_METHOD(Fixture, "thousands of flows at once end as one, wave after wave") {
  std::vector<WrittenFlow> flows;
  for (unsigned i = 0; i < 400; ++i) {
    flows.push_back({{{i % 20, 1}, {(i / 20 + i) % 20, 1}}});
  }
  const ShapeId shape = network.add(shape_of_flows(flows));
  double end_s = 0;
  int waves = 0;
  std::function<void()> next = [&] {
    end_s = clock.now();
    if (waves++ < 10) {
      network.start(shape, 1000, 1, next);
    }
  };
  next();
  clock.run();
  // Every resource carries 40 flows; 20 of the 400 cross one resource twice.
  CHECK(waves == 11);
  CHECK(end_s == Approx(400).epsilon(close));
  CHECK(network.drift(shape) < close);
}

TEST_CASE_METHOD(Fixture, "flows: a phase of too many is told once, when it is made known") {
  std::vector<std::size_t> told;
  network.watch_phases(2, [&](std::size_t flows) { told.push_back(flows); });
  network.add(shape_of_flows({{{{0, 1}}}, {{{1, 1}}}}));
  CHECK(told.empty());
  network.add(shape_of_flows({{{{0, 1}}}, {{{1, 1}}}, {{{2, 1}}}}));
  network.add(shape_of_flows({{{{0, 1}}}, {{{1, 1}}}, {{{2, 1}}}, {{{0, 1}}}}));
  CHECK(told == std::vector<std::size_t>{3});
}
