#include "engine/job/input_lane.hpp"

#include <utility>

namespace iccsim::engine {
namespace {

/// Every lane of every job draws its own sizes; the factors are the odd constants of splitmix64 (Steele, Lea, Flood,
/// "Fast splittable pseudorandom number generators", 2014).
std::uint64_t seed_of(std::uint64_t seed, const InputReaders& readers) {
  return seed + 0x9e3779b97f4a7c15U * (readers.job + 1) +
         0xbf58476d1ce4e5b9U * static_cast<std::uint64_t>(readers.lane);
}

} // namespace

InputLane make_input_lane(const scenario::Scenario& scenario, const scenario::DatasetSpec& dataset, SkipClock& clock,
                          IoService& io, const std::vector<platform::CardId>& cards, const InputReaders& readers,
                          std::function<void()> changed) {
  InputLane lane;
  lane.cards = static_cast<double>(cards.size());
  const BatchDemand demand{readers.samples, lane.cards / readers.all_cards};
  lane.path = std::make_unique<IoInputPath>(clock, io, scenario.platform, dataset, readers.job, cards, demand);
  const BatchSizes sizes(dataset.bytes_per_sample, dataset.bytes_cv, readers.samples, seed_of(scenario.seed, readers));
  lane.pipeline = std::make_unique<InputPipeline>(clock, *lane.path, input_plan(dataset, readers.samples), sizes,
                                                  std::move(changed));
  return lane;
}

} // namespace iccsim::engine
