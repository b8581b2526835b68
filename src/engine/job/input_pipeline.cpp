#include "engine/job/input_pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine {

using metrics::State;

InputPipeline::InputPipeline(Clock& clock, InputPath& path, const InputPlan& plan, const BatchSizes& sizes,
                             std::function<void()> changed)
    : clock_(clock), path_(path), plan_(plan), sizes_(sizes), changed_(std::move(changed)) {}

void InputPipeline::open(double batches) {
  limit_ = batches;
  produce(false);
}

void InputPipeline::close() {
  limit_ = 0;
}

void InputPipeline::take() {
  --on_card_;
  ++taken_;
  produce(false);
}

/// Batches that keep all workers busy.
double InputPipeline::concurrent() const {
  const double batches = std::ceil(plan_.readers / std::max(1.0, plan_.samples));
  return std::clamp<double>(batches, 1, std::max(1, plan_.prefetch));
}

void InputPipeline::produce(bool follows) {
  while (started_ < limit_ && started_ - taken_ < plan_.prefetch &&
         static_cast<double>(producing_.size()) < concurrent()) {
    start_batch(follows);
  }
}

void InputPipeline::start_batch(bool follows) {
  Production batch;
  batch.number = next_number_++;
  batch.bytes = even_ ? sizes_.mean_bytes() : sizes_.next();
  drawn_ += !even_ && sizes_.varied() ? 1 : 0;
  batch.started_s = clock_.now();
  batch.follows = follows;
  const double core_s = plan_.core_s_per_sample * plan_.samples;
  batch.decoded = core_s <= 0;
  const double workers = std::min<double>(plan_.readers, plan_.samples);
  const double worker_s = (path_.worker_read_s(batch.bytes) + core_s) / workers;
  batch.worked = batch.decoded || worker_s <= 0; // without decoding, reading alone says how long workers take
  batch.changes = changes_;
  ++started_;
  producing_.push_back(batch);
  const double number = batch.number;
  path_.read(batch.bytes, [this, number] { part_done(number, &Production::read); });
  // A batch may reach into the next epoch: what it leaves is looked at, so that nobody takes it for a regular one.
  const double until_change = path_.bytes_until_change();
  changes_ += until_change > until_change_ ? 1 : 0; // else it falls with what is read
  until_change_ = until_change;
  if (!batch.decoded) {
    path_.decode(core_s, [this, number] { part_done(number, &Production::decoded); });
  }
  if (!batch.worked) {
    path_.wait(worker_s, [this, number] { part_done(number, &Production::worked); });
  }
}

void InputPipeline::part_done(double number, bool Production::*part) {
  const auto batch = std::find_if(producing_.begin(), producing_.end(),
                                  [number](const Production& candidate) { return candidate.number == number; });
  (*batch).*part = true;
  batch->cause = last_part_of(*batch, part);
  // In the order of the samples: a batch that overtook another waits for it.
  while (!producing_.empty() && producing_.front().read && producing_.front().decoded && producing_.front().worked) {
    const Production& made = producing_.front();
    if (path_.copies()) {
      in_host_.push_back({made.bytes * plan_.copied_bytes_per_byte, made.follows ? made.cause : State::data_h2d});
    } else {
      ++on_card_;
    }
    producing_.pop_front();
    produced_s_.push_back(clock_.now());
  }
  while (static_cast<double>(produced_s_.size()) > concurrent()) {
    produced_s_.pop_front();
  }
  copy_next(false);
  produce(true);
  changed_();
}

State InputPipeline::last_part_of(const Production& batch, bool Production::*part) const {
  if (part == &Production::worked) {
    return path_.worker_read_s(batch.bytes) > plan_.core_s_per_sample * plan_.samples ? State::data_storage
                                                                                      : State::data_cpu;
  }
  return part == &Production::read ? State::data_storage : State::data_cpu;
}

/// `follows`: on the copy before, so that copies are what is behind.
void InputPipeline::copy_next(bool follows) {
  if (copying_ || in_host_.empty()) {
    return;
  }
  copying_ = true;
  copy_started_s_ = clock_.now();
  copy_ = in_host_.front();
  copy_.blame = follows ? State::data_h2d : copy_.blame;
  in_host_.pop_front();
  path_.copy(copy_.bytes, [this] { copied(); });
}

void InputPipeline::copied() {
  copying_ = false;
  copied_s_ = clock_.now();
  ++on_card_;
  copy_next(true);
  changed_();
}

State InputPipeline::behind() const {
  if (copying_) {
    return copy_.blame;
  }
  if (producing_.empty()) { // only where the last batch of all was taken
    return State::data_storage;
  }
  const Production& next = producing_.front();
  if (next.read && !next.decoded) {
    return State::data_cpu;
  }
  if (!next.read && next.decoded && (next.worked || plan_.core_s_per_sample <= 0)) {
    return State::data_storage;
  }
  return last_part_of(next, &Production::worked); // both are under way: the one that takes a worker longer
}

std::vector<double> InputPipeline::snapshot() const {
  std::vector<double> view = {on_card_,
                              static_cast<double>(in_host_.size()),
                              copying_ ? 1.0 : 0.0,
                              copying_ ? clock_.now() - copy_started_s_ : 0.0,
                              started_ - taken_,
                              clock_.now() - copied_s_,
                              changes_,
                              drawn_};
  for (const double at : produced_s_) {
    view.push_back(clock_.now() - at);
  }
  for (const Production& batch : producing_) {
    view.push_back(clock_.now() - batch.started_s);
    view.push_back(changes_ - batch.changes);
    view.push_back((batch.read ? 1 : 0) + (batch.decoded ? 2 : 0) + (batch.worked ? 4 : 0));
  }
  const InputLeft left = path_.left();
  view.push_back(left.read * age_of(&Production::read));
  view.push_back(left.decode * age_of(&Production::decoded));
  view.push_back(left.copy * (copying_ ? clock_.now() - copy_started_s_ : 0));
  return view;
}

/// Of the first batch of which this part is under way.
double InputPipeline::age_of(bool Production::*part) const {
  const auto oldest =
      std::find_if(producing_.begin(), producing_.end(), [part](const Production& batch) { return !(batch.*part); });
  return oldest != producing_.end() ? clock_.now() - oldest->started_s : 0;
}

InputStock InputPipeline::stock() const {
  const double batches = on_card_ + static_cast<double>(in_host_.size()) + (copying_ ? 1 : 0);
  return {batches, static_cast<double>(plan_.prefetch), changes_};
}

bool InputPipeline::skip(double batches, double seconds) {
  taken_ += batches;
  started_ += batches;
  copy_started_s_ += seconds;
  copied_s_ += seconds;
  for (double& at : produced_s_) {
    at += seconds;
  }
  for (Production& batch : producing_) {
    batch.started_s += seconds;
  }
  return path_.hold(seconds);
}

void InputPipeline::book(double batches) {
  const double bytes = batches * sizes_.mean_bytes();
  until_change_ -= bytes;
  path_.book(bytes, batches * plan_.core_s_per_sample * plan_.samples, bytes * plan_.copied_bytes_per_byte);
}

/// None when all up to a change have been started: how the next ones go is seen when one of them has been.
double InputPipeline::batches_alike() const {
  const double until_change = path_.bytes_until_change();
  const bool changed = until_change > until_change_ + sizes_.mean_bytes() / 2;
  return changed ? 0 : std::min(limit_ - started_, std::floor(until_change / sizes_.mean_bytes()));
}

} // namespace iccsim::engine
