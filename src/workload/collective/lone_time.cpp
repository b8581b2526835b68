#include "workload/collective/lone_time.hpp"

#include "workload/collective/tier.hpp"

#include <algorithm>

namespace iccsim::workload {

namespace {

/// The slowest resource of each tier so far.
class Slowest {
public:
  explicit Slowest(platform::ResourceReader& resources) : resources_(resources) {}
  void add(platform::ResourceId resource, double load) {
    const platform::ResourceTraits traits = resources_.read(resource);
    double& tier = is_scale_up(traits.kind) ? worst_.scale_up : worst_.elsewhere;
    tier = std::max(tier, load / traits.capacity);
  }
  const SecondsPerByte& worst() const { return worst_; }

private:
  platform::ResourceReader& resources_;
  SecondsPerByte worst_;
};

/// Where one of several bundles is that are walked side by side.
class Cursor {
public:
  explicit Cursor(const BundleShape& bundle) : bundle_(bundle), runs_(bundle.resources.runs()) { skip_empty(); }

  bool done() const { return run_ == runs_.size(); }
  platform::ResourceId resource() const { return base() + entry().resource; }
  double load() const { return bundle_.bytes_factor * entry().flows; }
  void next() {
    if (++at_ == runs_[run_].end - runs_[run_].begin)
      skip(1);
  }

  bool at_start() const { return at_ == 0; }
  bool repeats() const { return repeat_ > 0; }
  platform::ResourceId base() const { return runs_[run_].first + repeat_ * runs_[run_].stride; }
  platform::ResourceId stride() const { return runs_[run_].stride; }
  platform::ResourceId left() const { return runs_[run_].repeats - repeat_; }
  /// So many repeats of the run.
  void skip(platform::ResourceId repeats) {
    at_ = 0;
    repeat_ += repeats;
    if (left() == 0) {
      ++run_;
      skip_empty();
    }
  }

private:
  const ResourceFlows& entry() const { return bundle_.resources.pattern()[runs_[run_].begin + at_]; }
  void skip_empty() {
    repeat_ = 0;
    while (!done() && runs_[run_].begin == runs_[run_].end)
      ++run_;
  }

  const BundleShape& bundle_;
  const std::vector<ResourceFlowList::Run>& runs_;
  std::size_t run_ = 0;
  platform::ResourceId repeat_ = 0;
  std::size_t at_ = 0; ///< entry of the pattern
};

/// How many repeats from `first` on carry no more than the one before them did: the bundles that have more of their
/// runs there are those that had them before, and the others are not there.
platform::ResourceId alike(const std::vector<Cursor>& cursors, const Cursor& first) {
  if (!first.at_start() || !first.repeats())
    return 0;
  platform::ResourceId repeats = first.left();
  for (const Cursor& cursor : cursors) {
    if (cursor.done())
      continue;
    if (cursor.base() == first.base()) {
      const bool goes_on = cursor.at_start() && cursor.repeats() && cursor.stride() == first.stride();
      repeats = goes_on ? std::min(repeats, cursor.left()) : 0;
    } else {
      repeats = std::min(repeats, (cursor.resource() - first.base()) / first.stride());
    }
  }
  return repeats;
}

/// Bundles are sorted by resource: walks them side by side.
void add_together(const std::vector<BundleShape>& bundles, Slowest& slowest) {
  std::vector<Cursor> cursors(bundles.begin(), bundles.end());
  while (true) {
    const Cursor* lowest = nullptr;
    for (const Cursor& cursor : cursors)
      if (!cursor.done() && (lowest == nullptr || cursor.resource() < lowest->resource()))
        lowest = &cursor;
    if (lowest == nullptr)
      return;
    const platform::ResourceId resource = lowest->resource();
    const platform::ResourceId base = lowest->base();
    const platform::ResourceId repeats = alike(cursors, *lowest);
    double load = 0;
    for (Cursor& cursor : cursors) {
      if (cursor.done())
        continue;
      if (repeats > 0 && cursor.base() == base) {
        cursor.skip(repeats);
      } else if (repeats == 0 && cursor.resource() == resource) {
        load += cursor.load();
        cursor.next();
      }
    }
    if (repeats == 0)
      slowest.add(resource, load);
  }
}

/// Repeats are as slow as the first.
void add_alone(const BundleShape& bundle, Slowest& slowest) {
  for (const ResourceFlowList::Run& run : bundle.resources.runs())
    for (std::size_t i = run.begin; i < run.end; ++i) {
      const ResourceFlows& use = bundle.resources.pattern()[i];
      slowest.add(run.first + use.resource, bundle.bytes_factor * use.flows);
    }
}

} // namespace

SecondsPerByte seconds_per_byte(platform::ResourceReader& resources, const std::vector<BundleShape>& bundles) {
  Slowest slowest(resources);
  if (bundles.size() == 1)
    add_alone(bundles.front(), slowest);
  else
    add_together(bundles, slowest);
  return slowest.worst();
}

double lone_seconds(const platform::Cluster& cluster, const CollectiveShape& shape, double bytes) {
  platform::ResourceReader resources(cluster);
  double seconds = 0;
  for (const PhaseShape& phase : shape.phases) {
    const SecondsPerByte per_byte = seconds_per_byte(resources, phase.bundles);
    seconds += phase.latency_s + bytes * std::max(per_byte.scale_up, per_byte.elsewhere);
  }
  return seconds;
}

} // namespace iccsim::workload
