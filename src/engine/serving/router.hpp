// Which attention group gets the next request.
#pragma once

#include "iccsim/scenario/inference.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace iccsim::engine::serving {

/// Groups of a pool of replicas, in an order in which neighbours belong to different replicas.
class RequestRouter {
public:
  using CachedTokens = std::function<double(std::uint32_t group)>;

  explicit RequestRouter(scenario::Router policy) : policy_(policy) {}
  /// Groups take part once they are open.
  void add(std::uint32_t group);
  void set_open(std::uint32_t group, bool open);
  bool any_open() const { return open_ > 0; }

  /// `cached`: tokens of the request's prompt whose KV a group holds; asked for by the policy that looks at it.
  std::uint32_t choose(const CachedTokens& cached);
  /// Tokens that a group has to do, as far as its router knows: prompts, and outputs of the usual length.
  void promise(std::uint32_t group, double tokens);

private:
  struct Lane {
    std::uint32_t group = 0;
    double tokens = 0;
    bool open = false;
  };
  std::size_t next_open();
  /// Closed ones come last; of equal ones the first comes first.
  bool before(std::size_t a, std::size_t b) const;
  void build();
  void play(std::size_t node);
  void rank(std::size_t lane);
  std::size_t least_loaded() const { return winners_[1]; }
  std::size_t best_prefix(const CachedTokens& cached) const;

  scenario::Router policy_;
  std::vector<Lane> lanes_;
  std::vector<std::uint32_t> lane_of_; ///< by group
  std::vector<std::size_t> winners_; ///< a tournament: lanes are leaves, each node has the less loaded of the two below
  std::size_t turn_ = 0;
  std::size_t open_ = 0;
};

} // namespace iccsim::engine::serving
