// How the time of a simulation grows with its cards.
#pragma once

#include <optional>
#include <vector>

namespace iccsim::cli {

struct ScalePoint {
  int cards = 0;
  double cpu_s = 0;
};

/// Over a curve that doubles its cards from point to point. CPU time is judged: what else the machine does adds to wall
/// time only. Two figures of a run differ by 20% at times; neither target can be missed by that alone where time grows
/// by less than 1.7x a doubling.
struct Growth {
  int from_cards = 0, to_cards = 0; ///< of the last doublings
  double per_doubling = 0;          ///< geometric mean of the last doublings
  double worst = 0;                 ///< of single doublings from `shortest_s` on; 0: none was so long
  double last_s = 0;                ///< time of the largest

  static constexpr int doublings = 3;        ///< that the mean is taken over
  static constexpr double asked = 2;         ///< the mean, less than
  static constexpr double asked_of_each = 3; ///< 2, and 1.5 for noise: 1.2 / 0.8
  static constexpr double shortest_s = 0.1;  ///< below, the start of the process is most of it

  bool judged() const { return last_s >= shortest_s; }
  bool met() const { return !judged() || (per_doubling < asked && worst < asked_of_each); }
};

/// None with fewer points than the last doublings need.
std::optional<Growth> growth_of(const std::vector<ScalePoint>& curve);

} // namespace iccsim::cli
