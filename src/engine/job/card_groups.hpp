// Cards of a job that lie alike in their nodes: what they read crosses equal resources.
#pragma once

#include "engine/job/card_health.hpp"
#include "engine/job/job.hpp"
#include "iccsim/platform/cluster.hpp"

#include <vector>

namespace iccsim::engine {

struct CardGroup {
  std::vector<platform::CardId> cards;
  double slowdown = 1;
};

/// Cards are alike when they are in the same pool, with as many cards of the placement in their node and under their
/// PCIe switch, when that switch serves equal devices, and when they are equally slow. In order of their first card.
std::vector<CardGroup> alike_cards(const platform::Cluster& cluster, const Placement& placement,
                                   const CardHealth& health);

} // namespace iccsim::engine
