// A job that runs on its cards.
#pragma once

#include "engine/job/skippable.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/metrics/result.hpp"
#include "iccsim/platform/resource.hpp"

#include <functional>
#include <vector>

namespace iccsim::engine {

using Placement = std::vector<platform::CardId>; ///< rank r runs on card placement[r]

class Job {
public:
  virtual ~Job() = default;
  virtual void start() = 0;
  virtual bool done() const = 0;
  /// After its end: gives back what it holds of the network.
  virtual void retire() {}
  /// Card-seconds by state from its start to `now`.
  virtual metrics::StateSeconds states(double now) const = 0;
  /// Share of its length that is behind it, 0 .. 1.
  virtual double progress(double now) const = 0;
  virtual double steps() const = 0;
  /// Time up to which its seconds are accounted for; after the clock's only while steps are being skipped.
  virtual double accounted_until_s() const = 0;
  /// The health of something has changed; what was seen so far says little about what comes.
  virtual void conditions_changed() {}
  /// Whether other jobs run beside it, whose traffic may meet its own; told whenever that changes.
  virtual void neighbours_changed(bool /*any*/) {}
  /// Others run beside it: makes known to the network what it would otherwise make known when it is first moved.
  virtual void announce_shapes() {}
  /// All that it ever moves from now on, until retire(), once announced; null when that cannot be told ahead.
  virtual const std::vector<ShapeId>* shapes() const { return nullptr; }
  /// Those of them whose traffic is that of its steps; what goes to and from storage is booked by Skippable::skip().
  virtual const std::vector<ShapeId>* step_shapes() const { return shapes(); }
  /// What it could read of its dataset per second if its steps took no longer than their arithmetic, at most.
  virtual double most_input_bytes_per_s() const { return 0; }
  /// About when it ends, never later by intention; the past when that cannot be told.
  virtual double end_estimate_s() { return skippable() != nullptr ? skippable()->end_estimate_s() : 0; }
  /// Null when every step must be played while other jobs can slow it.
  virtual Skippable* skippable() { return nullptr; }
  /// Fills in what belongs to its kind of job.
  virtual void report(metrics::JobResult& result, double now) const = 0;
};

} // namespace iccsim::engine
