// Which data-parallel replicas of a job evolve identically.
#pragma once

#include "engine/job/rank_class.hpp"
#include "iccsim/workload/plan.hpp"

#include <functional>
#include <vector>

namespace iccsim::engine {

/// What one rank brings.
struct RankHealth {
  double slowdown = 1;
  int chip = 0; ///< a number for the kind, the slower the lower: of unequal cards of a stage the lowest sets the pace
};

/// Replicas of one class have the same chip and the same slow cards on the same stages, and lie alike. Replicas that
/// exchange tokens between experts wait for one another in every layer and count as one.
struct ReplicaClass {
  std::vector<RankClass> stages;
  std::vector<int> chips; ///< by stage
};

class ReplicaClasses {
public:
  /// `health` of every rank of the job; `distance`: a number for how far apart the ranks of a replica are.
  ReplicaClasses(
      const workload::Plan& plan, const std::function<RankHealth(int rank)>& health,
      const std::function<int(int replica)>& distance = [](int) { return 0; });

  /// Ranks of a stage that are one replica; replica r has those from r x replica_ranks() on.
  static int replica_ranks(const workload::Plan& plan);

  const std::vector<ReplicaClass>& classes() const { return classes_; }
  std::size_t size() const { return classes_.size(); }
  /// The class of the replica that a rank belongs to.
  int class_of(int rank) const {
    return class_of_replica_[static_cast<std::size_t>(rank % stage_ranks_ / replica_ranks_)];
  }
  /// Of every stage of every class, class by class.
  std::vector<RankClass> lanes() const;

private:
  ReplicaClass replica(const workload::Plan& plan, int first, const std::function<RankHealth(int rank)>& health) const;

  int stage_ranks_ = 1;
  int replica_ranks_ = 1; ///< of one stage
  std::vector<ReplicaClass> classes_;
  std::vector<int> class_of_replica_;
};

} // namespace iccsim::engine
