#include "engine/serving/router.hpp"

namespace iccsim::engine::serving {

void RequestRouter::add(std::uint32_t group) {
  if (group >= lane_of_.size()) {
    lane_of_.resize(group + 1, 0);
  }
  lane_of_[group] = static_cast<std::uint32_t>(lanes_.size());
  lanes_.push_back({group, 0, false});
}

/// A tournament whose leaves are the lanes, behind its inner nodes.
void RequestRouter::build() {
  const std::size_t lanes = lanes_.size();
  winners_.resize(2 * lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    winners_[lanes + lane] = lane;
  }
  for (std::size_t node = lanes - 1; node > 0; --node) {
    play(node);
  }
}

void RequestRouter::play(std::size_t node) {
  const std::size_t left = winners_[2 * node];
  const std::size_t right = winners_[2 * node + 1];
  winners_[node] = before(right, left) ? right : left;
}

bool RequestRouter::before(std::size_t a, std::size_t b) const {
  const Lane& x = lanes_[a];
  const Lane& y = lanes_[b];
  return x.open != y.open ? x.open : x.tokens != y.tokens ? x.tokens < y.tokens : a < b;
}

void RequestRouter::rank(std::size_t lane) {
  if (winners_.size() != 2 * lanes_.size()) {
    build();
  }
  for (std::size_t node = (lanes_.size() + lane) / 2; node > 0; node /= 2) {
    play(node);
  }
}

void RequestRouter::promise(std::uint32_t group, double tokens) {
  lanes_[lane_of_[group]].tokens += tokens;
  rank(lane_of_[group]);
}

void RequestRouter::set_open(std::uint32_t group, bool open) {
  Lane& lane = lanes_[lane_of_[group]];
  open_ += lane.open == open ? 0 : open ? 1 : -1;
  lane.open = open;
  rank(lane_of_[group]);
}

std::size_t RequestRouter::next_open() {
  do {
    turn_ = (turn_ + 1) % lanes_.size();
  } while (!lanes_[turn_].open);
  return turn_;
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
