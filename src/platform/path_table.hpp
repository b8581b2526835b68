// Paths between numbered ends, each a short run of local resource ids, in one flat array.
#pragma once

#include "platform/local_resources.hpp"

#include <vector>

namespace iccsim::platform {

/// A run of ids inside a PathTable.
struct Path {
  const LocalId* first = nullptr;
  const LocalId* last = nullptr;
  const LocalId* begin() const { return first; }
  const LocalId* end() const { return last; }
  std::size_t size() const { return static_cast<std::size_t>(last - first); }
  bool empty() const { return first == last; }
};

/// Filled row by row: `append` the path of (0, 0), (0, 1), ... (1, 0), ...
class PathTable {
public:
  PathTable() = default;
  explicit PathTable(std::size_t columns) : columns_(columns) {}
  void append(const std::vector<LocalId>& path) {
    ids_.insert(ids_.end(), path.begin(), path.end());
    ends_.push_back(static_cast<std::uint32_t>(ids_.size()));
  }
  Path at(std::size_t row, std::size_t column) const {
    const std::size_t cell = row * columns_ + column;
    const std::uint32_t first = cell == 0 ? 0 : ends_[cell - 1];
    return {ids_.data() + first, ids_.data() + ends_[cell]};
  }

private:
  std::size_t columns_ = 0;
  std::vector<LocalId> ids_;
  std::vector<std::uint32_t> ends_;
};

} // namespace iccsim::platform
