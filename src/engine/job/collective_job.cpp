#include "engine/job/collective_job.hpp"

#include "engine/job/chip_mix.hpp"

#include <algorithm>

namespace iccsim::engine {
namespace {

/// Without a stack the wires alone decide.
workload::CollectiveCosts costs_of(const scenario::CollectiveSpec& spec, const platform::Cluster& cluster,
                                   const Placement& placement) {
  if (spec.software.name.empty()) {
    return {};
  }
  const ChipMix chips(cluster, placement, spec.precision);
  const auto& chip = chips.slowest();
  const auto known = spec.software.chips.find(chip.name);
  if (known != spec.software.chips.end()) {
    return workload::library_costs(known->second);
  }
  return workload::library_costs(spec.software.fallback.value_or(scenario::KernelCalibration{}));
}

} // namespace

CollectiveJob::CollectiveJob(const scenario::CollectiveSpec& spec, const platform::Cluster& cluster, Clock& clock,
                             Network& network, const Placement& placement, std::function<void()> finished)
    : spec_(spec), cluster_(cluster), clock_(clock), network_(network), placement_(placement),
      costs_(costs_of(spec, cluster, placement)), finished_(std::move(finished)) {}

void CollectiveJob::start() {
  start_s_ = clock_.now();
  // From an event of its own: a job without sizes ends at once, and must not end inside its start.
  clock_.at(start_s_, [this] { next_size(); });
}

void CollectiveJob::next_size() {
  if (rows_.size() == spec_.bytes.size()) {
    done_ = true;
    end_s_ = clock_.now();
    finished_();
    return;
  }
  size_start_s_ = clock_.now();
  const double bytes = spec_.bytes[rows_.size()];
  const auto shape = workload::choose_collective(cluster_, spec_.operation, bytes, {placement_}, costs_,
                                                 spec_.algorithm, network_.detail());
  const auto algorithm = shape.algorithm;
  if (shape.phases.empty()) {
    size_done(0, true, algorithm);
    return;
  }
  const ShapeId id = network_.add(shape);
  network_.start(id, bytes, spec_.repeat, [this, id, algorithm] { size_done(id, false, algorithm); });
}

void CollectiveJob::size_done(ShapeId shape, bool silent, scenario::CollectiveAlgorithm algorithm) {
  if (!silent) {
    network_.remove(shape);
  }
  metrics::CollectiveRow row;
  row.bytes = spec_.bytes[rows_.size()];
  row.time_s = (clock_.now() - size_start_s_) / std::max(1, spec_.repeat);
  row.algbw = row.time_s > 0 ? row.bytes / row.time_s : 0;
  row.busbw = row.algbw * workload::bus_factor(spec_.operation, static_cast<double>(placement_.size()));
  row.algorithm = name_of(algorithm);
  rows_.push_back(std::move(row));
  next_size();
}

metrics::StateSeconds CollectiveJob::states(double now) const {
  metrics::StateSeconds seconds;
  const double until = done_ ? end_s_ : now;
  seconds[metrics::State::dp_comm] = (until - start_s_) * static_cast<double>(placement_.size());
  return seconds;
}

double CollectiveJob::progress(double) const {
  return spec_.bytes.empty() ? 1 : static_cast<double>(rows_.size()) / static_cast<double>(spec_.bytes.size());
}

void CollectiveJob::report(metrics::JobResult& result, double) const {
  result.collectives = rows_;
}

} // namespace iccsim::engine
