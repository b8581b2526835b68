#include "workload/collective/tree.hpp"

namespace iccsim::workload {
namespace {

/// Parent of position i among 1 .. n-1 by in-order numbering: subtrees hang below the position whose lowest set bit is
/// the next higher one; where that lies outside, below the one before. Position 0 stands above all.
std::size_t in_order_parent(std::size_t i, std::size_t nodes) {
  const std::size_t bit = i & (~i + 1);
  const std::size_t higher = (i ^ bit) | (bit << 1);
  return higher < nodes ? higher : i ^ bit;
}

} // namespace

DoubleTree::DoubleTree(std::size_t nodes) {
  for (auto& tree : parent)
    tree.assign(nodes, nodes);
  const auto other = [&](std::size_t i) { return nodes % 2 == 0 ? nodes - 1 - i : (i + 1) % nodes; };
  for (std::size_t i = 1; i < nodes; ++i) {
    const std::size_t up = in_order_parent(i, nodes);
    parent[0][i] = up;
    parent[1][other(i)] = other(up);
  }
}

} // namespace iccsim::workload
