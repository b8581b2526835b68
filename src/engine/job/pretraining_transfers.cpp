// Streams: transfers start one after another, and whoever waits for one is told.
#include "engine/job/pretraining.hpp"

#include <optional>
#include <utility>

namespace iccsim::engine {

using metrics::State;

namespace {
std::size_t at(StreamKind stream) {
  return static_cast<std::size_t>(stream);
}
} // namespace

void PretrainingPlayer::enqueue(Stage& stage, StreamKind kind, const Transfer& transfer) {
  Stream& stream = stage.streams[at(kind)];
  ask_for_end(stage, kind);
  const bool idle = !stream.busy();
  stream.push(transfer);
  if (transfer.purpose == Purpose::message) {
    deliver(stage, transfer, Arrival::in_flight);
  }
  if (kind == StreamKind::data) {
    start_data(static_cast<std::size_t>(stage.index) % pipeline_);
  } else if (idle) {
    start_front(stage, kind);
  }
}

void PretrainingPlayer::start_front(Stage& stage, StreamKind kind) {
  Stream& stream = stage.streams[at(kind)];
  const Transfer& front = stream.front();
  const Event e = event(stage, static_cast<std::uint64_t>(kind));
  if (front.purpose == Purpose::hidden && kind != StreamKind::data && stream.single()) {
    stream.hidden() = network_.start_hidden(front.shape, front.bytes, front.calls, [this, e] { handle(e); });
  } else {
    network_.start(front.shape, front.bytes, front.calls, [this, e] { handle(e); });
  }
}

/// A hidden call in flight may have ended unseen: else its end is told from now on.
void PretrainingPlayer::ask_for_end(Stage& stage, StreamKind kind) {
  Stream& stream = stage.streams[at(kind)];
  if (!stream.hidden()) {
    return;
  }
  if (network_.hidden_ended(*std::exchange(stream.hidden(), std::nullopt))) {
    hidden_done(stage, stream.pop());
  }
}

void PretrainingPlayer::hidden_done(Stage& stage, const Transfer& done) {
  stage.hidden_left[done.index] = 0;
  --stage.hidden_outstanding;
}

/// Replicas call one another in the same order, so a call starts when it is the next of every class of them.
void PretrainingPlayer::start_data(std::size_t index) {
  if (data_running_[index] != 0) {
    return;
  }
  for (std::size_t i = index; i < stages_.size(); i += pipeline_) {
    if (!stages_[i].streams[at(StreamKind::data)].busy()) {
      return;
    }
  }
  data_running_[index] = 1;
  start_front(stages_[index], StreamKind::data);
  for (std::size_t i = index; i < stages_.size(); i += pipeline_) {
    update_data_wait(stages_[i]);
    restretch(stages_[i]);
  }
}

void PretrainingPlayer::data_done(std::size_t index) {
  data_running_[index] = 0;
  std::vector<Transfer> done;
  for (std::size_t i = index; i < stages_.size(); i += pipeline_) {
    done.push_back(stages_[i].streams[at(StreamKind::data)].pop());
  }
  start_data(index);
  for (std::size_t c = 0; c < done.size(); ++c) {
    Stage& stage = stages_[c * pipeline_ + index];
    update_data_wait(stage);
    restretch(stage);
    take_in(stage, done[c]);
  }
}

void PretrainingPlayer::restretch(Stage& stage) {
  const bool computes = stage.phase == Phase::computing || stage.phase == Phase::optimizer;
  if (!computes || stretch_of(stage) == stage.segment.stretch()) {
    return;
  }
  stage.segment.set_stretch(stretch_of(stage), clock_.now());
  ++stage.generation;
  post(stage.segment.end_s(), event(stage, compute_ended));
}

void PretrainingPlayer::transfer_done(Stage& stage, StreamKind kind) {
  if (kind == StreamKind::data) {
    data_done(static_cast<std::size_t>(stage.index));
    return;
  }
  Stream& stream = stage.streams[at(kind)];
  const Transfer done = stream.pop();
  if (stream.busy()) {
    start_front(stage, kind);
  }
  take_in(stage, done);
}

void PretrainingPlayer::take_in(Stage& stage, const Transfer& done) {
  switch (done.purpose) {
  case Purpose::blocking:
    charge_wait(stage);
    ++stage.call;
    stage.phase = Phase::blocking;
    break;
  case Purpose::hidden:
    hidden_done(stage, done);
    break;
  case Purpose::message:
    if (stage.phase == Phase::sending && --stage.sends_left == 0) {
      charge_wait(stage);
      stage.phase = Phase::next_task;
    }
    deliver(stage, done, Arrival::arrived);
    break;
  case Purpose::sync:
    --stage.transfers_left;
    break;
  case Purpose::parameters:
    ++stage.gathers[done.index].arrived;
    break;
  case Purpose::tied:
    if (stage.index == 0) { // one call of all classes of replicas
      tied_done_ = true;
      try_release_barrier();
    }
    return;
  }
  run(stage);
}

void PretrainingPlayer::deliver(const Stage& sender, const Transfer& transfer, Arrival arrival) {
  const PlayOutput& output = sender.program->order[transfer.index / 2].gives[transfer.index % 2];
  Stage& receiver = stages_[static_cast<std::size_t>(output.to_stage)];
  inbox(receiver, output.message, output.to_slot) = arrival;
  if (receiver.phase != Phase::next_task || receiver.task == receiver.program->order.size()) {
    return;
  }
  for (const PlayInput& input : task_of(receiver).needs) {
    if (input.message == output.message && input.slot == output.to_slot) {
      run(receiver);
      return;
    }
  }
}

PretrainingPlayer::Arrival& PretrainingPlayer::inbox(Stage& stage, Message message, std::uint32_t slot) {
  return message == Message::activation ? stage.activations[slot] : stage.gradients[slot];
}

} // namespace iccsim::engine
