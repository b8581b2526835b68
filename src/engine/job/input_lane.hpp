// The input of one class of cards: its way through the machine and the pipeline on it.
#pragma once

#include "engine/job/io_input_path.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace iccsim::engine {

/// Who reads, for which job.
struct InputReaders {
  std::uint32_t job = 0; ///< index in the scenario
  std::size_t lane = 0;  ///< of the job
  double all_cards = 1;  ///< of the job that read, of all lanes
  double samples = 1;    ///< of a batch
};

struct InputLane {
  double cards = 0;
  std::unique_ptr<IoInputPath> path;
  std::unique_ptr<InputPipeline> pipeline;
};

/// Throws as IoService::add.
InputLane make_input_lane(const scenario::Scenario& scenario, const scenario::DatasetSpec& dataset, SkipClock& clock,
                          IoService& io, const std::vector<platform::CardId>& cards, const InputReaders& readers,
                          std::function<void()> changed);

} // namespace iccsim::engine
