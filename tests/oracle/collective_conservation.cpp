// What any collective must obey: bytes are neither lost nor doubled, and no algorithm beats the bound of bandwidth.
#include "collective_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace collective_bench;

namespace {

const Algorithm every_algorithm[] = {Algorithm::ring,         Algorithm::tree,
                                     Algorithm::hierarchical, Algorithm::halving_doubling,
                                     Algorithm::pairwise,     Algorithm::in_network};
const Operation every_operation[] = {Operation::all_reduce, Operation::all_gather, Operation::reduce_scatter,
                                     Operation::broadcast,  Operation::all_to_all, Operation::send_recv};

/// Fewest bytes, as a share of the payload, that must leave an island of k of n cards (Patarasuk and Yuan 2009 for
/// all_reduce). With reduction in the fabric's switches one payload suffices.
double least_out(Operation operation, double k, double n, bool in_network) {
  switch (operation) {
  case Operation::all_reduce:
    return in_network ? 1 : 2 * (n - k) / n;
  case Operation::all_to_all:
    return k * (n - k) / n;
  case Operation::all_gather:
    return k / n;
  case Operation::reduce_scatter:
    return (n - k) / n;
  default:
    return 0;
  }
}

} // namespace

TEST_CASE("No algorithm beats the bandwidth of the NICs") {
  const double bytes = 1e9;
  for (const int cards : {1, 2, 4})
    for (const int nodes : {2, 3, 8})
      for (const bool reduces : {false, true}) {
        const auto network = cluster(cards, nodes, reduces, reduces);
        const auto groups = everybody(network);
        const double n = cards * nodes;
        for (const auto operation : every_operation)
          for (const auto algorithm : every_algorithm) {
            if (!workload::algorithm_applies(network, operation, algorithm, groups))
              continue;
            CAPTURE(cards, nodes, static_cast<int>(operation), static_cast<int>(algorithm));
            const double bound =
                least_out(operation, cards, n, algorithm == Algorithm::in_network) * bytes / (cards * nic_bytes_per_s);
            CHECK(seconds(network, operation, algorithm, bytes, groups) >= bound);
          }
      }
}

TEST_CASE("All-to-all moves every pair's bytes once") {
  const double bytes = 64e6;
  for (const int cards : {2, 4, 8})
    for (const int nodes : {1, 2, 5}) {
      const auto network = cluster(cards, nodes);
      const double n = cards * nodes;
      const auto shape = workload::shape_collective(network, Operation::all_to_all, Algorithm::pairwise,
                                                    everybody(network), workload::CollectiveCosts{});
      const double across = bytes * (n - cards); // of all cards: n cards x (n - cards) pairs x bytes / n
      CAPTURE(cards, nodes);
      CHECK(carried_bytes(network, shape, bytes, platform::ResourceKind::nic_out) == Approx(across).margin(1e-6));
      CHECK(carried_bytes(network, shape, bytes, platform::ResourceKind::nic_in) == Approx(across).margin(1e-6));
      // Inside: (k-1) pairs a card, and the way to the destination's rail for all that leaves but 1/k of it.
      const double inside = bytes * (cards - 1) + across * (cards - 1) / cards;
      CHECK(carried_bytes(network, shape, bytes, platform::ResourceKind::scale_up_out) == Approx(inside));
    }
}

TEST_CASE("Hierarchical all-to-all carries the same bytes over the NICs as pairwise") {
  const double bytes = 64e6;
  const auto network = cluster(4, 6);
  const workload::CollectiveCosts wires_alone;
  const auto pairwise =
      workload::shape_collective(network, Operation::all_to_all, Algorithm::pairwise, everybody(network), wires_alone);
  const auto hierarchical = workload::shape_collective(network, Operation::all_to_all, Algorithm::hierarchical,
                                                       everybody(network), wires_alone);
  REQUIRE(hierarchical.algorithm == Algorithm::hierarchical);
  for (const auto kind : {platform::ResourceKind::nic_out, platform::ResourceKind::nic_in})
    CHECK(carried_bytes(network, hierarchical, bytes, kind) == Approx(carried_bytes(network, pairwise, bytes, kind)));
}

TEST_CASE("Large all-to-all by sampled distances: every NIC carries what all pairs would put on it") {
  const int cards = 8, nodes = 600; // 600 x 599 pairs of nodes, 64 pairs of cards each
  const auto network = cluster(cards, nodes);
  const double n = cards * nodes;
  const auto shape = workload::shape_collective(network, Operation::all_to_all, Algorithm::pairwise, everybody(network),
                                                workload::CollectiveCosts{});
  int nics = 0;
  for (const auto& bundle : shape.phases.front().bundles)
    for (const auto& use : bundle.resources)
      if (network.kind(use.resource) == platform::ResourceKind::nic_out) {
        ++nics;
        REQUIRE(use.flows * bundle.bytes_factor == Approx((n - cards) / n));
      }
  CHECK(nics == cards * nodes);
}

TEST_CASE("Concurrent groups add up: bytes of all groups, time of one where they share nothing") {
  const auto network = cluster(8, 4);
  const workload::CollectiveCosts wires_alone;
  Groups inside(4), rails(8);
  for (platform::CardId card = 0; card < network.cards(); ++card) {
    inside[card / 8].push_back(card);
    rails[card % 8].push_back(card);
  }
  for (const Groups& groups : {inside, rails})
    for (const auto algorithm : {Algorithm::ring, Algorithm::tree, Algorithm::halving_doubling}) {
      const double alone = seconds(network, Operation::all_reduce, algorithm, 1e8, {groups.front()});
      CHECK(seconds(network, Operation::all_reduce, algorithm, 1e8, groups) == Approx(alone));
      const auto shape =
          workload::shape_collective(network, Operation::all_reduce, algorithm, {groups.front()}, wires_alone);
      const auto all = workload::shape_collective(network, Operation::all_reduce, algorithm, groups, wires_alone);
      for (const auto kind : {platform::ResourceKind::scale_up_out, platform::ResourceKind::nic_out})
        CHECK(carried_bytes(network, all, 1, kind) ==
              Approx(carried_bytes(network, shape, 1, kind) * static_cast<double>(groups.size())));
    }
}

TEST_CASE("Shapes are sorted by resource and merged") {
  const auto network = cluster(4, 5);
  for (const auto operation : every_operation)
    for (const auto algorithm : every_algorithm)
      for (const auto& phase :
           workload::shape_collective(network, operation, algorithm, everybody(network), workload::CollectiveCosts{})
               .phases)
        for (const auto& bundle : phase.bundles) {
          CHECK(bundle.bytes_factor > 0);
          CHECK(std::adjacent_find(bundle.resources.begin(), bundle.resources.end(), [](const auto& a, const auto& b) {
                  return a.resource >= b.resource;
                }) == bundle.resources.end());
        }
}

TEST_CASE("Bus bandwidth factors are those of nccl-tests") {
  for (const double n : {2.0, 3.0, 8.0, 1024.0}) {
    CHECK(workload::bus_factor(Operation::all_reduce, n) == Approx(2 * (n - 1) / n));
    CHECK(workload::bus_factor(Operation::all_gather, n) == Approx((n - 1) / n));
    CHECK(workload::bus_factor(Operation::reduce_scatter, n) == Approx((n - 1) / n));
    CHECK(workload::bus_factor(Operation::all_to_all, n) == Approx((n - 1) / n));
    CHECK(workload::bus_factor(Operation::broadcast, n) == 1);
    CHECK(workload::bus_factor(Operation::send_recv, n) == 1);
  }
}
