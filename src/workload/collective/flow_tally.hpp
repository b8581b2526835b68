// Counts the flows of a bundle on every resource that they cross.
#pragma once

#include "iccsim/platform/resource_reader.hpp"
#include "iccsim/platform/route_memo.hpp"
#include "workload/collective/draft.hpp"
#include "workload/collective/marked.hpp"

#include <vector>

namespace iccsim::workload {

/// One dense counter a resource, emptied bundle by bundle: linear in the flows, whatever their number. Made once for
/// many collectives, since the counters are as many as the cluster has resources. What it gives is short: nodes with
/// equal counters, one after another, are one run.
class FlowTally {
public:
  FlowTally(const platform::Cluster& cluster, const CollectiveCosts& costs,
            BundleDetail detail = BundleDetail::resources);

  /// `flows` flows from card to card by the fastest way; returns what one hop costs. A card that sends to itself costs
  /// nothing.
  Hops send(platform::CardId from, platform::CardId to, double flows = 1);
  /// What one hop costs, nothing sent.
  Hops hop(platform::CardId from, platform::CardId to) { return send(from, to, 0); }
  /// What was sent since the last call, as one bundle; flows carry `bytes_factor` x payload each.
  BundleShape take(double bytes_factor);
  /// The next collective: where the fabric hashes, its flows are numbered from the start.
  void restart() { next_flow_ = 0; }

  double local_work() const { return local_work_; } ///< CollectiveCosts::local_work

private:
  class NodeRuns;

  double weight(platform::ResourceId resource);
  platform::NodeId node_of(platform::ResourceId resource) const;
  void count_in_node(const platform::SplitRoute::Span& uses, platform::NodeId node, platform::ResourceId base,
                     double flows);
  void record(const platform::SplitRoute& route, double flows);
  void record(const platform::SplitRoute::Span& uses, platform::ResourceId base);

  platform::RouteMemo routes_;
  platform::ResourceReader resources_;
  double scale_up_weight_;
  double scale_out_weight_;
  double local_work_;
  std::vector<platform::NodeResources> nodes_; ///< pool by pool
  platform::ResourceId beyond_;                ///< first resource of no node
  std::vector<double> flows_;                  ///< by resource, not yet weighted
  Marked touched_nodes_;
  Marked touched_beyond_;
  std::shared_ptr<FlowList> each_; ///< of the bundle so far; null: not wanted
  std::uint64_t next_flow_ = 0;    ///< picks the path where the fabric hashes
};

} // namespace iccsim::workload
