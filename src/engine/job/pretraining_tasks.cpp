// Tasks on the compute stream: wait for the input, compute, communicate, send the result.
#include "engine/job/pretraining.hpp"

#include <algorithm>

namespace iccsim::engine {

using metrics::State;

bool PretrainingPlayer::begin_task(Stage& stage) {
  if (stage.task == stage.program->order.size()) {
    charge_wait(stage);
    for (std::size_t i = static_cast<std::size_t>(stage.index) % pipeline_; i < stages_.size(); i += pipeline_) {
      update_data_wait(stages_[i]);
    }
    --computing_;
    if (--computing_in_class_[static_cast<std::size_t>(stage.index) / pipeline_] == 0) {
      for (Stage& other : stages_) { // slower replicas or, when the last is done, communication hold them from now on
        if (other.phase == Phase::barrier) {
          wait(other, barrier_wait(other));
        }
      }
    }
    stage.phase = Phase::synchronize;
    return true;
  }
  if (stage.task == 0 && !take_input(stage)) {
    return wait(stage, hooks_.input->behind());
  }
  const PlayTask& task = task_of(stage);
  Arrival worst = Arrival::arrived;
  for (const PlayInput& input : task.needs) {
    if (input.message != Message::none) {
      worst = std::min(worst, inbox(stage, input.message, input.slot));
    }
  }
  if (worst != Arrival::arrived) {
    return wait(stage, worst == Arrival::in_flight ? State::pp_comm : State::bubble);
  }
  for (const PlayInput& input : task.needs) {
    if (input.message != Message::none) {
      inbox(stage, input.message, input.slot) = Arrival::pending; // of the next step
    }
  }
  charge_wait(stage);
  stage.part = 0;
  stage.parts = parts_of(stage, task);
  stage.phase = Phase::part;
  return true;
}

int PretrainingPlayer::parts_of(const Stage& stage, const PlayTask& task) const {
  if (task.first_forward >= 0) {
    const auto chunk = static_cast<std::size_t>(task.first_forward);
    const Gather& gather = stage.gathers[chunk];
    // Of several classes, all make the same parts, or their calls would not match.
    if (gather.arrived < gather.expected || (program_.replica_classes > 1 && gather.expected > 0)) {
      return stage.program->chunks[chunk].parameter_buckets;
    }
  }
  const bool split = task.last_backward >= 0 && program_.overlap_gradients;
  return split ? stage.program->chunks[static_cast<std::size_t>(task.last_backward)].gradient_buckets : 1;
}

/// The first forward of a chunk computes on the buckets of parameters that have arrived.
bool PretrainingPlayer::parameters_ready(const Stage& stage, const PlayTask& task) const {
  if (task.first_forward < 0) {
    return true;
  }
  const auto chunk = static_cast<std::size_t>(task.first_forward);
  const Gather& gather = stage.gathers[chunk];
  const std::size_t bucket = stage.program->chunks[chunk].parameters.size();
  const std::size_t needed = stage.parts == stage.program->chunks[chunk].parameter_buckets
                                 ? bucket * static_cast<std::size_t>(stage.part + 1)
                                 : gather.expected;
  return gather.arrived >= std::min(gather.expected, needed);
}

bool PretrainingPlayer::begin_part(Stage& stage) {
  if (!parameters_ready(stage, task_of(stage))) {
    return wait(stage, data_wait(stage));
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
  return stage.cls.slowdown * (data_running(stage) ? program_.overlap_slowdown : 1.0);
}

bool PretrainingPlayer::await_hidden(Stage& stage) {
  for (std::size_t i = 0; i < stage.hidden_left.size() && stage.hidden_outstanding > 0; ++i) {
    ask_for_end(stage, cost_of(stage).hidden[i].stream);
  }
  if (stage.hidden_outstanding > 0) {
    std::size_t first = 0;
    while (stage.hidden_left[first] == 0) {
      ++first;
    }
    const PlayCall& call = cost_of(stage).hidden[first];
    return wait(stage, call.stream == StreamKind::data ? data_wait(stage) : call.state);
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
  stage.phase = Phase::calling;
  update_data_wait(stage);
  return false;
}

bool PretrainingPlayer::end_part(Stage& stage) {
  const PlayTask& task = task_of(stage);
  ++stage.part;
  if (task.last_backward >= 0 && program_.overlap_gradients) {
    enqueue_buckets(stage, static_cast<std::size_t>(task.last_backward));
  }
  stage.phase = stage.part < stage.parts ? Phase::part : Phase::send;
  return true;
}

bool PretrainingPlayer::send_results(Stage& stage) {
  const PlayTask& task = task_of(stage);
  const auto index = static_cast<std::uint32_t>(stage.task++);
  stage.phase = Phase::next_task;
  for (std::uint32_t half = 0; half < 2; ++half) {
    const PlayOutput& output = task.gives[half];
    if (output.message == Message::none) {
      continue;
    }
    if (output.send.empty) {
      inbox(stage, output.message, output.to_slot) = Arrival::arrived;
      continue;
    }
    if (!program_.overlap_pipeline) {
      stage.phase = Phase::sending;
      ++stage.sends_left;
      wait(stage, State::pp_comm);
    }
    const bool forward = output.message == Message::activation;
    enqueue(stage, forward ? StreamKind::send_activation : StreamKind::send_gradient,
            {output.send.id, program_.pipeline_bytes, 1, Purpose::message, index * 2 + half});
  }
  return stage.phase == Phase::next_task;
}

} // namespace iccsim::engine
