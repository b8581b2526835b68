// Where the seconds of a replica's cards go.
#include "engine/serving/replica.hpp"

#include <algorithm>

namespace iccsim::engine::serving {

using metrics::State;

/// Up to `now` the cards did what they did since the last time.
void Replica::charge(double now) {
  const double elapsed_s = now - charged_s_;
  hand_over_wait_s_ = hand_over_wait_s(now);
  charged_s_ = now;
  spend(elapsed_s, seconds_);
}

/// Seconds of what the cards do now.
void Replica::spend(double elapsed_s, metrics::StateSeconds& seconds) const {
  if (!running_) {
    seconds[resting_] += elapsed_s;
    return;
  }
  const double passes_s = (1 - stall_share_) * elapsed_s;
  const double wait_s = wait_share_ * elapsed_s;
  seconds[State::decode] += decode_share_ * (passes_s - wait_s);
  seconds[State::prefill] += (1 - decode_share_) * (passes_s - wait_s);
  seconds[State::straggler] += wait_s;
  seconds[State::kv_wait] += elapsed_s - passes_s;
}

/// How the time of what begins divides, as far as it is known: `stretch_` is planned, and holds `stall_s`.
void Replica::tell_shares(const workload::IterationCost& pass, double stall_s) {
  stall_s_ = stall_s;
  comm_s_ = pass.local_comm_s + pass.idle_fabric_s;
  stall_share_ = stall_s > 0 ? stall_s / stretch_.first_s : 0;
  wait_share_ = waited_share(passes_, stretch_.duration_s(passes_));
}

/// Of `passes` that lasted so long: their compute is what an idle network and stalls leave of what was planned.
double Replica::waited_share(std::int64_t passes, double lasted_s) const {
  const double compute_s = stretch_.duration_s(passes) - stall_s_ - static_cast<double>(passes) * comm_s_;
  return lasted_s > 0 ? setup_.lag * std::clamp(compute_s / lasted_s, 0.0, 1 - stall_share_) : 0;
}

metrics::StateSeconds Replica::states(double now) const {
  metrics::StateSeconds seconds = seconds_;
  spend(now - charged_s_, seconds);
  metrics::StateSeconds cards;
  cards.add_scaled(seconds, setup_.cards);
  return cards;
}

double Replica::hand_over_wait_s(double now) const {
  const bool waits = !running_ && resting_ == State::kv_wait && !awaits_tier_;
  return hand_over_wait_s_ + (waits ? now - charged_s_ : 0);
}

} // namespace iccsim::engine::serving
