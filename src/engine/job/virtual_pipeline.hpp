// Where activations go: the order of virtual stages over (stage, chunk).
#pragma once

#include "iccsim/scenario/job.hpp"

#include <optional>

namespace iccsim::engine {

struct VirtualStage {
  int stage = 0;
  int chunk = 0;
};

/// Chunk c of stage s is virtual stage c x pipeline + s; dualpipe: chunk 0 walks the stages up, chunk 1 down.
class VirtualPipeline {
public:
  VirtualPipeline(scenario::Schedule schedule, int pipeline, int chunks)
      : two_directions_(schedule == scenario::Schedule::dualpipe && chunks == 2), pipeline_(pipeline), chunks_(chunks) {
  }

  std::optional<VirtualStage> next(VirtualStage at) const {
    return two_directions_ && at.chunk == 1 ? down(at) : up(at);
  }
  std::optional<VirtualStage> previous(VirtualStage at) const {
    if (two_directions_) {
      return neighbour(at.stage + (at.chunk == 0 ? -1 : 1), at.chunk);
    }
    if (at.stage > 0) {
      return VirtualStage{at.stage - 1, at.chunk};
    }
    return at.chunk > 0 ? std::optional<VirtualStage>({pipeline_ - 1, at.chunk - 1}) : std::nullopt;
  }

private:
  std::optional<VirtualStage> up(VirtualStage at) const {
    if (at.stage + 1 < pipeline_) {
      return VirtualStage{at.stage + 1, at.chunk};
    }
    const bool ends = two_directions_ || at.chunk + 1 == chunks_;
    return ends ? std::nullopt : std::optional<VirtualStage>({0, at.chunk + 1});
  }
  std::optional<VirtualStage> down(VirtualStage at) const { return neighbour(at.stage - 1, at.chunk); }
  std::optional<VirtualStage> neighbour(int stage, int chunk) const {
    return stage < 0 || stage >= pipeline_ ? std::nullopt : std::optional<VirtualStage>({stage, chunk});
  }

  bool two_directions_;
  int pipeline_;
  int chunks_;
};

} // namespace iccsim::engine
