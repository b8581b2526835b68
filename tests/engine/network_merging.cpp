// Merging equivalent resources changes no completion and no figure, on random systems.
#include "engine/clock/fake_clock.hpp"
#include "engine/clock/simgrid_clock.hpp"
#include "engine/network/binding_classes.hpp"
#include "engine/network/bundle_network.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace iccsim::engine;
using iccsim::platform::ResourceId;
using iccsim::workload::CollectiveShape;

namespace {

constexpr int blocks = 6;
constexpr int block_size = 8;

struct Start {
  double time;
  std::size_t shape;
  double bytes;
};

/// Blocks of resources that shapes mostly treat alike, as NICs of a rail are; shapes come and go.
struct Scenario {
  std::vector<double> capacity;
  std::vector<CollectiveShape> shapes;
  std::vector<double> known_s; ///< when each shape becomes known
  std::vector<Start> starts;
};

class ScenarioMaker {
public:
  explicit ScenarioMaker(unsigned seed) : random_(seed) {}

  Scenario make() {
    Scenario scenario;
    for (int b = 0; b < blocks; ++b) {
      scenario.capacity.insert(scenario.capacity.end(), block_size, pick(1, 4));
    }
    const int shapes = pick(2, 6);
    for (int s = 0; s < shapes; ++s) {
      scenario.shapes.push_back(shape());
      scenario.known_s.push_back(pick(0, 2) == 0 ? pick(1, 20) : 0);
      for (int i = pick(1, 3); i > 0; --i) {
        scenario.starts.push_back(
            {scenario.known_s.back() + pick(0, 30), static_cast<std::size_t>(s), static_cast<double>(pick(0, 12))});
      }
    }
    return scenario;
  }

private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  CollectiveShape shape() {
    CollectiveShape result;
    for (int phases = pick(1, 3); phases > 0; --phases) {
      result.phases.push_back(phase(pick(0, 2), {}));
      for (int bundles = pick(1, 3); bundles > 0; --bundles) {
        result.phases.back().bundles.push_back(bundle(pick(1, 3), resources()));
      }
    }
    return result;
  }
  std::vector<iccsim::workload::ResourceFlows> resources() {
    std::vector<iccsim::workload::ResourceFlows> result;
    for (unsigned b = 0; b < blocks; ++b) {
      if (pick(0, 1) == 0) {
        continue;
      }
      const unsigned skipped = pick(0, 3) == 0 ? static_cast<unsigned>(pick(1, block_size - 1)) : 0;
      const auto block = equal_flows(b * block_size + skipped, block_size - skipped, pick(1, 5) / 2.0);
      result.insert(result.end(), block.begin(), block.end());
    }
    return result;
  }
  std::mt19937 random_;
};

struct Outcome {
  std::vector<double> ends_s;
  std::vector<double> bytes; ///< by resource group of the unmerged network, sorted
  std::vector<double> peaks;
  std::vector<double> saturated_s;
};

void flatten_usage(const std::vector<ResourceUsage>& usage, Outcome& outcome) {
  for (const ResourceUsage& group : usage) {
    const auto alike = static_cast<std::size_t>(group.multiplicity);
    outcome.bytes.insert(outcome.bytes.end(), alike, group.bytes);
    outcome.peaks.insert(outcome.peaks.end(), alike, group.peak_utilization);
    outcome.saturated_s.insert(outcome.saturated_s.end(), alike, group.saturated_s);
  }
  for (auto* figures : {&outcome.bytes, &outcome.peaks, &outcome.saturated_s}) {
    std::sort(figures->begin(), figures->end());
  }
}

/// `nodes`: the resources of all but the last block are those of like nodes.
Outcome play(const Scenario& scenario, Timeline& clock, Merging merging, const NodeLayout& nodes = {}) {
  BundleNetwork network(
      clock, [&](ResourceId resource) { return scenario.capacity[resource]; }, merging, 1 << 16, nodes);
  Outcome outcome;
  outcome.ends_s.assign(scenario.starts.size(), -1);
  std::vector<ShapeId> ids(scenario.shapes.size());
  std::vector<int> left(scenario.shapes.size(), 0);
  for (std::size_t s = 0; s < scenario.shapes.size(); ++s) {
    clock.at(scenario.known_s[s], [&, s] { ids[s] = network.add(scenario.shapes[s]); });
  }
  for (std::size_t i = 0; i < scenario.starts.size(); ++i) {
    const Start& start = scenario.starts[i];
    ++left[start.shape];
    clock.at(start.time, [&, i, start] {
      network.start(ids[start.shape], start.bytes, 1, [&, i, start] {
        outcome.ends_s[i] = clock.now();
        if (--left[start.shape] == 0) {
          network.remove(ids[start.shape]);
        }
      });
    });
  }
  clock.run();
  flatten_usage(network.usage(), outcome);
  return outcome;
}

bool close(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::abs(x - y) <= 1e-9 * std::max({1.0, std::abs(x), std::abs(y)});
  });
}

} // namespace

TEST_CASE("merging changes no completion time and no usage, on 500 random systems") {
  int different = 0;
  int unfinished = 0;
  for (unsigned seed = 0; seed < 500; ++seed) {
    const Scenario scenario = ScenarioMaker(seed).make();
    FakeClock merged_clock, plain_clock;
    const Outcome merged = play(scenario, merged_clock, Merging::on);
    const Outcome plain = play(scenario, plain_clock, Merging::off);
    unfinished += std::count(plain.ends_s.begin(), plain.ends_s.end(), -1.0) > 0;
    different += !close(merged.ends_s, plain.ends_s) || !close(merged.bytes, plain.bytes) ||
                 !close(merged.peaks, plain.peaks) || !close(merged.saturated_s, plain.saturated_s);
  }
  CHECK(unfinished == 0);
  CHECK(different == 0);
}

TEST_CASE("nodes that are looked at once change nothing, on 300 random systems") {
  const NodeLayout nodes({{0, block_size, blocks - 1}});
  int different = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Scenario scenario = ScenarioMaker(seed).make();
    for (std::size_t r = 0; r < scenario.capacity.size() - block_size; ++r) {
      scenario.capacity[r] = scenario.capacity[r % block_size]; // nodes are equal
    }
    FakeClock together_clock, apart_clock, lone_clock;
    const Outcome together = play(scenario, together_clock, Merging::on, nodes);
    const Outcome apart = play(scenario, apart_clock, Merging::on);
    const Outcome lone = play(scenario, lone_clock, Merging::off, nodes);
    different += together.ends_s != apart.ends_s || !close(together.bytes, apart.bytes) ||
                 !close(together.peaks, apart.peaks) || !close(together.saturated_s, apart.saturated_s) ||
                 !close(together.ends_s, lone.ends_s) || !close(together.bytes, lone.bytes);
  }
  CHECK(different == 0);
}

TEST_CASE("a node's resource with another capacity leaves its fellows, used or not yet") {
  for (const bool used_before : {true, false}) {
    ResourceGroups groups([](ResourceId) { return 10.0; }, true, NodeLayout({{0, 4, 5}}));
    iccsim::workload::ResourceFlowList all;
    all.push_run(0, 4, 5, {{1, 1.0}, {2, 1.0}});
    all.push_back({20, 1.0}); // of no node
    if (used_before) {
      groups.add(0, all);
    }
    groups.set_capacity(9, 5.0); // the second of node 2
    groups.add(1, all);
    REQUIRE(groups.find(9) != nullptr);
    CHECK(groups.find(9)->capacity == 5);
    CHECK(groups.find(9)->members == 1);
    CHECK(groups.find(10)->members == 10);
    CHECK(groups.find(20) == groups.find(1));
    CHECK(groups.find(0) == nullptr);
    const auto lowest = groups.representatives();
    CHECK(std::count(lowest.begin(), lowest.end(), ResourceId{9}) == 1);
    CHECK(std::count(lowest.begin(), lowest.end(), ResourceId{1}) == 1);
  }
}

TEST_CASE("the network plays the same on SimGrid's clock, to the last bit") {
  const Scenario scenario = ScenarioMaker(4711).make();
  FakeClock plain_clock;
  SimGridClock simgrid_clock;
  const Outcome plain = play(scenario, plain_clock, Merging::on);
  const Outcome simgrid = play(scenario, simgrid_clock, Merging::on);
  CHECK(plain.ends_s == simgrid.ends_s);
  CHECK(plain.bytes == simgrid.bytes);
}

TEST_CASE("a run repeated gives the same times, to the last bit") {
  const Scenario scenario = ScenarioMaker(99).make();
  FakeClock first_clock, second_clock;
  CHECK(play(scenario, first_clock, Merging::on).ends_s == play(scenario, second_clock, Merging::on).ends_s);
}

TEST_CASE("of resources used in proportion only the tightest binds") {
  ResourceGroups groups([](ResourceId resource) { return resource < 100 ? 10.0 : 40.0; }, true);
  groups.add(0, {{0, 1}, {1, 1}, {2, 2}, {100, 1}, {101, 8}});
  groups.add(1, {{0, 3}, {1, 3}, {2, 6}, {100, 3}, {101, 24}});
  groups.add(2, {{102, 1}});
  const BindingClasses classes = find_binding_classes(groups.groups(), 3, true);
  REQUIRE(classes.capacity.size() == 2); // {0, 1, 2, 100, 101} and {102}
  // Bytes/s for each flow of bundle 0: 10, 10, 5, 40, 5. The first of the two tightest stands for all.
  CHECK(classes.capacity == std::vector<double>{10, 40});
  REQUIRE(classes.uses[0].size() == 1);
  CHECK(classes.uses[0][0].flows == 2);
  CHECK(classes.uses[1][0].flows == 6);
  std::vector<double> fullness;
  for (const Standing& standing : classes.standing) {
    fullness.push_back(standing.utilization);
  }
  std::sort(fullness.begin(), fullness.end());
  CHECK(fullness == std::vector<double>{0.125, 0.5, 1, 1, 1});
}

TEST_CASE("resources that one bundle loads unevenly stay apart") {
  ResourceGroups groups([](ResourceId) { return 10.0; }, true);
  groups.add(0, {{0, 1}, {1, 1}});
  groups.add(1, {{0, 1}, {1, 2}});
  CHECK(find_binding_classes(groups.groups(), 2, true).capacity.size() == 2);
}
