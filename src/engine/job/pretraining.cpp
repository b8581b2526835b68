#include "engine/job/pretraining.hpp"

#include <algorithm>

namespace iccsim::engine {

using metrics::State;

PretrainingPlayer::PretrainingPlayer(Clock& clock, Network& network, PlayProgram program,
                                     std::vector<RankClass> classes, StepLimit limit, PlayerHooks hooks)
    : clock_(clock), network_(network), program_(std::move(program)), limit_(limit), hooks_(std::move(hooks)) {
  const auto slots = static_cast<std::size_t>(program_.chunks) * static_cast<std::size_t>(program_.microbatches);
  stages_.resize(program_.stages.size());
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    stage.index = static_cast<int>(i);
    stage.program = &program_.stages[i];
    stage.cls = classes[i];
    stage.activations.assign(slots, Arrival::pending);
    stage.gradients.assign(slots, Arrival::pending);
    stage.gathers.resize(static_cast<std::size_t>(program_.chunks));
  }
  pipeline_ = stages_.size() / static_cast<std::size_t>(program_.replica_classes);
  data_running_.assign(pipeline_, 0);
  computing_ = static_cast<int>(stages_.size());
  computing_in_class_.assign(static_cast<std::size_t>(program_.replica_classes), static_cast<int>(pipeline_));
}

void PretrainingPlayer::start() {
  started_s_ = last_step_end_s_ = resume_s_ = clock_.now();
  for (Stage& stage : stages_) {
    stage.ledger.start(started_s_);
  }
  if (hooks_.input != nullptr) {
    hooks_.input->open(limit_.steps, [this] { input_changed(); });
  }
  if (hooks_.pause != nullptr) {
    hooks_.pause->open();
  }
  if (hooks_.pause != nullptr && hooks_.pause->restores()) {
    restore();
    return;
  }
  for (Stage& stage : stages_) {
    run(stage);
  }
}

PretrainingPlayer::Event PretrainingPlayer::event(const Stage& stage, std::uint64_t what) const {
  Event e;
  e.stage = static_cast<std::uint64_t>(stage.index);
  e.stream = what;
  e.generation = stage.generation & 0xfffffU;
  e.epoch = epoch_ & 0xfffffU;
  return e;
}

void PretrainingPlayer::post(double time, Event e) {
  clock_.at(time, [this, e] { handle(e); });
}

void PretrainingPlayer::handle(Event e) {
  if (is_transfer(e)) { // it has ended, and the network has forgotten it, even if that counts later
    stages_[e.stage].streams[e.stream].hidden().reset();
  }
  const std::uint64_t issued = e.epoch;
  if (issued != (epoch_ & 0xfffffU)) {
    // Asked for before steps were skipped: it happens as much later as was skipped since.
    e.epoch = epoch_ & 0xfffffU;
    const double late_s = is_transfer(e) ? transfers_late_s_ - transfers_late_before_epoch_[issued]
                                         : skipped_s_ - skipped_before_epoch_[issued];
    const double away_s = is_transfer(e) ? resume_s_ - clock_.now() : 0; // it had ended when all was to stand still
    if (std::max(late_s, away_s) > 0) {
      post(clock_.now() + std::max(late_s, away_s), e);
      return;
    }
  }
  Stage& stage = stages_[e.stage];
  if (e.stream == compute_ended) {
    if (e.generation != (stage.generation & 0xfffffU)) {
      return; // the segment's pace changed, and with it its end
    }
    stage.ledger.charge(stage.segment.whole_cost(), stage.cls.lag, clock_.now());
    stage.phase = stage.phase == Phase::computing ? Phase::hidden : Phase::optimized;
  } else if (e.stream != resumed) {
    transfer_done(stage, static_cast<StreamKind>(e.stream));
    return;
  }
  run(stage);
}

void PretrainingPlayer::run(Stage& stage) {
  while (advance(stage)) {
  }
}

bool PretrainingPlayer::advance(Stage& stage) {
  switch (stage.phase) {
  case Phase::next_task:
    return begin_task(stage);
  case Phase::part:
    return begin_part(stage);
  case Phase::hidden:
    return await_hidden(stage);
  case Phase::blocking:
    return next_blocking(stage);
  case Phase::part_done:
    return end_part(stage);
  case Phase::send:
    return send_results(stage);
  case Phase::synchronize:
  case Phase::drain:
    return synchronize(stage);
  case Phase::optimized:
  case Phase::gather:
    return begin_gather(stage);
  case Phase::step_done:
    return end_step(stage);
  case Phase::computing:
  case Phase::calling:
  case Phase::sending:
  case Phase::barrier:
  case Phase::optimizer:
  case Phase::paused:
  case Phase::finished:
    break;
  }
  return false;
}

bool PretrainingPlayer::wait(Stage& stage, metrics::State state) {
  charge_wait(stage);
  stage.waiting = state;
  return false;
}

void PretrainingPlayer::charge_wait(Stage& stage) {
  stage.ledger.charge(stage.waiting, clock_.now());
}

bool PretrainingPlayer::data_running(const Stage& stage) const {
  return data_running_[static_cast<std::size_t>(stage.index) % pipeline_] != 0;
}

/// Calls of gradients may be in flight meanwhile, but the last of them will wait for the slower replica.
bool PretrainingPlayer::slower_replica_computes(const Stage& stage) const {
  for (std::size_t i = static_cast<std::size_t>(stage.index) % pipeline_; i < stages_.size(); i += pipeline_) {
    if (stages_[i].task < stages_[i].program->order.size()) {
      return true;
    }
  }
  return false;
}

/// What a stage waits for that has data-parallel calls outstanding: the call, or slower replicas that are not there
/// yet.
State PretrainingPlayer::data_wait(const Stage& stage) const {
  if (stage.phase == Phase::drain && slower_replica_computes(stage)) {
    return State::straggler;
  }
  const bool queued = stage.streams[static_cast<std::size_t>(StreamKind::data)].busy();
  return queued && !data_running(stage) ? State::straggler : State::dp_comm;
}

/// A data-parallel call has started or ended: whoever waits for one may now wait for something else.
void PretrainingPlayer::update_data_wait(Stage& stage) {
  const bool for_data = stage.waiting == State::dp_comm || stage.waiting == State::straggler;
  const bool waits = stage.phase == Phase::part || stage.phase == Phase::hidden || stage.phase == Phase::calling ||
                     stage.phase == Phase::drain || stage.phase == Phase::gather;
  if (for_data && waits) {
    wait(stage, data_wait(stage));
  }
}

/// What a stage waits for whose own part is done.
State PretrainingPlayer::barrier_wait(const Stage& stage) const {
  if (computing_in_class_[static_cast<std::size_t>(stage.index) / pipeline_] > 0) {
    return State::bubble;
  }
  return computing_ > 0 ? State::straggler : State::dp_comm;
}

} // namespace iccsim::engine
