// The collectives of a placed job, as shapes known to the network.
#pragma once

#include "engine/job/shape_source.hpp"
#include "iccsim/platform/cluster.hpp"

#include <map>
#include <tuple>
#include <vector>

namespace iccsim::engine {

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
  /// Nothing of the job is in flight, nor will be: the network may forget its shapes.
  void release();

private:
  using Key = std::tuple<workload::Communicator, int, scenario::CollectiveOperation, double>;

  Groups groups(workload::Communicator communicator, int stage) const;
  PlayShape make(const Groups& groups, scenario::CollectiveOperation operation, double bytes);

  const platform::Cluster& cluster_;
  Network& network_;
  const workload::Plan& plan_;
  std::vector<platform::CardId> placement_;
  workload::CollectiveCosts costs_;
  scenario::CollectiveAlgorithm algorithm_;
  double pipeline_bytes_;
  std::map<Key, PlayShape> known_;
  std::map<std::pair<int, int>, PlayShape> hops_;
  std::vector<ShapeId> added_;
};

} // namespace iccsim::engine
