#include "engine/job/pretraining_reader.hpp"

#include "engine/job/card_groups.hpp"
#include "engine/job/repetition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {
namespace {

/// Rank order is tensor, context, data, pipeline.
Placement reading_cards(const workload::Plan& plan, const Placement& placement) {
  Placement cards;
  for (int rank = 0; rank < plan.stage_ranks(); rank += plan.tensor() * plan.context()) {
    cards.push_back(placement[static_cast<std::size_t>(rank)]);
  }
  return cards;
}

} // namespace

PretrainingReader::PretrainingReader(const scenario::Scenario& scenario, std::uint32_t job,
                                     const scenario::PretrainingSpec& spec, const workload::Plan& plan,
                                     const platform::Cluster& cluster, Clock& clock, IoService& io,
                                     const Placement& placement, bool evens_out)
    : clock_(clock), evens_out_(evens_out) {
  const Placement cards = reading_cards(plan, placement);
  InputReaders readers{job, 0, static_cast<double>(cards.size()),
                       static_cast<double>(spec.batch.micro) * plan.microbatches()};
  for (const CardGroup& group : alike_cards(cluster, cards, CardHealth())) {
    readers.lane = lanes_.size();
    lanes_.push_back(
        make_input_lane(scenario, *spec.dataset, clock_, io, group.cards, readers, [this] { changed_(); }));
  }
}

void PretrainingReader::open(double steps, std::function<void()> changed) {
  changed_ = std::move(changed);
  for (InputLane& lane : lanes_) {
    lane.pipeline->open(steps);
  }
}

bool PretrainingReader::ready() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const InputLane& lane) { return lane.pipeline->ready(); });
}

void PretrainingReader::take() {
  for (InputLane& lane : lanes_) {
    lane.pipeline->take();
  }
}

metrics::State PretrainingReader::behind() const {
  waited_ = true;
  const auto late =
      std::find_if(lanes_.begin(), lanes_.end(), [](const InputLane& lane) { return !lane.pipeline->ready(); });
  return late->pipeline->behind();
}

void PretrainingReader::close() {
  for (InputLane& lane : lanes_) {
    lane.pipeline->close();
  }
}

void PretrainingReader::step_ended(double step_s) {
  std::vector<double> standing;
  calm_steps_ = waited_ ? 0 : calm_steps_ + 1;
  waited_ = false;
  for (InputLane& lane : lanes_) {
    const auto own = lane.pipeline->snapshot();
    standing.insert(standing.end(), own.begin(), own.end());
    lane.pipeline->set_even(evens_out_ && calm_steps_ >= InputPipeline::calm_after_steps);
  }
  const double rounding_s = 8 * std::numeric_limits<double>::epsilon() * clock_.now();
  const double allowed = std::max(Repetition::tolerance * step_s, rounding_s);
  const bool same = std::equal(standing.begin(), standing.end(), standing_.begin(), standing_.end(),
                               [&](double a, double b) { return std::abs(a - b) <= allowed; });
  alike_ = same ? alike_ + 1 : 1;
  standing_ = std::move(standing);
}

InputStock PretrainingReader::stock() const {
  InputStock stock;
  for (const InputLane& lane : lanes_) {
    stock += lane.pipeline->stock();
  }
  return stock;
}

double PretrainingReader::steps_alike() const {
  double steps = std::numeric_limits<double>::infinity();
  for (const InputLane& lane : lanes_) {
    steps = std::min(steps, lane.pipeline->batches_alike());
  }
  return steps;
}

void PretrainingReader::skip(double steps, double seconds) {
  bool held = true;
  for (InputLane& lane : lanes_) {
    held = lane.pipeline->skip(steps, seconds) && held;
  }
  clock_.skip(seconds, held);
  const bool varied =
      std::any_of(lanes_.begin(), lanes_.end(), [](const InputLane& lane) { return lane.pipeline->varied(); });
  calm_steps_ = varied ? 0 : calm_steps_;
}

void PretrainingReader::book(double steps) {
  for (InputLane& lane : lanes_) {
    lane.pipeline->book(steps);
  }
}

void PretrainingReader::release() {
  for (InputLane& lane : lanes_) {
    lane.path->release();
  }
}

} // namespace iccsim::engine
