// The collectives of a placed job, as shapes known to the network.
#pragma once

#include "engine/job/replica_classes.hpp"
#include "engine/job/shape_source.hpp"
#include "iccsim/platform/cluster.hpp"

#include <map>
#include <tuple>
#include <vector>

namespace iccsim::engine {

/// Calls between replicas are of all of them; the others of the classes of replicas that are being compiled.
class JobShapes : public ShapeSource {
public:
  using Groups = std::vector<std::vector<platform::CardId>>;

  /// Rank r runs on placement[r].
  JobShapes(const platform::Cluster& cluster, Network& network, const workload::Plan& plan,
            std::vector<platform::CardId> placement, workload::CollectiveCosts costs,
            scenario::CollectiveAlgorithm algorithm, double pipeline_bytes);
  JobShapes(const JobShapes&) = delete; // shapes are released once
  JobShapes& operator=(const JobShapes&) = delete;

  PlayShape collective(workload::Communicator communicator, int stage, scenario::CollectiveOperation operation,
                       double bytes) override;
  PlayShape pipeline(int from, int to) override;
  PlayShape tied_embeddings(double bytes) override;
  /// From now on calls inside replicas are those of class `which` of `classes` (which must outlive the compilation).
  void select(const ReplicaClasses& classes, int which);
  /// Nothing of the job is in flight, nor will be: the network may forget its shapes.
  void release();
  /// All that the network knows of the job.
  const std::vector<ShapeId>& added() const { return added_; }

private:
  static constexpr int all_classes = -1;
  /// Communicator, class of replicas, stage, operation.
  using Key = std::tuple<workload::Communicator, int, int, scenario::CollectiveOperation>;
  struct Drafted {
    Key key;
    workload::CollectiveWays ways;
  };

  int class_for(workload::Communicator communicator) const;
  Groups groups(workload::Communicator communicator, int stage) const;
  const workload::CollectiveWays& ways(const Key& key);
  scenario::CollectiveOperation shaped_as(scenario::CollectiveOperation operation, workload::Communicator communicator,
                                          int stage) const;
  PlayShape add(const workload::CollectiveShape& shape);

  const platform::Cluster& cluster_;
  Network& network_;
  const workload::Plan& plan_;
  std::vector<platform::CardId> placement_;
  workload::CollectiveDrafter drafter_;
  scenario::CollectiveAlgorithm algorithm_;
  double pipeline_bytes_;
  std::map<std::pair<Key, double>, PlayShape> calls_;      ///< by bytes
  std::map<std::pair<Key, std::size_t>, PlayShape> known_; ///< by way
  std::vector<Drafted> drafted_;                           ///< a few of the last
  std::map<std::tuple<int, int, int>, PlayShape> hops_;
  const ReplicaClasses* classes_ = nullptr;
  int selected_ = all_classes;
  std::vector<ShapeId> added_;
};

} // namespace iccsim::engine
