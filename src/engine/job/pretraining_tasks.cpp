// Tasks on the compute stream: wait for the input, compute, communicate, send the result.
#include "engine/job/pretraining.hpp"

namespace iccsim::engine {

using metrics::State;

bool PretrainingPlayer::begin_task(Stage& stage) {
  if (stage.task == stage.program->order.size()) {
    charge_wait(stage);
    if (--computing_ == 0) {
      for (Stage& other : stages_) { // what they wait for from now on is communication
        if (other.phase == Phase::barrier) {
          wait(other, State::dp_comm);
        }
      }
    }
    stage.phase = Phase::synchronize;
    return true;
  }
  const PlayTask& task = task_of(stage);
  if (task.needs != Message::none) {
    Arrival& arrival = inbox(stage, task.needs, task.slot);
    if (arrival != Arrival::arrived) {
      return wait(stage, arrival == Arrival::in_flight ? State::pp_comm : State::bubble);
    }
    arrival = Arrival::pending; // of the next step
  }
  charge_wait(stage);
  stage.part = 0;
  stage.parts = parts_of(stage, task);
  stage.phase = Phase::part;
  return true;
}

int PretrainingPlayer::parts_of(const Stage& stage, const PlayTask& task) const {
  const PlayChunk& chunk = stage.program->chunks[task.chunk];
  const Gather& gather = stage.gathers[task.chunk];
  if (task.first_forward && gather.arrived < gather.expected) {
    return chunk.parameter_buckets;
  }
  return task.last_backward && program_.overlap_gradients ? chunk.gradient_buckets : 1;
}

bool PretrainingPlayer::begin_part(Stage& stage) {
  const PlayTask& task = task_of(stage);
  if (task.first_forward) {
    const PlayChunk& chunk = stage.program->chunks[task.chunk];
    const Gather& gather = stage.gathers[task.chunk];
    // One part: all that is still to come; more: one bucket each.
    const std::size_t needed =
        stage.parts == 1 ? gather.expected
                         : std::min(gather.expected, chunk.parameters.size() * static_cast<std::size_t>(stage.part + 1));
    if (gather.arrived < needed) {
      return wait(stage, State::dp_comm);
    }
  }
  charge_wait(stage);
  const PlayCost& cost = cost_of(stage);
  const double share = 1.0 / stage.parts;
  stage.phase = Phase::computing;
  stage.hidden_left.assign(cost.hidden.size(), 1);
  stage.hidden_outstanding = static_cast<int>(cost.hidden.size());
  for (std::size_t i = 0; i < cost.hidden.size(); ++i) {
    const PlayCall& call = cost.hidden[i];
    enqueue(stage, call.stream,
            {call.shape, call.bytes, call.calls * share, Purpose::hidden, static_cast<std::uint32_t>(i)});
  }
  compute(stage, cost.compute, share, 0);
  return false;
}

void PretrainingPlayer::compute(Stage& stage, const workload::ComputeCost& cost, double share, double extra_s) {
  stage.segment = ComputeSegment(cost, share, extra_s, stretch_of(stage), clock_.now());
  ++stage.generation;
  post(stage.segment.end_s(), event(stage, compute_ended));
}

double PretrainingPlayer::stretch_of(const Stage& stage) const {
  const bool beneath = stage.streams[static_cast<std::size_t>(StreamKind::data)].busy();
  return stage.cls.slowdown * (beneath ? program_.overlap_slowdown : 1.0);
}

bool PretrainingPlayer::await_hidden(Stage& stage) {
  if (stage.hidden_outstanding > 0) {
    std::size_t first = 0;
    while (stage.hidden_left[first] == 0) {
      ++first;
    }
    return wait(stage, cost_of(stage).hidden[first].state);
  }
  charge_wait(stage);
  stage.call = 0;
  stage.phase = Phase::blocking;
  return true;
}

bool PretrainingPlayer::next_blocking(Stage& stage) {
  const PlayCost& cost = cost_of(stage);
  if (stage.call == cost.blocking.size()) {
    stage.phase = Phase::part_done;
    return true;
  }
  const PlayCall& call = cost.blocking[stage.call];
  wait(stage, call.state);
  enqueue(stage, call.stream, {call.shape, call.bytes, call.calls / stage.parts, Purpose::blocking, 0});
  return false;
}

bool PretrainingPlayer::end_part(Stage& stage) {
  const PlayTask& task = task_of(stage);
  if (task.last_backward && program_.overlap_gradients) {
    enqueue_gradients(stage, task.chunk);
  }
  stage.phase = ++stage.part < stage.parts ? Phase::part : Phase::send;
  return true;
}

bool PretrainingPlayer::send_result(Stage& stage) {
  const PlayTask& task = task_of(stage);
  ++stage.task;
  stage.phase = Phase::next_task;
  if (task.gives == Message::none) {
    return true;
  }
  Stage& receiver = stages_[static_cast<std::size_t>(task.to_stage)];
  if (task.send.empty) {
    inbox(receiver, task.gives, task.to_slot) = Arrival::arrived;
    return true;
  }
  const bool forward = task.gives == Message::activation;
  if (!program_.overlap_pipeline) {
    stage.phase = Phase::sending;
    wait(stage, State::pp_comm);
  }
  enqueue(stage, forward ? StreamKind::send_activation : StreamKind::send_gradient,
          {task.send.id, program_.pipeline_bytes, 1, forward ? Purpose::activation : Purpose::gradient,
           static_cast<std::uint32_t>(stage.task - 1)});
  return program_.overlap_pipeline;
}

} // namespace iccsim::engine
