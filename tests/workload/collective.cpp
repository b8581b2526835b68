// Which algorithm is taken, how rings and trees lie, and what a library's protocols cost.
#include "../oracle/collective_bench.hpp"

#include "workload/collective/islands.hpp"
#include "workload/collective/sampled_distances.hpp"
#include "workload/collective/tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

using namespace collective_bench;
using workload::choose_collective;
using workload::CollectiveCosts;
using workload::shape_collective;

namespace {

CollectiveCosts library() {
  return workload::library_costs(scenario::KernelCalibration{});
}

void check_same(const workload::CollectiveShape& a, const workload::CollectiveShape& b) {
  CHECK(a.algorithm == b.algorithm);
  CHECK(a.group_size == b.group_size);
  REQUIRE(a.phases.size() == b.phases.size());
  for (std::size_t p = 0; p < a.phases.size(); ++p) {
    CHECK(a.phases[p].latency_s == b.phases[p].latency_s);
    REQUIRE(a.phases[p].bundles.size() == b.phases[p].bundles.size());
    for (std::size_t i = 0; i < a.phases[p].bundles.size(); ++i) {
      const workload::BundleShape& x = a.phases[p].bundles[i];
      const workload::BundleShape& y = b.phases[p].bundles[i];
      CHECK(x.bytes_factor == y.bytes_factor);
      CHECK(std::equal(x.resources.begin(), x.resources.end(), y.resources.begin(), y.resources.end(),
                       [](const auto& u, const auto& v) { return u.resource == v.resource && u.flows == v.flows; }));
    }
  }
}

} // namespace

TEST_CASE("The two trees have every node inside one of them at most, and reach everybody") {
  for (std::size_t nodes = 2; nodes <= 130; ++nodes) {
    const workload::DoubleTree trees(nodes);
    std::vector<int> inner(nodes);
    for (const auto& parent : trees.parent) {
      std::vector<int> children(nodes);
      int roots = 0;
      for (std::size_t i = 0; i < nodes; ++i) {
        std::size_t steps = 0;
        for (std::size_t at = i; parent[at] != nodes; at = parent[at])
          REQUIRE(++steps <= nodes);
        if (parent[i] == nodes)
          ++roots;
        else
          ++children[parent[i]];
      }
      CHECK(roots == 1);
      for (std::size_t i = 0; i < nodes; ++i) {
        CHECK(children[i] <= 2);
        inner[i] += children[i] == 2 ? 1 : 0;
      }
    }
    CAPTURE(nodes);
    CHECK(*std::max_element(inner.begin(), inner.end()) <= 1);
  }
}

TEST_CASE("Parallel channels walk every ordered pair of a node's cards once") {
  for (const int cards : {2, 4, 6, 8, 16}) {
    const auto network = cluster(cards, 2);
    const workload::Islands islands(network, everybody(network).front());
    std::map<std::pair<platform::CardId, platform::CardId>, int> walked;
    for (int start = 0; start < cards; ++start) {
      std::vector<platform::CardId> path;
      islands.add_path(0, static_cast<std::size_t>(start), path);
      CHECK(std::set<platform::CardId>(path.begin(), path.end()).size() == static_cast<std::size_t>(cards));
      CHECK(path.front() == static_cast<platform::CardId>(start));
      for (std::size_t i = 0; i + 1 < path.size(); ++i)
        ++walked[{path[i], path[i + 1]}];
    }
    CHECK(walked.size() == static_cast<std::size_t>(cards * (cards - 1)));
  }
}

TEST_CASE("Rings of a group that spans nodes stay on their rails") {
  for (const int nodes : {2, 3, 4, 7}) {
    scenario::PlatformSpec spec;
    spec.pools.push_back({"gpu", node(8), nodes});
    spec.fabric.kind = scenario::FabricKind::rail_optimized;
    spec.fabric.leaf_ports = 64;
    const platform::Cluster network(spec);
    const auto shape =
        shape_collective(network, Operation::all_reduce, Algorithm::ring, everybody(network), CollectiveCosts{});
    std::map<platform::ResourceId, double> nics;
    for (const auto& use : shape.phases.front().bundles.front().resources) {
      const auto kind = network.kind(use.resource);
      CHECK(kind != platform::ResourceKind::leaf_up);
      if (kind == platform::ResourceKind::nic_out || kind == platform::ResourceKind::nic_in)
        CHECK(use.flows == Approx(1));
    }
  }
}

TEST_CASE("Small payloads take the tree, as NCCL does, when the group spans many nodes") {
  const auto network = cluster(1, 64);
  const auto groups = everybody(network);
  CHECK(choose_collective(network, Operation::all_reduce, 1e4, groups, library()).algorithm == Algorithm::tree);
  const auto two = cluster(1, 2);
  CHECK(choose_collective(two, Operation::all_reduce, 1e9, everybody(two), library()).algorithm == Algorithm::ring);
}

TEST_CASE("NVLink SHARP is taken where the switch reduces and the payload is large") {
  const auto with = cluster(8, 1, true);
  const auto without = cluster(8, 1, false);
  const auto choose = [&](const platform::Cluster& network, double bytes) {
    return choose_collective(network, Operation::all_reduce, bytes, everybody(network), library()).algorithm;
  };
  CHECK(choose(with, 1e9) == Algorithm::in_network);
  CHECK(choose(with, 1e4) == Algorithm::ring);
  CHECK(choose(without, 1e9) == Algorithm::ring);
  CHECK_FALSE(workload::algorithm_applies(without, Operation::all_reduce, Algorithm::in_network, everybody(without)));
}

TEST_CASE("HCCL composes algorithms tier by tier") {
  auto spec = node(8);
  spec.chip.vendor = "Huawei";
  spec.scale_up.kind = scenario::ScaleUpKind::full_mesh;
  scenario::PlatformSpec platform_spec;
  platform_spec.pools.push_back({"npu", spec, 4});
  platform_spec.fabric.kind = scenario::FabricKind::rail_optimized;
  const platform::Cluster network(platform_spec);
  CHECK(choose_collective(network, Operation::all_reduce, 1e8, everybody(network), library()).algorithm ==
        Algorithm::hierarchical);
}

TEST_CASE("A full mesh loads every link alike, and is as fast as its links together") {
  auto spec = node(8);
  spec.scale_up.kind = scenario::ScaleUpKind::full_mesh;
  scenario::PlatformSpec platform_spec;
  platform_spec.pools.push_back({"npu", spec, 1});
  platform_spec.fabric.kind = scenario::FabricKind::single_switch;
  const platform::Cluster network(platform_spec);
  const double bytes = 1e9;
  for (const auto algorithm : {Algorithm::ring, Algorithm::hierarchical}) {
    const auto shape = shape_collective(network, Operation::all_reduce, algorithm, everybody(network), {});
    CHECK(shape.algorithm == algorithm);
    CHECK(workload::lone_seconds(network, shape, bytes) - workload::lone_seconds(network, shape, 0) ==
          Approx(2 * 7.0 / 8 * bytes / scale_up_bytes_per_s));
  }
}

TEST_CASE("The choice is never slower than any algorithm that it weighs") {
  const auto network = cluster(4, 8, true);
  const auto groups = everybody(network);
  const auto costs = library();
  for (double bytes = 1e3; bytes < 2e10; bytes *= 7) {
    const double chosen =
        workload::lone_seconds(network, choose_collective(network, Operation::all_reduce, bytes, groups, costs), bytes);
    for (const auto algorithm : {Algorithm::ring, Algorithm::tree, Algorithm::in_network}) {
      CAPTURE(bytes, static_cast<int>(algorithm));
      const auto named = choose_collective(network, Operation::all_reduce, bytes, groups, costs, algorithm);
      CHECK(named.algorithm == algorithm);
      CHECK(chosen <= workload::lone_seconds(network, named, bytes) * (1 + 1e-12));
    }
  }
}

TEST_CASE("Time grows with the payload, and bus bandwidth towards the link's") {
  const auto network = cluster(8, 1);
  const auto groups = everybody(network);
  double last_s = 0, last_busbw = 0;
  for (double bytes = 1e3; bytes < 1e11; bytes *= 3) {
    const double time_s = workload::lone_seconds(
        network, choose_collective(network, Operation::all_gather, bytes, groups, library()), bytes);
    CHECK(time_s > last_s);
    const double busbw = bytes / time_s * workload::bus_factor(Operation::all_gather, 8);
    CHECK(busbw > last_busbw);
    CHECK(busbw < scale_up_bytes_per_s);
    last_s = time_s;
    last_busbw = busbw;
  }
  CHECK(last_busbw > 0.9 * scale_up_bytes_per_s);
}

TEST_CASE("Efficiencies belong to their tier") {
  const auto inside = cluster(8, 1);
  const auto rails = cluster(1, 8);
  CollectiveCosts half_up, half_out;
  half_up.scale_up_efficiency = 0.5;
  half_out.scale_out_efficiency = 0.5;
  const double bytes = 1e10;
  const auto time_s = [&](const platform::Cluster& network, const CollectiveCosts& costs) {
    const auto shape = shape_collective(network, Operation::all_gather, Algorithm::ring, everybody(network), costs);
    return workload::lone_seconds(network, shape, bytes) - workload::lone_seconds(network, shape, 0);
  };
  CHECK(time_s(inside, half_up) == Approx(2 * time_s(inside, {})));
  CHECK(time_s(inside, half_out) == Approx(time_s(inside, {})));
  CHECK(time_s(rails, half_out) == Approx(2 * time_s(rails, {})));
  CHECK(time_s(rails, half_up) == Approx(time_s(rails, {})));
}

TEST_CASE("The launch is paid once a call") {
  const auto network = cluster(4, 4);
  CollectiveCosts costs;
  costs.launch_s = 1;
  for (const auto algorithm : {Algorithm::ring, Algorithm::hierarchical, Algorithm::halving_doubling}) {
    const auto with = shape_collective(network, Operation::all_reduce, algorithm, everybody(network), costs);
    const auto without = shape_collective(network, Operation::all_reduce, algorithm, everybody(network), {});
    CHECK(workload::lone_seconds(network, with, 1e6) == Approx(1 + workload::lone_seconds(network, without, 1e6)));
  }
}

TEST_CASE("Groups of one card, and no groups, have nothing to do") {
  const auto network = cluster(2, 2);
  for (const Groups& groups : {Groups{}, Groups{{0}, {1}}}) {
    const auto shape = choose_collective(network, Operation::all_reduce, 1e6, groups, library());
    CHECK(shape.phases.empty());
    CHECK(workload::lone_seconds(network, shape, 1e6) == 0);
  }
}

TEST_CASE("Groups that split unevenly over nodes still work, and send no less than they must") {
  const auto network = cluster(8, 3);
  const Groups uneven = {{0, 1, 2, 3, 4, 5, 8, 9, 10, 16}};
  CHECK_FALSE(workload::algorithm_applies(network, Operation::all_reduce, Algorithm::hierarchical, uneven));
  CHECK(shape_collective(network, Operation::all_reduce, Algorithm::hierarchical, uneven, {}).algorithm ==
        Algorithm::ring);
  for (const auto operation :
       {Operation::all_reduce, Operation::all_gather, Operation::all_to_all, Operation::broadcast})
    CHECK(seconds(network, operation, Algorithm::automatic, 1e9, uneven) > 1e9 / 10 / nic_bytes_per_s);
}

TEST_CASE("A group in any order finds its nodes") {
  const auto network = cluster(4, 2);
  const Groups packed = {{0, 1, 2, 3, 4, 5, 6, 7}};
  const Groups mixed = {{0, 4, 1, 5, 2, 6, 3, 7}};
  CHECK(seconds(network, Operation::all_reduce, Algorithm::ring, 1e9, mixed) ==
        Approx(seconds(network, Operation::all_reduce, Algorithm::ring, 1e9, packed)));
}

TEST_CASE("Sampled distances stand for all") {
  const workload::SampledDistances all(9, 100);
  CHECK(all.distances == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(all.weight == 1);
  const workload::SampledDistances some(1001, 10);
  CHECK(some.distances.size() == 10);
  CHECK(some.weight == 100);
  CHECK(some.distances.front() >= 1);
  CHECK(some.distances.back() <= 1000);
}

TEST_CASE("A hybrid cube mesh runs rings over all its links") {
  // DGX-1 with V100: six links of 25 GB/s a card, some pairs joined twice.
  auto spec = node(8);
  spec.scale_up.kind = scenario::ScaleUpKind::links;
  const double one = 25e9, two = 50e9;
  spec.scale_up.links = {{0, 1, one}, {0, 2, one}, {0, 3, two}, {0, 4, two}, {1, 2, two}, {1, 3, one},
                         {1, 5, two}, {2, 3, two}, {2, 6, one}, {3, 7, one}, {4, 5, one}, {4, 6, one},
                         {4, 7, two}, {5, 6, two}, {5, 7, one}, {6, 7, two}};
  scenario::PlatformSpec platform_spec;
  platform_spec.pools.push_back({"gpu", spec, 2});
  platform_spec.fabric.kind = scenario::FabricKind::rail_optimized;
  const platform::Cluster network(platform_spec);
  const Groups inside = {{0, 1, 2, 3, 4, 5, 6, 7}};
  const double bytes = 1e9;
  const auto shape = shape_collective(network, Operation::all_gather, Algorithm::ring, inside, {});
  CHECK(workload::lone_seconds(network, shape, bytes) - workload::lone_seconds(network, shape, 0) ==
        Approx(7.0 / 8 * bytes / (6 * one)));
  // Over two nodes every hop inside is a link: PCIe carries what the NICs carry, and no more.
  const auto both = shape_collective(network, Operation::all_gather, Algorithm::ring, everybody(network), {});
  CHECK(carried_bytes(network, both, bytes, platform::ResourceKind::pcie_slot) <=
        2.001 * (carried_bytes(network, both, bytes, platform::ResourceKind::nic_out) +
                 carried_bytes(network, both, bytes, platform::ResourceKind::nic_in)));
  CHECK(carried_bytes(network, both, bytes, platform::ResourceKind::socket_link) == 0);
}

TEST_CASE("A torus sends over all six links of a card, and pays its diameter") {
  auto spec = node(4);
  spec.scale_up.kind = scenario::ScaleUpKind::torus;
  scenario::PlatformSpec platform_spec;
  platform_spec.pools.push_back({"tpu", spec, 32 * 8 / 4});
  platform_spec.fabric.kind = scenario::FabricKind::torus;
  platform_spec.fabric.dimensions = {4, 8, 8};
  const platform::Cluster network(platform_spec);
  const auto shape = shape_collective(network, Operation::all_gather, Algorithm::ring, everybody(network), {});
  const double bytes = 1e9;
  CHECK(workload::lone_seconds(network, shape, bytes) - workload::lone_seconds(network, shape, 0) ==
        Approx(255.0 / 256 * bytes / scale_up_bytes_per_s));
  CHECK(workload::lone_seconds(network, shape, 0) == Approx(hop_s(network, 0, 0 + 2 * 64 + 4 * 8 + 4)));
}

TEST_CASE("Ways that are drafted once give every payload the shape that choosing anew gives it") {
  using Operation = scenario::CollectiveOperation;
  scenario::PlatformSpec spec;
  spec.pools.push_back({"gpu", node(8), 6});
  spec.fabric.kind = scenario::FabricKind::fat_tree;
  spec.fabric.leaf_ports = 16;
  spec.fabric.paths = scenario::PathSelection::hash; // flows are numbered from the start for each collective
  const platform::Cluster network(spec);
  const auto groups = everybody(network);
  workload::CollectiveDrafter drafter(network, library());
  for (const Operation operation : {Operation::all_reduce, Operation::all_gather, Operation::reduce_scatter,
                                    Operation::broadcast, Operation::all_to_all, Operation::send_recv}) {
    const auto ways = drafter.draft(operation, groups);
    std::set<std::size_t> taken;
    for (double bytes = 256; bytes < 1e10; bytes *= 8) {
      CAPTURE(name_of(operation), bytes);
      taken.insert(ways.cheapest(bytes));
      check_same(ways.shape(ways.cheapest(bytes)), choose_collective(network, operation, bytes, groups, library()));
    }
    CHECK(taken.size() > 1); // of the library's protocols at least
  }
}

TEST_CASE("Where gathering is scattering backwards, both have one shape") {
  using Operation = scenario::CollectiveOperation;
  for (const Algorithm algorithm : {Algorithm::automatic, Algorithm::ring, Algorithm::halving_doubling}) {
    const auto network = cluster(8, 3);
    const auto groups = everybody(network);
    const auto gather = choose_collective(network, Operation::all_gather, 1e8, groups, library(), algorithm);
    const auto scatter = choose_collective(network, Operation::reduce_scatter, 1e8, groups, library(), algorithm);
    if (workload::gathers_as_it_scatters(network, algorithm, 0))
      check_same(gather, scatter);
    else
      CHECK(algorithm == Algorithm::halving_doubling);
  }
}
