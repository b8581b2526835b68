// Replicas that come and go.
#include "engine/serving/service.hpp"

#include <algorithm>

namespace iccsim::engine::serving {

void Service::start() {
  const std::size_t open = setup_.open_replicas > 0 ? static_cast<std::size_t>(setup_.open_replicas) : replicas_.size();
  for (std::size_t i = 0; i < open; ++i) {
    set_accepting(i, true); // requests that come while weights are loaded wait in its queue
    start_replica(i, 0);
  }
  if (setup_.autoscale) {
    agenda_.set(autoscaler, start_s_ + setup_.autoscale->interval_s);
  }
  announce_arrivals();
  finish_if_done();
}

void Service::start_replica(std::size_t i, double extra_s) {
  standing_[i] = Standing::starting;
  const auto open = [this, i] {
    standing_[i] = Standing::open;
    active_s_[i] = clock_.now();
    set_accepting(i, true);
    replicas_[i]->open(clock_.now());
  };
  if (!machine_.loads_weights() && extra_s == 0) {
    open();
    return;
  }
  replicas_[i]->rest(metrics::State::weights, clock_.now());
  const auto warm_up = [this, open, extra_s] { clock_.at(clock_.now() + extra_s, open); };
  machine_.loads_weights() ? machine_.load_weights(replicas_[i]->index(), warm_up) : warm_up();
}

void Service::set_accepting(std::size_t i, bool accepting) {
  RequestRouter& router = setup_.replicas[i].role == workload::ReplicaRole::decode ? back_ : front_;
  for (std::size_t g = 0; g < replicas_[i]->groups(); ++g) {
    router.set_open(replicas_[i]->first_group() + static_cast<std::uint32_t>(g), accepting);
  }
  if (accepting != accepts_[i]) {
    accepts_[i] = accepting;
    meter_.accepts(clock_.now(), accepting ? 1 : -1);
  }
}

bool Service::overloaded() const {
  const scenario::AutoscaleSpec& rule = *setup_.autoscale;
  double waiting = 0;
  double kv = 0;
  double open = 0;
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (accepts_[i]) {
      waiting += replicas_[i]->waiting();
      kv += replicas_[i]->kv_share();
      ++open;
    }
  }
  return (rule.target_queue > 0 && waiting > rule.target_queue * open) ||
         (rule.target_kv > 0 && kv > rule.target_kv * open);
}

/// One more replica at a time while there is too much to do; one that was idle for long enough ends.
void Service::look_at_load() {
  const scenario::AutoscaleSpec& rule = *setup_.autoscale;
  const double now = clock_.now();
  const auto standing = [this](Standing what) { return std::count(standing_.begin(), standing_.end(), what); };
  const auto closed = std::find(standing_.begin(), standing_.end(), Standing::closed);
  if (overloaded() && standing(Standing::starting) == 0 && closed != standing_.end()) {
    start_replica(static_cast<std::size_t>(closed - standing_.begin()), rule.start_s);
  }
  for (std::size_t i = replicas_.size(); i-- > 0 && standing(Standing::open) > rule.min;) {
    if (standing_[i] == Standing::open && replicas_[i]->empty() && now - active_s_[i] >= rule.scale_down_after_s) {
      set_accepting(i, false);
      replicas_[i]->close(now);
      standing_[i] = Standing::closed;
    }
  }
  agenda_.set(autoscaler, now + rule.interval_s);
}

} // namespace iccsim::engine::serving
