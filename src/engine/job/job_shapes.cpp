#include "engine/job/job_shapes.hpp"

#include <algorithm>

namespace iccsim::engine {

using scenario::CollectiveOperation;
using workload::Communicator;

JobShapes::JobShapes(const platform::Cluster& cluster, Network& network, const workload::Plan& plan,
                     std::vector<platform::CardId> placement, workload::CollectiveCosts costs,
                     scenario::CollectiveAlgorithm algorithm, double pipeline_bytes)
    : cluster_(cluster), network_(network), plan_(plan), placement_(std::move(placement)), costs_(std::move(costs)),
      algorithm_(algorithm), pipeline_bytes_(pipeline_bytes) {}

void JobShapes::release() {
  for (const ShapeId shape : added_) {
    network_.remove(shape);
  }
  added_.clear();
  known_.clear();
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
  Groups cards;
  for (const auto& ranks : plan_.groups(communicator, stage)) {
    if (of_class != all_classes && classes_->class_of(ranks.front()) != of_class) {
      continue;
    }
    std::vector<platform::CardId>& group = cards.emplace_back();
    group.reserve(ranks.size());
    for (const int rank : ranks) {
      group.push_back(placement_[static_cast<std::size_t>(rank)]);
    }
  }
  return cards;
}

PlayShape JobShapes::make(const Groups& groups, CollectiveOperation operation, double bytes) {
  const auto shape =
      workload::choose_collective(cluster_, operation, bytes, groups, costs_, algorithm_, network_.detail());
  if (shape.phases.empty()) {
    return {};
  }
  added_.push_back(network_.add(shape));
  return {added_.back(), false};
}

PlayShape JobShapes::collective(Communicator communicator, int stage, CollectiveOperation operation, double bytes) {
  const Key key{communicator, class_for(communicator), stage, operation, bytes};
  const auto found = known_.find(key);
  if (found != known_.end()) {
    return found->second;
  }
  return known_[key] = make(groups(communicator, stage), operation, bytes);
}

PlayShape JobShapes::pipeline(int from, int to) {
  const auto found = hops_.find({selected_, from, to});
  if (found != hops_.end()) {
    return found->second;
  }
  const bool along = to == (from + 1) % plan_.pipeline();
  Groups pairs = groups(Communicator::pipeline, along ? from : to);
  if (!along) {
    for (auto& pair : pairs) {
      std::reverse(pair.begin(), pair.end());
    }
  }
  return hops_[{selected_, from, to}] = make(pairs, CollectiveOperation::send_recv, pipeline_bytes_);
}

PlayShape JobShapes::tied_embeddings(double bytes) {
  return collective(Communicator::embedding, 0, CollectiveOperation::all_reduce, bytes);
}

} // namespace iccsim::engine
