// The kinds of chips that a job runs on, the slowest first.
#pragma once

#include "engine/job/job.hpp"
#include "iccsim/platform/cluster.hpp"

#include <string>
#include <vector>

namespace iccsim::engine {

class ChipMix {
public:
  /// Of the cards of a placement (at least one), by peak in `precision`.
  ChipMix(const platform::Cluster& cluster, const Placement& placement, scenario::Precision precision);

  const std::vector<scenario::ChipSpec>& chips() const { return chips_; }
  const scenario::ChipSpec& slowest() const { return chips_.front(); }
  /// Position of a chip of the placement; chips of one name are one.
  int index_of(const scenario::ChipSpec& chip) const;
  double least_memory_bytes() const;

private:
  std::vector<scenario::ChipSpec> chips_;
};

} // namespace iccsim::engine
