#include "engine/serving/router.hpp"

namespace iccsim::engine::serving {

void RequestRouter::add(std::uint32_t group) {
  if (group >= lane_of_.size()) {
    lane_of_.resize(group + 1, 0);
  }
  lane_of_[group] = static_cast<std::uint32_t>(lanes_.size());
  lanes_.push_back({group, 0, false});
}

void RequestRouter::set_open(std::uint32_t group, bool open) {
  Lane& lane = lanes_[lane_of_[group]];
  open_ += lane.open == open ? 0 : open ? 1 : -1;
  lane.open = open;
}

std::size_t RequestRouter::next_open() {
  do {
    turn_ = (turn_ + 1) % lanes_.size();
  } while (!lanes_[turn_].open);
  return turn_;
}

std::size_t RequestRouter::least_loaded() const {
  std::size_t least = lanes_.size();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].open && (least == lanes_.size() || lanes_[i].tokens < lanes_[least].tokens)) {
      least = i;
    }
  }
  return least;
}

/// The group with most of the prompt, unless it has half as much again to do as the one with least, and more than
/// a prompt's worth: the rule (relative threshold 1.5) of SGLang's cache-aware router.
std::size_t RequestRouter::best_prefix(const CachedTokens& cached) const {
  constexpr double overloaded = 1.5;
  const std::size_t least = least_loaded();
  std::size_t best = least;
  double most = 0;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].open) {
      continue;
    }
    const double tokens = cached(lanes_[i].group);
    if (tokens > most && lanes_[i].tokens <= overloaded * lanes_[least].tokens + tokens) {
      most = tokens;
      best = i;
    }
  }
  return best;
}

std::uint32_t RequestRouter::choose(const CachedTokens& cached) {
  switch (policy_) {
  case scenario::Router::round_robin:
    return lanes_[next_open()].group;
  case scenario::Router::prefix_aware:
    return lanes_[best_prefix(cached)].group;
  case scenario::Router::least_loaded:
    break;
  }
  return lanes_[least_loaded()].group;
}

} // namespace iccsim::engine::serving
