// Collectives on idle networks against alpha-beta closed forms (Thakur, Rabenseifner, Gropp 2005; Sanders et al. 2009).
#include "collective_bench.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace collective_bench;

namespace {

constexpr double sizes[] = {1.0, 4096.0, 1 << 20, 1e9};
constexpr double beta = 1 / nic_bytes_per_s; // s per byte of one NIC

double deepest(int nodes) { // levels below the root of an in-order binary tree: one, and a tree of nodes - 1
  return nodes < 2 ? 0 : 1 + std::floor(std::log2(nodes - 1));
}

} // namespace

TEST_CASE("Ring: (n-1) or 2(n-1) steps of alpha and 1/n of the bytes") {
  for (const int n : {2, 3, 4, 5, 8, 16, 61, 128}) {
    const auto network = cluster(1, n);
    const auto groups = everybody(network);
    const double alpha = hop_s(network, 0, 1);
    for (const double bytes : sizes) {
      CAPTURE(n, bytes);
      const double step = alpha + bytes / n * beta;
      CHECK(seconds(network, Operation::all_reduce, Algorithm::ring, bytes, groups) == Approx(2 * (n - 1) * step));
      CHECK(seconds(network, Operation::all_gather, Algorithm::ring, bytes, groups) == Approx((n - 1) * step));
      CHECK(seconds(network, Operation::reduce_scatter, Algorithm::ring, bytes, groups) == Approx((n - 1) * step));
      CHECK(seconds(network, Operation::broadcast, Algorithm::ring, bytes, groups) ==
            Approx((n - 1) * alpha + bytes * beta));
    }
  }
}

TEST_CASE("Ring over several nodes: each NIC carries its share, each hop its own latency") {
  for (const int cards : {2, 3, 8})
    for (const int nodes : {2, 4, 16}) {
      const auto network = cluster(cards, nodes);
      const double n = cards * nodes;
      const double inside = hop_s(network, 0, 1);
      const double between = hop_s(network, 0, static_cast<platform::CardId>(cards));
      const double steps = 2 * (n - 1) / n * nodes * ((cards - 1) * inside + between);
      CAPTURE(cards, nodes);
      for (const double bytes : sizes)
        CHECK(seconds(network, Operation::all_reduce, Algorithm::ring, bytes, everybody(network)) ==
              Approx(steps + 2 * (n - 1) / n * bytes * beta / cards));
    }
}

TEST_CASE("Double binary tree: 2 log2(n) steps, two payloads through every inner NIC") {
  for (const int n : {4, 5, 8, 16, 31, 100, 128}) { // of three, none has two children
    const auto network = cluster(1, n);
    const double alpha = hop_s(network, 0, 1);
    for (const double bytes : sizes) {
      CAPTURE(n, bytes);
      // A node inside one tree and a leaf of the other: 3/2 + 1/2 payloads in, and out.
      CHECK(seconds(network, Operation::all_reduce, Algorithm::tree, bytes, everybody(network)) ==
            Approx(2 * deepest(n) * alpha + 2 * bytes * beta));
    }
  }
}

TEST_CASE("Tree over several nodes: chains inside, every NIC an equal share") {
  const int cards = 4;
  for (const int nodes : {4, 8, 9}) {
    const auto network = cluster(cards, nodes);
    const double inside = hop_s(network, 0, 1);
    const double between = hop_s(network, 0, cards);
    for (const double bytes : sizes)
      CHECK(seconds(network, Operation::all_reduce, Algorithm::tree, bytes, everybody(network)) ==
            Approx(2 * ((cards - 1) * inside + deepest(nodes) * between) + 2 * bytes / cards * beta));
  }
}

TEST_CASE(
    "Recursive halving and doubling: log2(n) steps, 2(n-1)/n of the bytes; two whole messages more off the powers "
    "of two") {
  for (const int n : {2, 4, 8, 64, 256, 3, 6, 100}) {
    const auto network = cluster(1, n);
    const double alpha = hop_s(network, 0, 1);
    const double q = std::floor(std::log2(n));
    const double core = std::exp2(q);
    for (const double bytes : sizes) {
      CAPTURE(n, bytes);
      const double fold = core < n ? alpha + bytes * beta : 0;
      const double halving = q * alpha + (core - 1) / core * bytes * beta;
      CHECK(seconds(network, Operation::all_reduce, Algorithm::halving_doubling, bytes, everybody(network)) ==
            Approx(2 * (halving + fold)));
      CHECK(seconds(network, Operation::all_gather, Algorithm::halving_doubling, bytes, everybody(network)) ==
            Approx(halving + fold));
    }
  }
}

TEST_CASE("Hierarchical: reduce-scatter inside, ring of 1/k along rails, all-gather inside") {
  for (const int cards : {2, 4, 8})
    for (const int nodes : {2, 8}) {
      const auto network = cluster(cards, nodes);
      const double k = cards, m = nodes;
      const double inside = hop_s(network, 0, 1);
      const double between = hop_s(network, 0, static_cast<platform::CardId>(cards));
      for (const double bytes : sizes) {
        CAPTURE(cards, nodes, bytes);
        const double scatter = inside + (k - 1) / k * bytes / scale_up_bytes_per_s;
        const double rails = 2 * (m - 1) * (between + bytes / k / m * beta);
        CHECK(seconds(network, Operation::all_reduce, Algorithm::hierarchical, bytes, everybody(network)) ==
              Approx(2 * scatter + rails));
        CHECK(seconds(network, Operation::reduce_scatter, Algorithm::hierarchical, bytes, everybody(network)) ==
              Approx(scatter + rails / 2));
      }
    }
}

TEST_CASE("In-network reduction: the payload once out and once in, and 1/k of it for the sums") {
  const double bytes = 1e9;
  for (const int cards : {4, 8}) {
    const auto inside = cluster(cards, 1, true);
    const double k = cards;
    CHECK(seconds(inside, Operation::all_reduce, Algorithm::in_network, bytes, everybody(inside)) ==
          Approx(2 * scale_up_latency_s + (k + 1) / k * bytes / scale_up_bytes_per_s));
    const auto fabric = cluster(cards, 16, true, true);
    const double between = hop_s(fabric, 0, static_cast<platform::CardId>(cards));
    CHECK(seconds(fabric, Operation::all_reduce, Algorithm::in_network, bytes, everybody(fabric)) ==
          Approx(2 * scale_up_latency_s + 2 * between + bytes / k * beta));
  }
}

TEST_CASE("All-to-all, pairwise: what a card sends to other nodes goes through its NIC") {
  const double bytes = 1e9;
  for (const int nodes : {2, 4, 8}) {
    const int cards = 4;
    const auto network = cluster(cards, nodes);
    const double n = cards * nodes;
    const auto shape = workload::shape_collective(network, Operation::all_to_all, Algorithm::pairwise,
                                                  everybody(network), workload::CollectiveCosts{});
    CHECK(workload::lone_seconds(network, shape, bytes) - workload::lone_seconds(network, shape, 0) ==
          Approx(bytes * (n - cards) / n * beta));
  }
}

TEST_CASE("Send and receive: one message, whatever the size of the ring") {
  const auto network = cluster(1, 16);
  const double alpha = hop_s(network, 0, 1);
  for (const double bytes : sizes) {
    CHECK(seconds(network, Operation::send_recv, Algorithm::automatic, bytes, everybody(network)) ==
          Approx(alpha + bytes * beta));
    CHECK(seconds(network, Operation::send_recv, Algorithm::automatic, bytes, {{3, 9}}) ==
          Approx(alpha + bytes * beta));
  }
}
