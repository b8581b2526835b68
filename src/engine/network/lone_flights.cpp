// Bundles that have their resources for themselves: their end is known when they start, and nobody has to share.
#include "engine/network/bundle_model.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

std::optional<FlightId> BundleModel::start_alone(BundleId bundle, double bytes, double latency_s, std::uint32_t tag,
                                                 bool unwatched) {
  if (!classes_valid_ || classes_.uses[bundle].empty()) {
    return std::nullopt;
  }
  const double now = clock_.now();
  const std::vector<FairSharing::Use>& uses = classes_.uses[bundle];
  for (const FairSharing::Use& use : uses) {
    const FlightId other = alone_on_[use.resource];
    if (!sharing_.idle(use.resource) || (other != nobody && !over(flights_[other], now))) {
      return std::nullopt;
    }
    if (other != nobody) {
      retire(other);
    }
  }
  Flight flight;
  flight.bundle = bundle;
  flight.tag = tag;
  flight.bytes = bytes;
  flight.alone = true;
  flight.rate = sharing_.lone_rate(uses);
  flight.since = now + latency_s;
  const double end = flight.since + bytes / flight.rate;
  flight.until = unwatched ? end : never_s;
  const FlightId id = open_flight(flight);
  for (const FairSharing::Use& use : uses) {
    alone_on_[use.resource] = id;
    const double utilization = use.flows * flight.rate / sharing_.capacity(use.resource);
    meter_.set_between(use.resource, utilization, flight.since, end, now);
  }
  if (!unwatched) {
    completions_.set(id, end);
  }
  return id;
}

bool BundleModel::over(const Flight& flight, double now) {
  return flight.until <= now + instant_s(now);
}

bool BundleModel::ended_unwatched(FlightId id) {
  Flight& flight = flights_[id];
  if (!unwatched(flight)) {
    return false;
  }
  if (flight.active && !over(flight, clock_.now())) {
    watch(id);
    return false;
  }
  if (flight.active) {
    retire(id);
  }
  free_flights_.push_back(id);
  return true;
}

/// Of one that is over unseen: what it used is free, and its bytes are carried.
void BundleModel::retire(FlightId id) {
  release_classes(id);
  end(flights_[id], flights_[id].until);
}

void BundleModel::watch(FlightId id) {
  completions_.set(id, std::exchange(flights_[id].until, never_s));
}

void BundleModel::release_classes(FlightId id) {
  for (const FairSharing::Use& use : classes_.uses[flights_[id].bundle]) {
    alone_on_[use.resource] = nobody;
  }
  flights_[id].alone = false;
}

/// Before its end.
void BundleModel::vacate(FlightId id) {
  release_classes(id);
  for (const FairSharing::Use& use : classes_.uses[flights_[id].bundle]) {
    meter_.set(use.resource, 0, clock_.now());
  }
}

/// Somebody comes: its rate is found like all others.
void BundleModel::join_others(FlightId id) {
  if (over(flights_[id], clock_.now())) {
    retire(id);
    return;
  }
  vacate(id);
  if (takes_part(id)) {
    sharing_.join(id, classes_.uses[flights_[id].bundle]);
  }
}

/// In sharing, from now on or from the end of its latency on. Returns whether now.
bool BundleModel::takes_part(FlightId id) {
  Flight& flight = flights_[id];
  flight.alone = false;
  if (unwatched(flight)) {
    watch(id);
  }
  if (flight.since > clock_.now()) {
    await_latency(id);
  }
  return !flight.waits;
}

void BundleModel::await_latency(FlightId id) {
  flights_[id].rate = 0;
  flights_[id].waits = true;
  completions_.set(id, flights_[id].since);
}

} // namespace iccsim::engine
