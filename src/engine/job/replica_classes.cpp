#include "engine/job/replica_classes.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace iccsim::engine {
namespace {

/// What tells replicas apart: distances; chip, slowdown and lag of every stage.
using Signature = std::vector<std::tuple<int, double, double>>;

Signature signature_of(const ReplicaClass& replica, int distance) {
  Signature signature{{distance, 0, 0}};
  for (std::size_t s = 0; s < replica.stages.size(); ++s) {
    signature.emplace_back(replica.chips[s], replica.stages[s].slowdown, replica.stages[s].lag);
  }
  return signature;
}

} // namespace

int ReplicaClasses::replica_ranks(const workload::Plan& plan) {
  return std::lcm(plan.tensor() * plan.context(), plan.expert() * plan.expert_tensor());
}

ReplicaClasses::ReplicaClasses(const workload::Plan& plan, const std::function<RankHealth(int rank)>& health,
                               const std::function<int(int replica)>& distance)
    : stage_ranks_(plan.stage_ranks()), replica_ranks_(replica_ranks(plan)) {
  std::map<Signature, int> known;
  for (int first = 0; first < stage_ranks_; first += replica_ranks_) {
    ReplicaClass one = replica(plan, first, health);
    const auto [found, fresh] =
        known.emplace(signature_of(one, distance(first / replica_ranks_)), static_cast<int>(classes_.size()));
    class_of_replica_.push_back(found->second);
    if (fresh) {
      classes_.push_back(std::move(one));
      continue;
    }
    for (std::size_t s = 0; s < one.stages.size(); ++s) {
      classes_[static_cast<std::size_t>(found->second)].stages[s].cards += one.stages[s].cards;
    }
  }
}

ReplicaClass ReplicaClasses::replica(const workload::Plan& plan, int first,
                                     const std::function<RankHealth(int rank)>& health) const {
  ReplicaClass result;
  const int ranks = std::min(replica_ranks_, stage_ranks_ - first);
  for (int stage = 0; stage < plan.pipeline(); ++stage) {
    RankClass cls{stage, static_cast<double>(ranks), 1, 0};
    double sum = 0;
    int chip = 0;
    for (int i = 0; i < ranks; ++i) {
      const RankHealth rank = health(stage * stage_ranks_ + first + i);
      sum += rank.slowdown;
      cls.slowdown = std::max(cls.slowdown, rank.slowdown);
      chip = i == 0 ? rank.chip : std::min(chip, rank.chip);
    }
    const double lag = 1 - sum / (ranks * cls.slowdown);
    cls.lag = lag > 1e-12 ? lag : 0; // rounding, where all are alike
    result.stages.push_back(cls);
    result.chips.push_back(chip);
  }
  return result;
}

std::vector<RankClass> ReplicaClasses::lanes() const {
  std::vector<RankClass> lanes;
  for (const ReplicaClass& cls : classes_) {
    lanes.insert(lanes.end(), cls.stages.begin(), cls.stages.end());
  }
  return lanes;
}

} // namespace iccsim::engine
