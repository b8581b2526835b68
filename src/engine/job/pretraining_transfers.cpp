// Streams: transfers start one after another, and whoever waits for one is told.
#include "engine/job/pretraining.hpp"

namespace iccsim::engine {

using metrics::State;

namespace {
std::size_t at(StreamKind stream) {
  return static_cast<std::size_t>(stream);
}
} // namespace

void PretrainingPlayer::enqueue(Stage& stage, StreamKind kind, const Transfer& transfer) {
  Stream& stream = stage.streams[at(kind)];
  const bool idle = !stream.busy();
  stream.push(transfer);
  if (transfer.purpose == Purpose::message) {
    deliver(stage, transfer, Arrival::in_flight);
  }
  if (idle) {
    start_front(stage, kind);
  }
}

void PretrainingPlayer::start_front(Stage& stage, StreamKind kind) {
  const Transfer& front = stage.streams[at(kind)].front();
  const Event e = event(stage, static_cast<std::uint64_t>(kind));
  network_.start(front.shape, front.bytes, front.calls, [this, e] { handle(e); });
  if (kind == StreamKind::data) {
    restretch(stage);
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
  Stream& stream = stage.streams[at(kind)];
  const Transfer done = stream.pop();
  if (stream.busy()) {
    start_front(stage, kind);
  } else if (kind == StreamKind::data) {
    restretch(stage);
  }
  switch (done.purpose) {
  case Purpose::blocking:
    charge_wait(stage);
    ++stage.call;
    break;
  case Purpose::hidden:
    stage.hidden_left[done.index] = 0;
    --stage.hidden_outstanding;
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
    tied_done_ = true;
    try_release_barrier();
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
