#include "engine/network/bundle_model.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine {

namespace {

/// Two computations of one instant may differ by this much.
double instant_s(double now) {
  return 8 * std::numeric_limits<double>::epsilon() * now;
}

} // namespace

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
    Flight& flight = flights_[id];
    if (!flight.active || flight.held) {
      continue;
    }
    if (unwatched(flight) && over(flight, clock_.now())) {
      flight.alone = false;
      end(flight, flight.until);
      continue;
    }
    if (unwatched(flight)) {
      watch(id);
    }
    if (flight.alone && flight.since > clock_.now()) {
      await_latency(id);
    }
    flight.alone = false;
    if (!flight.waits) {
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

/// Somebody comes: from now on, or from the end of its latency on, its rate is found like all others.
void BundleModel::join_others(FlightId id) {
  if (over(flights_[id], clock_.now())) {
    retire(id);
    return;
  }
  vacate(id);
  if (unwatched(flights_[id])) {
    watch(id);
  }
  if (flights_[id].since > clock_.now()) {
    await_latency(id);
  } else {
    sharing_.join(id, classes_.uses[flights_[id].bundle]);
  }
}

void BundleModel::await_latency(FlightId id) {
  flights_[id].rate = 0;
  flights_[id].waits = true;
  completions_.set(id, flights_[id].since);
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
    if (flight.latency_left_s > 0) {
      await_latency(id);
    } else {
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

/// The group's history with what the meter read since the classes were last found.
UsageHistory BundleModel::metered(std::uint32_t group) const {
  UsageHistory sum = groups_.groups()[group].history;
  if (group < classes_.standing.size()) {
    const Standing& standing = classes_.standing[group];
    if (standing.utilization > 0) {
      const LoadReading reading = meter_.read(standing.binding_class, clock_.now());
      sum.peak_utilization = std::max(sum.peak_utilization, reading.peak_utilization * standing.utilization);
      sum.saturated_s += standing.utilization >= saturated_from ? reading.saturated_s : 0;
    }
  }
  return sum;
}

/// Of each flow, in the past and in flight.
std::vector<double> BundleModel::carried_by_bundle() const {
  std::vector<double> carried = carried_bytes_;
  for (const Flight& flight : flights_) {
    if (flight.active) {
      carried[flight.bundle] += flight.bytes - flight.remaining + moved(flight, clock_.now());
    }
  }
  return carried;
}

double BundleModel::carried_bytes(platform::ResourceId resource) const {
  const ResourceGroups::Group* group = groups_.find(resource);
  if (group == nullptr) {
    return 0;
  }
  const std::vector<double> carried = carried_by_bundle();
  double bytes = group->history.bytes;
  for (const ResourceGroups::User& user : group->users) {
    bytes += user.flows * carried[user.bundle];
  }
  return bytes;
}

std::vector<UsageHistory> BundleModel::usage_by_group() const {
  const std::vector<double> carried = carried_by_bundle();
  std::vector<UsageHistory> result;
  for (std::uint32_t g = 0; g < groups_.groups().size(); ++g) {
    UsageHistory& sum = result.emplace_back(metered(g));
    for (const ResourceGroups::User& user : groups_.groups()[g].users) {
      sum.bytes += user.flows * carried[user.bundle];
    }
  }
  return result;
}

void BundleModel::mark_usage() {
  const std::vector<UsageHistory> now = usage_by_group();
  for (std::uint32_t g = 0; g < now.size(); ++g) {
    groups_.mark(g) = now[g];
  }
}

void BundleModel::repeat_usage(double times) {
  const std::vector<UsageHistory> now = usage_by_group();
  for (std::uint32_t g = 0; g < now.size(); ++g) {
    const UsageHistory& mark = groups_.mark(g);
    UsageHistory& history = groups_.history(g);
    history.bytes += times * (now[g].bytes - mark.bytes);
    history.saturated_s += times * (now[g].saturated_s - mark.saturated_s);
  }
}

std::vector<ResourceUsage> BundleModel::usage() const {
  const double now = clock_.now();
  const std::vector<UsageHistory> used = usage_by_group();
  const std::vector<platform::ResourceId> lowest = groups_.representatives();
  std::vector<ResourceUsage> result;
  for (std::uint32_t g = 0; g < lowest.size(); ++g) {
    const ResourceGroups::Group& group = groups_.groups()[g];
    const double mean = now > 0 ? used[g].bytes / (group.capacity * now) : 0;
    result.push_back({lowest[g],
                      static_cast<double>(group.members),
                      group.capacity,
                      used[g].bytes,
                      mean,
                      used[g].peak_utilization,
                      used[g].saturated_s,
                      {}});
  }
  return result;
}

} // namespace iccsim::engine
