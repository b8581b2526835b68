// The states of a card: at every instant exactly one.
#pragma once

#include "iccsim/enum_table.hpp"

#include <array>
#include <cstddef>

namespace iccsim::metrics {

enum class State {
  compute,
  recompute,
  kernel,
  memory_bound,
  tp_comm,
  cp_comm,
  ep_comm,
  pp_comm,
  dp_comm,
  bubble,
  straggler,
  data_storage,
  data_cpu,
  data_h2d,
  checkpoint,
  restart,
  lost,
  weights,
  prefill,
  decode,
  kv_wait,
  idle,
  free,
  down
};

inline constexpr std::size_t state_count = static_cast<std::size_t>(State::down) + 1;

/// Card-seconds (or seconds of one card) by state.
class StateSeconds {
public:
  double& operator[](State state) { return seconds_[static_cast<std::size_t>(state)]; }
  double operator[](State state) const { return seconds_[static_cast<std::size_t>(state)]; }
  StateSeconds& operator+=(const StateSeconds& other) {
    for (std::size_t i = 0; i < state_count; ++i) {
      seconds_[i] += other.seconds_[i];
    }
    return *this;
  }
  /// Adds `times` x other: a representative's seconds for all the cards it stands for.
  void add_scaled(const StateSeconds& other, double times) {
    for (std::size_t i = 0; i < state_count; ++i) {
      seconds_[i] += times * other.seconds_[i];
    }
  }
  double total() const {
    double sum = 0;
    for (double s : seconds_) {
      sum += s;
    }
    return sum;
  }

private:
  std::array<double, state_count> seconds_{};
};

} // namespace iccsim::metrics

namespace iccsim {
template <> struct EnumTable<metrics::State> {
  using S = metrics::State;
  static constexpr EnumRow<S> rows[] = {
      {S::compute, "compute", "model FLOPs at the chip's peak: its share is MFU"},
      {S::recompute, "recompute", "FLOPs redone because activations were not kept, at peak"},
      {S::kernel, "kernel", "what matrix kernels take beyond FLOPs / peak"},
      {S::memory_bound, "memory_bound", "kernels limited by device memory bandwidth"},
      {S::tp_comm, "tp_comm", "waiting on tensor-parallel communication"},
      {S::cp_comm, "cp_comm", "waiting on context-parallel communication"},
      {S::ep_comm, "ep_comm", "waiting on expert-parallel communication"},
      {S::pp_comm, "pp_comm", "waiting on pipeline transfers"},
      {S::dp_comm, "dp_comm", "waiting on data-parallel communication"},
      {S::bubble, "bubble", "pipeline idle"},
      {S::straggler, "straggler", "waiting for a slower replica at a barrier"},
      {S::data_storage, "data_storage", "waiting for a storage read of input"},
      {S::data_cpu, "data_cpu", "waiting for CPU preprocessing of input"},
      {S::data_h2d, "data_h2d", "waiting for a host-to-device copy of input"},
      {S::checkpoint, "checkpoint", "stalled by a checkpoint"},
      {S::restart, "restart", "detecting a failure, rescheduling, loading, warming up"},
      {S::lost, "lost", "work done and thrown away by a failure"},
      {S::weights, "weights", "an inference replica loading weights"},
      {S::prefill, "prefill", "inference: prompts"},
      {S::decode, "decode", "inference: output tokens"},
      {S::kv_wait, "kv_wait", "a replica idle because KV memory or a KV transfer holds requests back"},
      {S::idle, "idle", "allocated, nothing to do"},
      {S::free, "free", "not allocated"},
      {S::down, "down", "failed or under repair"},
  };
};
} // namespace iccsim
