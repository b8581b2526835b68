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
  if (known_.empty()) {
    known_.push_back(make_known(bytes));
  }
  const Size size = known_.front();
  if (size.silent) {
    size_done(size);
    return;
  }
  network_.start(size.shape, bytes, spec_.repeat, [this, size] { size_done(size); });
}

CollectiveJob::Size CollectiveJob::make_known(double bytes) {
  const auto shape = workload::choose_collective(cluster_, spec_.operation, bytes, {placement_}, costs_,
                                                 spec_.algorithm, network_.detail());
  Size size{shape.phases.empty(), 0, shape.algorithm};
  if (!size.silent) {
    size.shape = network_.add(shape);
  }
  return size;
}

/// The sizes to come are made known too.
void CollectiveJob::announce_shapes() {
  for (std::size_t row = rows_.size() + known_.size(); row < spec_.bytes.size(); ++row) {
    known_.push_back(make_known(spec_.bytes[row]));
  }
  shapes_.clear();
  for (const Size& size : known_) {
    if (!size.silent) {
      shapes_.push_back(size.shape);
    }
  }
}

void CollectiveJob::size_done(const Size& size) {
  known_.pop_front();
  if (!size.silent) {
    network_.remove(size.shape);
  }
  metrics::CollectiveRow row;
  row.bytes = spec_.bytes[rows_.size()];
  row.time_s = (clock_.now() - size_start_s_) / std::max(1, spec_.repeat);
  row.algbw = row.time_s > 0 ? row.bytes / row.time_s : 0;
  row.busbw = row.algbw * workload::bus_factor(spec_.operation, static_cast<double>(placement_.size()));
  row.algorithm = name_of(size.algorithm);
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
