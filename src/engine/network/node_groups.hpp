// The group of every resource of a node, kept once for nodes whose resources have the same groups.
#pragma once

#include "engine/network/sliced_flows.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine {

class NodeGroups {
public:
  static constexpr std::uint32_t no_group = UINT32_MAX; ///< no bundle used the resource so far
  using Row = std::uint32_t;

  explicit NodeGroups(const NodeLayout& layout);

  Row row_of(platform::NodeId node) const { return row_of_[node]; }
  platform::NodeId nodes(Row row) const { return rows_[row].nodes; }
  std::uint32_t group(Row row, platform::ResourceId local) const { return rows_[row].groups[local]; }
  void set_group(Row row, platform::ResourceId local, std::uint32_t group) { rows_[row].groups[local] = group; }
  /// The row itself when no more than `nodes` nodes have it, else a copy that none has yet.
  Row own(Row row, platform::NodeId nodes);
  void assign(platform::NodeId node, Row row);
  Row rows() const { return static_cast<Row>(rows_.size()); }
  platform::ResourceId resources(Row row) const { return static_cast<platform::ResourceId>(rows_[row].groups.size()); }

private:
  struct Entry {
    std::vector<std::uint32_t> groups; ///< by the node's resources
    platform::NodeId nodes = 0;
  };
  std::vector<Entry> rows_;
  std::vector<Row> free_rows_;
  std::vector<Row> row_of_; ///< by node
};

} // namespace iccsim::engine
