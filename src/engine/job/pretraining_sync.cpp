// The end of a step: gradients, the barrier of the global gradient norm, the optimizer, parameters.
#include "engine/job/pretraining.hpp"

namespace iccsim::engine {

using metrics::State;

/// Those buckets whose gradients are there when `part` of `parts` of the last backward are done.
void PretrainingPlayer::enqueue_buckets(Stage& stage, std::size_t chunk) {
  const int buckets = stage.program->chunks[chunk].gradient_buckets;
  const int before = buckets * (stage.part - 1) / stage.parts;
  const int after = buckets * stage.part / stage.parts;
  for (int bucket = before; bucket < after; ++bucket) {
    enqueue_gradients(stage, chunk);
  }
}

void PretrainingPlayer::enqueue_gradients(Stage& stage, std::size_t chunk) {
  for (const PlayCall& call : stage.program->chunks[chunk].gradients) {
    ++stage.transfers_left;
    enqueue(stage, call.stream, {call.shape, call.bytes, call.calls, Purpose::sync, 0});
  }
}

bool PretrainingPlayer::synchronize(Stage& stage) {
  if (stage.phase == Phase::synchronize) {
    stage.phase = Phase::drain;
    if (!program_.overlap_gradients) {
      for (std::size_t chunk = 0; chunk < stage.program->chunks.size(); ++chunk) {
        enqueue_gradients(stage, chunk);
      }
    }
  }
  return stage.transfers_left > 0 ? wait(stage, data_wait(stage)) : arrive_at_barrier(stage);
}

// Megatron-LM clips gradients by their norm over all parameters, so no optimizer starts before every stage has reduced.
bool PretrainingPlayer::arrive_at_barrier(Stage& stage) {
  stage.phase = Phase::barrier;
  ++at_barrier_;
  wait(stage, barrier_wait(stage));
  if (!program_.tied.empty && !tied_started_ && ends_at_barrier()) {
    tied_started_ = true;
    for (std::size_t i = 0; i < stages_.size(); i += pipeline_) {
      enqueue(stages_[i], StreamKind::data, {program_.tied.id, program_.tied_bytes, 1, Purpose::tied, 0});
    }
  }
  try_release_barrier();
  return false;
}

/// The first and the last stage of all replicas.
bool PretrainingPlayer::ends_at_barrier() const {
  for (std::size_t i = 0; i < stages_.size(); i += pipeline_) {
    if (stages_[i].phase != Phase::barrier || stages_[i + pipeline_ - 1].phase != Phase::barrier) {
      return false;
    }
  }
  return true;
}

void PretrainingPlayer::try_release_barrier() {
  if (at_barrier_ < static_cast<int>(stages_.size()) || (tied_started_ && !tied_done_)) {
    return;
  }
  at_barrier_ = 0;
  computing_ = static_cast<int>(stages_.size());
  computing_in_class_.assign(computing_in_class_.size(), static_cast<int>(pipeline_));
  tied_started_ = tied_done_ = false;
  last_step_ = steps_done_ + 1 >= limit_.steps || limit_.time_over(clock_.now() - started_s_);
  barrier_s_ = clock_.now();
  pause_after_step_ = !last_step_ && hooks_.pause != nullptr && hooks_.pause->due(steps_done_ + 1);
  for (Stage& stage : stages_) {
    charge_wait(stage);
    stage.phase = Phase::optimizer;
    compute(stage, stage.program->optimizer, 1, stage.program->step_overhead_s + delay_s_);
  }
  delay_s_ = 0;
}

bool PretrainingPlayer::begin_gather(Stage& stage) {
  // Beneath a next step that does not come, parameters need not be gathered.
  const bool needed = !(program_.overlap_parameters && last_step_);
  if (stage.phase == Phase::optimized && needed) {
    for (std::size_t c = 0; c < stage.program->chunks.size(); ++c) {
      const PlayChunk& chunk = stage.program->chunks[c];
      const auto buckets = static_cast<std::size_t>(chunk.parameter_buckets);
      stage.gathers[c] = {0, buckets * chunk.parameters.size()};
      for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        for (const PlayCall& call : chunk.parameters) {
          enqueue(stage, call.stream,
                  {call.shape, call.bytes, call.calls, Purpose::parameters, static_cast<std::uint32_t>(c)});
        }
      }
    }
  }
  stage.phase = Phase::gather;
  if (!program_.overlap_parameters) {
    for (const Gather& gather : stage.gathers) {
      if (gather.arrived < gather.expected) {
        return wait(stage, data_wait(stage));
      }
    }
  }
  stage.phase = Phase::step_done;
  return true;
}

/// After the last step a replica that has ended waits for the slower ones.
void PretrainingPlayer::await_other_replicas(const Stage& stage) {
  const std::size_t first = static_cast<std::size_t>(stage.index) / pipeline_ * pipeline_;
  for (std::size_t i = first; i < first + pipeline_; ++i) {
    if (stages_[i].phase != Phase::finished) {
      return;
    }
  }
  for (std::size_t i = first; i < first + pipeline_; ++i) {
    wait(stages_[i], State::straggler);
  }
}

bool PretrainingPlayer::end_step(Stage& stage) {
  wait(stage, State::bubble);
  stage.task = 0;
  ++stage.step;
  stage.phase = last_step_ ? Phase::finished : pause_after_step_ ? Phase::paused : Phase::next_task;
  if (++step_ended_ < static_cast<int>(stages_.size())) {
    await_other_replicas(stage);
    return !last_step_ && !pause_after_step_;
  }
  step_ended_ = 0;
  record_step(clock_.now());
  if (last_step_) {
    finish();
    return false;
  }
  if (pause_after_step_) {
    pause();
    return false;
  }
  if (clock_.now() < resume_s_) { // steps were skipped
    post(resume_s_, event(stage, resumed));
    return false;
  }
  return true;
}

} // namespace iccsim::engine
