#include "engine/job/saturation_book.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

namespace {

constexpr double kept = 0.25;

std::vector<bool> resources_of(const Network& network, const std::vector<ShapeId>& shapes) {
  std::vector<bool> of_these;
  for (const auto& [resource, seconds] : network.usage_of(shapes).saturated_s) {
    of_these.resize(std::max<std::size_t>(of_these.size(), resource + 1));
    of_these[resource] = true;
  }
  return of_these;
}

bool has(const std::vector<bool>& resources, std::uint32_t resource) {
  return resource < resources.size() && resources[resource];
}

} // namespace

SaturationBook::SaturationBook(const Clock& clock, Network& network, const std::vector<std::vector<ShapeId>>& steps,
                               std::vector<ShapeId> all)
    : clock_(clock), network_(network), all_(std::move(all)), everything_(resources_of(network, all_)),
      splits_(network.usage_of(all_).splits), steps_(steps.size()) {
  others_ = everything_;
  for (const std::vector<ShapeId>& shapes : steps) {
    resources_.push_back(resources_of(network, shapes));
    for (std::uint32_t resource = 0; resource < others_.size(); ++resource) {
      others_[resource] = others_[resource] && !has(resources_.back(), resource);
    }
  }
}

void SaturationBook::Seen::add(double more_s, const std::map<std::uint32_t, double>& more,
                               const std::vector<bool>& of_these) {
  seconds += more_s;
  for (const auto& [resource, full_s] : more) {
    if (has(of_these, resource)) {
      saturated_s[resource] += full_s;
    }
  }
}

/// Jobs lie otherwise to one another after a pause: what was seen before it counts less.
void SaturationBook::Seen::fade() {
  seconds *= kept;
  for (auto& [resource, full_s] : saturated_s) {
    full_s *= kept;
  }
}

void SaturationBook::play(bool pausing, const std::vector<double>& resumed_s) {
  if (plays(pausing)) {
    return;
  }
  close(resumed_s);
  open_ = true;
  pausing_ = pausing;
  if (pausing) {
    std::for_each(steps_.begin(), steps_.end(), [](Seen& steps) { steps.fade(); });
  }
  since_s_ = clock_.now();
  usage_ = network_.usage_of(all_);
}

void SaturationBook::close(const std::vector<double>& resumed_s) {
  if (!open_) {
    return;
  }
  open_ = false;
  const double seconds = clock_.now() - since_s_;
  std::map<std::uint32_t, double> more; // most are never full
  for (const auto& [resource, full_s] : network_.usage_of(all_).since(usage_).saturated_s) {
    if (full_s > 0) {
      more.emplace(resource, full_s);
    }
  }
  if (pausing_) {
    pause_.add(seconds, more, everything_);
    return;
  }
  calm_.add(seconds, more, others_);
  for (std::size_t g = 0; g < steps_.size(); ++g) {
    const double away_s = std::clamp(resumed_s[g] - since_s_, 0.0, seconds);
    steps_[g].add(seconds - away_s, more, resources_[g]);
  }
}

void SaturationBook::repeat(const Seen& seen, double seconds) const {
  if (seen.seconds <= 0 || seconds <= 0 || seen.saturated_s.empty()) {
    return;
  }
  ShapeUsage usage;
  usage.splits = splits_;
  usage.saturated_s.assign(seen.saturated_s.begin(), seen.saturated_s.end());
  network_.add_usage(all_, usage, seconds / seen.seconds);
}

void SaturationBook::repeat_steps(std::size_t group, double seconds) const {
  repeat(steps_[group], seconds);
}

void SaturationBook::repeat_others(double calm_s, double pause_s) const {
  repeat(calm_, calm_s);
  repeat(pause_, pause_s);
}

} // namespace iccsim::engine
