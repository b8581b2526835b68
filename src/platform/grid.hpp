// Positions of a 2D or 3D torus or mesh, row-major, and dimension-ordered shortest walks between them.
#pragma once

#include <cstdint>
#include <vector>

namespace iccsim::platform {

class Grid {
public:
  Grid(const std::vector<int>& sizes, bool wrap) : wrap_(wrap) {
    for (int size : sizes) {
      sizes_[dimensions_++] = static_cast<std::uint32_t>(size);
    }
  }

  std::uint32_t positions() const {
    std::uint32_t product = 1;
    for (std::uint32_t d = 0; d < dimensions_; ++d) {
      product *= sizes_[d];
    }
    return product;
  }
  /// Links that leave a position: direction 2d goes up dimension d, 2d + 1 down.
  std::uint32_t directions() const { return 2 * dimensions_; }

  /// Whether the grid has that link; a dimension of size 1 has none, an unwrapped edge ends.
  bool has_link(std::uint32_t position, std::uint32_t direction) const {
    const std::uint32_t d = direction / 2;
    const std::uint32_t at = coordinate(position, d);
    const bool edge = direction % 2 == 0 ? at + 1 == sizes_[d] : at == 0;
    return sizes_[d] > 1 && (wrap_ || !edge);
  }
  std::uint32_t neighbour(std::uint32_t position, std::uint32_t direction) const {
    const std::uint32_t d = direction / 2;
    const std::uint32_t at = coordinate(position, d);
    const std::uint32_t size = sizes_[d];
    const std::uint32_t to = direction % 2 == 0 ? (at + 1 == size ? 0 : at + 1) : (at == 0 ? size - 1 : at - 1);
    return position + to * stride(d) - at * stride(d);
  }

  /// Calls `use(position, direction, share)` for every link of the walk and returns its length. Halfway round a ring
  /// both ways are as short: half goes either way, or, when `halves` is false, all goes the way `pick` says.
  template <typename Use>
  int walk(std::uint32_t from, std::uint32_t to, bool halves, std::uint64_t pick, Use&& use) const {
    int length = 0;
    std::uint32_t at = from;
    for (std::uint32_t d = 0; d < dimensions_; ++d) {
      const std::uint32_t here = coordinate(at, d);
      const std::uint32_t there = coordinate(to, d);
      if (here == there) {
        continue;
      }
      const std::uint32_t up = wrap_ && there < here ? there + sizes_[d] - here : there - here;
      const bool up_exists = wrap_ || there > here;
      const std::uint32_t down = wrap_ ? sizes_[d] - up : here - there;
      const bool tie = wrap_ && up == down;
      double share_up = up_exists && (!wrap_ || up < down) ? 1 : 0;
      if (tie) {
        share_up = halves ? 0.5 : static_cast<double>((pick >> d) & 1);
      }
      step(at, 2 * d, up, share_up, use);
      step(at, 2 * d + 1, down, 1 - share_up, use);
      length += static_cast<int>(share_up > 0 ? up : down);
      at = at + there * stride(d) - here * stride(d);
    }
    return length;
  }

private:
  template <typename Use>
  void step(std::uint32_t at, std::uint32_t direction, std::uint32_t count, double share, Use&& use) const {
    for (std::uint32_t i = 0; share > 0 && i < count; ++i) {
      use(at, direction, share);
      at = neighbour(at, direction);
    }
  }
  std::uint32_t stride(std::uint32_t d) const {
    std::uint32_t product = 1;
    for (std::uint32_t inner = d + 1; inner < dimensions_; ++inner) {
      product *= sizes_[inner];
    }
    return product;
  }
  std::uint32_t coordinate(std::uint32_t position, std::uint32_t d) const { return position / stride(d) % sizes_[d]; }

  std::uint32_t sizes_[3] = {1, 1, 1};
  std::uint32_t dimensions_ = 0;
  bool wrap_;
};

} // namespace iccsim::platform
