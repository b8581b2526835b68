// A collective before the library's protocol is chosen: bundles, and the hops that its first byte pays one by one.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <vector>

namespace iccsim::workload {

using Group = std::vector<platform::CardId>;
using Groups = std::vector<Group>;

/// Hops in sequence, with what the wires take for them. Counts are fractional where a ring takes (n-1)/n of a round.
struct Hops {
  double wire_s = 0;
  double scale_up = 0;  ///< hops that stay in a scale-up domain (or a node)
  double scale_out = 0; ///< hops through NICs

  Hops& operator+=(const Hops& other) {
    wire_s += other.wire_s;
    scale_up += other.scale_up;
    scale_out += other.scale_out;
    return *this;
  }
  friend Hops operator*(double factor, Hops hops) {
    return {factor * hops.wire_s, factor * hops.scale_up, factor * hops.scale_out};
  }
  /// Groups and channels run side by side: the longest way counts. Hops through NICs cost a library most.
  void take_longer(const Hops& other) {
    const bool longer = other.scale_out != scale_out ? other.scale_out > scale_out : other.wire_s > wire_s;
    if (longer)
      *this = other;
  }
};

struct PhaseDraft {
  Hops hops;
  std::vector<BundleShape> bundles;
};

struct CollectiveDraft {
  scenario::CollectiveAlgorithm algorithm = scenario::CollectiveAlgorithm::ring;
  std::vector<PhaseDraft> phases;
  bool streams_only = false; ///< the library has it in its bulk protocol alone (in-network reduction)
  bool exchanges = false;    ///< sends and receives between pairs, which have protocols of their own
};

} // namespace iccsim::workload
