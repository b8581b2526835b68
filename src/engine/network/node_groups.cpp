#include "engine/network/node_groups.hpp"

namespace iccsim::engine {

NodeGroups::NodeGroups(const NodeLayout& layout) {
  for (const platform::NodeResources& pool : layout.pools()) {
    rows_.push_back({std::vector<std::uint32_t>(pool.per_node, no_group), pool.nodes});
    row_of_.insert(row_of_.end(), pool.nodes, rows() - 1);
  }
}

NodeGroups::Row NodeGroups::own(Row row, platform::NodeId nodes) {
  if (rows_[row].nodes == nodes) {
    return row;
  }
  Row copy = rows();
  if (free_rows_.empty()) {
    rows_.emplace_back();
  } else {
    copy = free_rows_.back();
    free_rows_.pop_back();
  }
  rows_[copy].groups = rows_[row].groups;
  rows_[copy].nodes = 0;
  return copy;
}

void NodeGroups::assign(platform::NodeId node, Row row) {
  Entry& left = rows_[row_of_[node]];
  if (--left.nodes == 0 && row_of_[node] != row) {
    left.groups.clear();
    free_rows_.push_back(row_of_[node]);
  }
  row_of_[node] = row;
  ++rows_[row].nodes;
}

} // namespace iccsim::engine
