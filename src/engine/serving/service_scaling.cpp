// Replicas that come and go.
#include "engine/serving/service.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {

void Service::start() {
  const std::size_t open = setup_.open_replicas > 0 ? static_cast<std::size_t>(setup_.open_replicas) : replicas_.size();
  for (std::size_t i = 0; i < open; ++i) {
    set_accepting(i, true); // requests that come while weights are loaded wait in its queue
    start_replica(i, 0);
  }
  if (setup_.autoscale) {
    scaler_.emplace(*setup_.autoscale, start_s_, static_cast<int>(open));
    agenda_.set(autoscaler, start_s_ + setup_.autoscale->interval_s);
  }
  announce_arrivals();
  finish_if_done();
}

void Service::start_replica(std::size_t i, double extra_s) {
  standing_[i] = Standing::starting;
  const auto open = [this, i] {
    standing_[i] = Standing::open;
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

ServiceLoad Service::load() const {
  ServiceLoad load;
  double places = 0; // in units of a replica
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (accepts_[i]) {
      const Replica& replica = *replicas_[i];
      const double in_batches = replica.requests() - replica.waiting();
      load.waiting += replica.waiting();
      load.requests += replica.requests();
      load.kv += replica.kv_share();
      places += in_batches / (double(setup_.replicas[i].settings.max_batch) * double(replica.groups()));
    }
  }
  load.least = std::ceil(std::max(places, load.kv));
  return load;
}

/// As many replicas as the load asks for start at once; those that have least to do end, once that is done.
void Service::look_at_load() {
  const auto standing = [this](Standing what) {
    return static_cast<int>(std::count(standing_.begin(), standing_.end(), what));
  };
  const int there = standing(Standing::open) + standing(Standing::starting);
  const int wanted = scaler_->look(clock_.now(), there, load());
  for (std::size_t i = 0, more = std::max(0, wanted - there); i < replicas_.size() && more > 0; ++i) {
    if (standing_[i] == Standing::closed) {
      start_replica(i, setup_.autoscale->start_s);
      meter_.replica_started();
      --more;
    }
  }
  for (int fewer = std::min(there - wanted, standing(Standing::open)); fewer > 0; --fewer) {
    drain(least_busy());
  }
  agenda_.set(autoscaler, clock_.now() + setup_.autoscale->interval_s);
}

/// Of equal ones the last.
std::size_t Service::least_busy() const {
  std::size_t least = replicas_.size();
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const bool open = standing_[i] == Standing::open;
    if (open && (least == replicas_.size() || replicas_[i]->requests() <= replicas_[least]->requests())) {
      least = i;
    }
  }
  return least;
}

/// No request comes to it any more; it ends with the last that it has.
void Service::drain(std::size_t i) {
  set_accepting(i, false);
  standing_[i] = Standing::draining;
  end_if_drained(i);
}

void Service::end_if_drained(std::size_t i) {
  if (standing_[i] != Standing::draining || !replicas_[i]->empty()) {
    return;
  }
  replicas_[i]->close(clock_.now());
  standing_[i] = Standing::closed;
  if (tiers_[i]) {
    tiers_[i]->forget();
  }
  meter_.replica_ended();
}

} // namespace iccsim::engine::serving
