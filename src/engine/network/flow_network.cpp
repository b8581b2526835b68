#include "engine/network/flow_network.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

namespace {

std::vector<double> capacities(const CapacityOf& capacity, platform::ResourceId resources) {
  std::vector<double> all(resources);
  for (platform::ResourceId resource = 0; resource < resources; ++resource) {
    all[resource] = capacity(resource);
  }
  return all;
}

FlowLinks::Tag tag_of(std::uint32_t wave, std::size_t path) {
  return static_cast<FlowLinks::Tag>(wave) << 32 | path;
}
std::uint32_t wave_of(FlowLinks::Tag tag) {
  return static_cast<std::uint32_t>(tag >> 32);
}
std::uint32_t path_of(FlowLinks::Tag tag) {
  return static_cast<std::uint32_t>(tag);
}

} // namespace

FlowNetwork::FlowNetwork(SimGridClock& clock, const platform::Cluster& cluster)
    : FlowNetwork(
          clock, [&cluster](platform::ResourceId resource) { return cluster.capacity(resource); },
          cluster.resource_count()) {}

FlowNetwork::FlowNetwork(SimGridClock& clock, CapacityOf capacity_of, platform::ResourceId resources)
    : clock_(clock), limits_(std::move(capacity_of), resources),
      transfers_(clock,
                 [this](BundleId bundle, double bytes, TransferId transfer) { start_bundle(bundle, bytes, transfer); }),
      paths_(resources, [this](platform::ResourceId resource) { return capacity(resource); }), usage_(resources),
      links_(capacities([this](platform::ResourceId resource) { return limits_.capacity(resource); }, resources),
             {[this](FlowLinks::Tag tag) { ended_.push_back(wave_of(tag)); },
              [this](std::uint32_t link, double utilization) { usage_.loaded(link, utilization, clock_.now()); }}) {
  clock.add(*this);
}

double FlowNetwork::capacity(platform::ResourceId resource) const {
  const auto changed = changed_capacity_.find(resource);
  return changed == changed_capacity_.end() ? limits_.capacity(resource) : changed->second;
}

void FlowNetwork::scale_link(platform::ResourceId resource) {
  links_.set_capacity(resource, capacity(resource) / paths_.scale(resource));
}

platform::ResourceId FlowNetwork::add_limit(double bytes_per_s, std::string name) {
  const platform::ResourceId id = limits_.add(bytes_per_s, std::move(name));
  paths_.resize(id + 1);
  usage_.resize(id + 1, clock_.now());
  links_.add(bytes_per_s);
  return id;
}

void FlowNetwork::set_capacity(platform::ResourceId resource, double bytes_per_s) {
  changed_capacity_[resource] = bytes_per_s;
  scale_link(resource);
}

ShapeId FlowNetwork::add(const workload::CollectiveShape& shape) {
  const ShapeId id = transfers_.add(shape, [this](const workload::BundleShape& bundle) { return add_bundle(bundle); });
  for (const Transfers::Phase& phase : transfers_.phases(id)) {
    if (beyond_watched_ && flows_in(phase) > watched_flows_) {
      std::exchange(beyond_watched_, nullptr)(flows_in(phase));
    }
  }
  return id;
}

void FlowNetwork::watch_phases(std::size_t flows, std::function<void(std::size_t)> beyond) {
  watched_flows_ = flows;
  beyond_watched_ = std::move(beyond);
}

std::size_t FlowNetwork::flows_in(const Transfers::Phase& phase) const {
  std::size_t flows = 0;
  for (const Transfers::Bundle& bundle : phase.bundles) {
    flows += bundles_[bundle.id].paths.size();
  }
  return flows;
}

BundleId FlowNetwork::add_bundle(const workload::BundleShape& shape) {
  for (const workload::ResourceFlows& use : shape.resources) {
    if (!(use.flows > 0) || !(capacity(use.resource) > 0)) {
      throw metrics::InternalError("a bundle with flows or a resource with a capacity that is not positive");
    }
  }
  BundleId id = static_cast<BundleId>(bundles_.size());
  if (free_bundles_.empty()) {
    bundles_.emplace_back();
  } else {
    id = free_bundles_.back();
    free_bundles_.pop_back();
  }
  auto paths = paths_.paths(shape, [this](platform::ResourceId resource) { scale_link(resource); });
  bundles_[id] = {std::move(paths), shape.resources, 0};
  return id;
}

void FlowNetwork::remove(ShapeId shape) {
  for (const Transfers::Phase& phase : transfers_.remove(shape)) {
    for (const Transfers::Bundle& bundle : phase.bundles) {
      bundles_[bundle.id] = {};
      free_bundles_.push_back(bundle.id);
    }
  }
}

void FlowNetwork::start(ShapeId shape, double bytes, double calls, Done done) {
  transfers_.start(shape, bytes, calls, std::move(done));
}

void FlowNetwork::start_bundle(BundleId bundle, double bytes, TransferId transfer) {
  WaveId id = static_cast<WaveId>(waves_.size());
  if (free_waves_.empty()) {
    waves_.emplace_back();
  } else {
    id = free_waves_.back();
    free_waves_.pop_back();
  }
  const std::vector<FlowPath>& paths = bundles_[bundle].paths;
  waves_[id] = {bundle, transfer, static_cast<std::uint32_t>(paths.size()), bytes, clock_.now(), never_s, false};
  for (std::size_t path = 0; path < paths.size(); ++path) {
    links_.start(paths[path], bytes, tag_of(id, path));
  }
}

bool FlowNetwork::hold(const std::vector<ShapeId>& shapes, double seconds) {
  transfers_.hold(shapes, seconds);
  std::vector<bool> named(bundles_.size());
  for (const ShapeId shape : shapes) {
    for (const Transfers::Phase& phase : transfers_.phases(shape)) {
      for (const Transfers::Bundle& bundle : phase.bundles) {
        named[bundle.id] = true;
      }
    }
  }
  auto held = links_.hold([&](FlowLinks::Tag tag) { return named[waves_[wave_of(tag)].bundle]; });
  for (const FlowLinks::Held& flow : held) {
    waves_[wave_of(flow.tag)].held = true;
  }
  clock_.at(clock_.now() + seconds, [this, held = std::move(held), seconds] { release(held, seconds); });
  return true;
}

void FlowNetwork::release(const std::vector<FlowLinks::Held>& flows, double held_s) {
  links_.release(flows);
  for (const FlowLinks::Held& flow : flows) {
    Wave& wave = waves_[wave_of(flow.tag)];
    if (std::exchange(wave.held, false)) { // as if all of it had happened so much later
      wave.start_s += held_s;
      wave.first_end_s += held_s;
    }
  }
}

double FlowNetwork::next_time() {
  return ended_.empty() ? never_s : clock_.now();
}

void FlowNetwork::advance(double now) {
  links_.bury();
  for (const WaveId wave : std::exchange(ended_, {})) {
    flow_ended(wave, now);
  }
}

void FlowNetwork::flow_ended(WaveId id, double now) {
  Wave& wave = waves_[id];
  wave.first_end_s = std::min(wave.first_end_s, now);
  if (--wave.pending > 0) {
    return;
  }
  Bundle& bundle = bundles_[wave.bundle];
  usage_.carried(bundle.resources, wave.bytes);
  if (now > wave.start_s) {
    bundle.drift = std::max(bundle.drift, (now - wave.first_end_s) / (now - wave.start_s));
  }
  const TransferId transfer = wave.transfer;
  free_waves_.push_back(id);
  transfers_.bundle_finished(transfer);
}

double FlowNetwork::left(ShapeId shape) const {
  double sum = 0;
  links_.each_in_flight([&](FlowLinks::Tag tag, double left) {
    const BundleId of = waves_[wave_of(tag)].bundle;
    for (const Transfers::Phase& phase : transfers_.phases(shape)) {
      const bool its = std::any_of(phase.bundles.begin(), phase.bundles.end(),
                                   [of](const Transfers::Bundle& bundle) { return bundle.id == of; });
      sum += its ? left / static_cast<double>(bundles_[of].paths.size()) : 0;
    }
  });
  return sum;
}

double FlowNetwork::drift(ShapeId shape) {
  double widest = 0;
  for (const Transfers::Phase& phase : transfers_.phases(shape)) {
    for (const Transfers::Bundle& bundle : phase.bundles) {
      widest = std::max(widest, bundles_[bundle.id].drift);
    }
  }
  return widest;
}

/// What waves in flight carried so far: all their flows, less what each has left.
std::vector<UsageHistory> FlowNetwork::usage_now() const {
  std::vector<UsageHistory> sum = usage_.read(clock_.now());
  for (const Wave& wave : waves_) {
    if (wave.pending > 0) {
      FlowUsage::add_bytes(sum, bundles_[wave.bundle].resources, wave.bytes);
    }
  }
  links_.each_in_flight([&](FlowLinks::Tag tag, double left) {
    const Wave& wave = waves_[wave_of(tag)];
    const FlowPath& path = bundles_[wave.bundle].paths[path_of(tag)];
    for (const FlowPath::Step& step : path.steps) {
      sum[step.link].bytes -= left * wave.bytes * step.bytes;
    }
  });
  return sum;
}

std::vector<ResourceUsage> FlowNetwork::usage() const {
  auto usage = usage_.usage(
      usage_now(), [this](platform::ResourceId resource) { return capacity(resource); }, clock_.now());
  limits_.name(usage);
  return usage;
}

} // namespace iccsim::engine
