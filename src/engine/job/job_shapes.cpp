#include "engine/job/job_shapes.hpp"

#include <algorithm>

namespace iccsim::engine {

using scenario::CollectiveOperation;
using workload::Communicator;

JobShapes::JobShapes(const platform::Cluster& cluster, Network& network, const workload::Plan& plan,
                     std::vector<platform::CardId> placement, workload::CollectiveCosts costs,
                     scenario::CollectiveAlgorithm algorithm, double pipeline_bytes)
    : cluster_(cluster), network_(network), plan_(plan), placement_(std::move(placement)),
      drafter_(cluster, std::move(costs), network.detail()), algorithm_(algorithm), pipeline_bytes_(pipeline_bytes) {}

void JobShapes::release() {
  for (const ShapeId shape : added_) {
    network_.remove(shape);
  }
  added_.clear();
  calls_.clear();
  known_.clear();
  drafted_.clear();
  hops_.clear();
}

void JobShapes::select(const ReplicaClasses& classes, int which) {
  classes_ = &classes;
  selected_ = classes.size() > 1 ? which : all_classes;
}

int JobShapes::class_for(Communicator communicator) const {
  switch (communicator) {
  case Communicator::tensor:
  case Communicator::expert_tensor:
  case Communicator::context:
  case Communicator::expert:
  case Communicator::pipeline:
    return selected_;
  default:
    return all_classes;
  }
}

JobShapes::Groups JobShapes::groups(Communicator communicator, int stage) const {
  const int of_class = class_for(communicator);
  const workload::RankGroups ranks = plan_.rank_groups(communicator, stage);
  Groups cards;
  cards.reserve(static_cast<std::size_t>(ranks.count));
  for (int g = 0; g < ranks.count; ++g) {
    if (of_class != all_classes && classes_->class_of(ranks.rank(g, 0)) != of_class) {
      continue;
    }
    std::vector<platform::CardId>& group = cards.emplace_back(static_cast<std::size_t>(ranks.size));
    for (int i = 0; i < ranks.size; ++i) {
      group[static_cast<std::size_t>(i)] = placement_[static_cast<std::size_t>(ranks.rank(g, i))];
    }
  }
  return cards;
}

/// Calls of one stage follow one another, in few sizes: what they need is drafted once.
const workload::CollectiveWays& JobShapes::ways(const Key& key) {
  constexpr std::size_t kept = 4;
  const auto found = std::find_if(drafted_.begin(), drafted_.end(), [&](const Drafted& d) { return d.key == key; });
  if (found != drafted_.end()) {
    return found->ways;
  }
  if (drafted_.size() == kept) {
    drafted_.erase(drafted_.begin());
  }
  const auto [communicator, of_class, stage, operation] = key;
  drafted_.push_back({key, drafter_.draft(operation, groups(communicator, stage), algorithm_)});
  return drafted_.back().ways;
}

/// One operation for all that have its shape.
CollectiveOperation JobShapes::shaped_as(CollectiveOperation operation, Communicator communicator, int stage) const {
  const workload::RankGroups ranks = plan_.rank_groups(communicator, stage);
  const int of_class = class_for(communicator);
  for (int g = 0; g < ranks.count && operation == CollectiveOperation::reduce_scatter; ++g) {
    const int first = ranks.rank(g, 0);
    if (of_class == all_classes || classes_->class_of(first) == of_class) {
      const bool twins =
          workload::gathers_as_it_scatters(cluster_, algorithm_, placement_[static_cast<std::size_t>(first)]);
      return twins ? CollectiveOperation::all_gather : operation;
    }
  }
  return operation;
}

PlayShape JobShapes::add(const workload::CollectiveShape& shape) {
  if (shape.phases.empty()) {
    return {};
  }
  added_.push_back(network_.add(shape));
  return {added_.back(), false};
}

PlayShape JobShapes::collective(Communicator communicator, int stage, CollectiveOperation operation, double bytes) {
  const Key key{communicator, class_for(communicator), stage, shaped_as(operation, communicator, stage)};
  const auto asked = calls_.find({key, bytes});
  if (asked != calls_.end()) { // calls between replicas are those of every class of them
    return asked->second;
  }
  const workload::CollectiveWays& drafted = ways(key);
  const std::size_t way = drafted.cheapest(bytes);
  const auto found = known_.find({key, way});
  const PlayShape shape = found != known_.end() ? found->second : add(drafted.shape(way));
  known_[{key, way}] = shape;
  return calls_[{key, bytes}] = shape;
}

PlayShape JobShapes::pipeline(int from, int to) {
  const auto found = hops_.find({selected_, from, to});
  if (found != hops_.end()) {
    return found->second;
  }
  const bool along = to == (from + 1) % plan_.pipeline();
  const workload::RankGroups ranks = plan_.rank_groups(Communicator::pipeline, along ? from : to);
  std::vector<std::pair<platform::CardId, platform::CardId>> sends;
  sends.reserve(static_cast<std::size_t>(ranks.count));
  for (int g = 0; g < ranks.count; ++g) {
    const int first = ranks.rank(g, 0);
    if (selected_ == all_classes || classes_->class_of(first) == selected_) {
      const platform::CardId here = placement_[static_cast<std::size_t>(first)];
      const platform::CardId next = placement_[static_cast<std::size_t>(ranks.rank(g, 1))];
      sends.emplace_back(along ? here : next, along ? next : here);
    }
  }
  const auto drafted = drafter_.draft_sends(sends);
  return hops_[{selected_, from, to}] = add(drafted.shape(drafted.cheapest(pipeline_bytes_)));
}

PlayShape JobShapes::tied_embeddings(double bytes) {
  return collective(Communicator::embedding, 0, CollectiveOperation::all_reduce, bytes);
}

} // namespace iccsim::engine
