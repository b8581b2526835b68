#include "engine/network/bundle_model.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace iccsim::engine {

/// Two computations of one instant may differ by this much.
double BundleModel::instant_s(double now) {
  return 8 * std::numeric_limits<double>::epsilon() * now;
}

BundleModel::BundleModel(const Clock& clock, CapacityOf capacity, Merging merging, Finished finished, NodeLayout nodes)
    : clock_(clock), finished_(std::move(finished)),
      groups_(std::move(capacity), merging == Merging::on, std::move(nodes)), merge_(merging == Merging::on) {}

BundleId BundleModel::add(const workload::ResourceFlowList& resources) {
  close_classes();
  BundleId bundle = static_cast<BundleId>(carried_bytes_.size());
  if (free_bundles_.empty()) {
    carried_bytes_.push_back(0);
  } else {
    bundle = free_bundles_.back();
    free_bundles_.pop_back();
    carried_bytes_[bundle] = 0;
  }
  groups_.add(bundle, resources);
  return bundle;
}

void BundleModel::remove(BundleId bundle) {
  close_classes();
  groups_.remove(bundle, carried_bytes_[bundle]);
  carried_bytes_[bundle] = 0;
  free_bundles_.push_back(bundle);
}

void BundleModel::set_capacity(platform::ResourceId resource, double bytes_per_s) {
  close_classes();
  groups_.set_capacity(resource, bytes_per_s);
}

/// Before the first change of the groups in an instant: what the meter read belongs to the groups as they were.
void BundleModel::close_classes() {
  if (!classes_valid_) {
    return;
  }
  for (std::uint32_t g = 0; g < classes_.standing.size(); ++g) {
    groups_.history(g) = metered(g);
  }
  classes_.standing.clear();
  classes_valid_ = false;
  unsettled_ = true;
}

/// What is in flight keeps its remaining bytes; its rate is found again like all others.
void BundleModel::rebuild_classes() {
  classes_valid_ = true;
  classes_ = find_binding_classes(groups_.groups(), carried_bytes_.size(), merge_);
  sharing_.reset(classes_.capacity);
  meter_.reset(classes_.capacity.size(), clock_.now());
  alone_on_.assign(classes_.capacity.size(), nobody);
  starting_.clear();
  for (FlightId id = 0; id < flights_.size(); ++id) {
    const Flight& flight = flights_[id];
    if (!flight.active || flight.held) {
      continue;
    }
    if (over(flight, clock_.now())) {
      retire(id);
    } else if (takes_part(id)) {
      starting_.push_back(id);
    }
  }
}

FlightId BundleModel::open_flight(const Flight& flight) {
  FlightId id = static_cast<FlightId>(flights_.size());
  if (free_flights_.empty()) {
    flights_.emplace_back();
  } else {
    id = free_flights_.back();
    free_flights_.pop_back();
  }
  flights_[id] = flight;
  flights_[id].active = true;
  flights_[id].sequence = next_sequence_++;
  flights_[id].remaining = flight.bytes;
  return id;
}

void BundleModel::start(BundleId bundle, double bytes, std::uint32_t tag) {
  Flight flight;
  flight.bundle = bundle;
  flight.tag = tag;
  flight.bytes = bytes;
  flight.since = clock_.now();
  starting_.push_back(open_flight(flight));
  unsettled_ = true;
}

std::vector<FlightId> BundleModel::hold(const std::vector<BundleId>& bundles) {
  std::vector<bool> named(carried_bytes_.size());
  for (const BundleId bundle : bundles) {
    named[bundle] = true;
  }
  std::vector<FlightId> held;
  for (FlightId id = 0; id < flights_.size(); ++id) {
    const Flight& flight = flights_[id];
    if (flight.active && !flight.held && named[flight.bundle] && !over(flight, clock_.now())) {
      stop(id);
      held.push_back(id);
    }
  }
  unsettled_ = unsettled_ || !held.empty();
  return held;
}

void BundleModel::stop(FlightId id) {
  Flight& flight = flights_[id];
  const auto starts = std::find(starting_.begin(), starting_.end(), id);
  if (starts != starting_.end()) {
    starting_.erase(starts);
  } else if (classes_valid_ && flight.alone) {
    vacate(id);
  } else if (classes_valid_ && !flight.waits && !classes_.uses[flights_[id].bundle].empty()) {
    sharing_.leave(id);
  }
  flight.held = true;
  flight.alone = flight.waits = false;
  flight.remaining -= moved(flight, clock_.now());
  flight.until = never_s;
  flight.latency_left_s = std::max(0.0, flight.since - clock_.now());
  flight.since = clock_.now();
  flight.rate = 0;
  completions_.set(id, never_s);
}

void BundleModel::release(const std::vector<FlightId>& flights) {
  for (const FlightId id : flights) {
    Flight& flight = flights_[id];
    flight.held = false;
    flight.since = clock_.now() + flight.latency_left_s;
    if (takes_part(id)) {
      starting_.push_back(id);
      unsettled_ = true;
    }
  }
}

double BundleModel::next_time() {
  return unsettled_ ? clock_.now() : completions_.first_time();
}

void BundleModel::advance(double now) {
  // Ends first: what they start belongs to the same instant, and the solve comes last.
  if (!finish_due(now) && unsettled_) {
    settle(now);
  }
}

bool BundleModel::finish_due(double now) {
  ended_.clear();
  while (completions_.first_time() <= now + instant_s(now)) {
    const FlightId id = completions_.first();
    completions_.pop();
    Flight& flight = flights_[id];
    if (flight.waits) {
      flight.waits = false;
      flight.since = now;
      starting_.push_back(id);
      unsettled_ = true;
      continue;
    }
    end(flight, now);
    if (classes_valid_ && flight.alone) {
      release_classes(id);
    } else if (classes_valid_ && !classes_.uses[flight.bundle].empty()) {
      sharing_.leave(id);
      unsettled_ = true;
    }
    free_flights_.push_back(id);
    ended_.emplace_back(flight.sequence, flight.tag);
  }
  if (ended_.size() > 1) {
    std::sort(ended_.begin(), ended_.end());
  }
  for (const auto& [sequence, tag] : ended_) {
    finished_(tag);
  }
  return !ended_.empty();
}

/// Bytes in are bytes out: the integral of the rate must be the demand, to the resolution of the clock.
void BundleModel::end(Flight& flight, double now) {
  const double left = flight.remaining - moved(flight, now);
  if (!(std::abs(left) <= 1e-9 * flight.bytes + flight.rate * 4 * instant_s(now))) {
    throw metrics::InternalError("a bundle ended that had not carried its bytes");
  }
  carried_bytes_[flight.bundle] += flight.bytes;
  flight.active = false;
}

double BundleModel::moved(const Flight& flight, double now) const {
  return flight.rate * std::max(0.0, std::min(now, flight.until) - flight.since);
}

void BundleModel::settle(double now) {
  unsettled_ = false;
  if (!classes_valid_) {
    rebuild_classes();
  }
  join_starting(now);
  sharing_.solve();
  for (FlightId id : sharing_.changed_members()) {
    if (flights_[id].active) {
      reschedule(id, now);
    }
  }
  for (std::uint32_t c : sharing_.changed_resources()) {
    if (alone_on_[c] == nobody) {
      meter_.set(c, sharing_.utilization(c), now);
    }
  }
  sharing_.clear_changes();
}

void BundleModel::join_starting(double now) {
  for (FlightId id : starting_) {
    const std::vector<FairSharing::Use>& uses = classes_.uses[flights_[id].bundle];
    if (uses.empty()) {
      flights_[id].remaining = 0;
      completions_.set(id, now);
    } else {
      for (const FairSharing::Use& use : uses) {
        if (alone_on_[use.resource] != nobody) {
          join_others(alone_on_[use.resource]);
        }
      }
      sharing_.join(id, uses);
    }
  }
  starting_.clear();
}

void BundleModel::reschedule(FlightId id, double now) {
  Flight& flight = flights_[id];
  const double rate = sharing_.rate(id);
  if (rate == flight.rate) {
    return;
  }
  flight.remaining -= moved(flight, now);
  flight.since = now;
  flight.rate = rate;
  completions_.set(id, now + std::max(0.0, flight.remaining) / rate);
}

} // namespace iccsim::engine
