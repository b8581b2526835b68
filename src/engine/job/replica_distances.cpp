#include "engine/job/replica_distances.hpp"

#include "engine/job/replica_classes.hpp"
#include "iccsim/platform/resource_reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace iccsim::engine {
namespace {

using workload::Communicator;

/// Around one group, or the worst of several.
struct Way {
  double latency_s = 0;
  double pace_s = 0; ///< per byte of a flow, on its most loaded link

  void take_longer(const Way& other) {
    latency_s = std::max(latency_s, other.latency_s);
    pace_s = std::max(pace_s, other.pace_s);
  }
};

/// By communicator, then by stage. Compared in single precision, so that rounding of sums does not tell apart.
using Ways = std::vector<std::vector<Way>>;
using Signature = std::vector<std::pair<float, float>>;

Signature signature_of(const Ways& ways) {
  Signature signature;
  for (const auto& stages : ways) {
    for (const Way& way : stages) {
      signature.emplace_back(static_cast<float>(way.latency_s), static_cast<float>(way.pace_s));
    }
  }
  return signature;
}

/// One way instead of several that are taken one after another.
Way in_sequence(const std::vector<Way>& ways) {
  Way all;
  for (const Way& way : ways) {
    all.latency_s += way.latency_s;
    all.pace_s = std::max(all.pace_s, way.pace_s);
  }
  return all;
}

Ways fold_stages(const Ways& ways) {
  Ways folded;
  for (const auto& stages : ways) {
    folded.push_back({in_sequence(stages)});
  }
  return folded;
}

Ways fold_all(const Ways& ways) {
  std::vector<Way> each;
  for (const auto& stages : ways) {
    each.push_back(in_sequence(stages));
  }
  return {{in_sequence(each)}};
}

/// All calls of one communicator on one stage at once.
class Survey {
public:
  Survey(const platform::Cluster& cluster, const Placement& placement)
      : cluster_(cluster), resources_(cluster), placement_(placement), load_(cluster.resource_count()),
        hashes_(hashes()) {}

  void begin(const workload::RankGroups& groups) {
    groups_ = groups;
    for (const platform::ResourceId resource : used_) {
      load_[resource] = 0;
    }
    used_.clear();
    seen_.clear();
    for (int g = 0; g < groups_.count; ++g) {
      seen_.push_back({0, used_.size(), used_.size()});
      if (!in_one_domain(g)) {
        walk(g, seen_.back());
      }
    }
  }

  Way way(int group) {
    const Seen& seen = seen_[static_cast<std::size_t>(group)];
    Way way{seen.latency_s, 0};
    for (std::size_t i = seen.begin; i < seen.end && !hashes_; ++i) { // else flows choose links as they come
      way.pace_s = std::max(way.pace_s, load_[used_[i]] / resources_.read(used_[i]).capacity);
    }
    return way;
  }

private:
  /// Around a group; `begin` and `end` in used_.
  struct Seen {
    double latency_s;
    std::size_t begin;
    std::size_t end;
  };

  platform::CardId card(int group, int i) const { return placement_[static_cast<std::size_t>(groups_.rank(group, i))]; }

  /// Whether ways depend on the number of the flow.
  bool hashes() {
    const auto same = [](const platform::ResourceUse& a, const platform::ResourceUse& b) {
      return a.resource == b.resource;
    };
    platform::Route other;
    cluster_.route(placement_.front(), placement_.back(), platform::Transport::fastest, 0, route_);
    for (std::uint64_t flow = 1; flow < 8; ++flow) {
      cluster_.route(placement_.front(), placement_.back(), platform::Transport::fastest, flow, other);
      if (!std::equal(route_.uses.begin(), route_.uses.end(), other.uses.begin(), other.uses.end(), same)) {
        return true;
      }
    }
    return false;
  }

  /// Ways inside a domain are all alike.
  bool in_one_domain(int group) const {
    const std::uint32_t domain = cluster_.scale_up_domain(card(group, 0));
    for (int i = 1; i < groups_.size; ++i) {
      if (cluster_.scale_up_domain(card(group, i)) != domain) {
        return false;
      }
    }
    return true;
  }

  /// From each rank to the next, around the group; of a pair there and not back.
  void walk(int group, Seen& seen) {
    const int sends = groups_.size > 2 ? groups_.size : 1;
    for (int i = 0; i < sends; ++i) {
      cluster_.route(card(group, i), card(group, (i + 1) % groups_.size), platform::Transport::fastest, 0, route_);
      seen.latency_s += route_.latency_s;
      for (const platform::ResourceUse& use : route_.uses) {
        load_[use.resource] += use.share;
        used_.push_back(use.resource);
      }
    }
    seen.end = used_.size();
  }

  const platform::Cluster& cluster_;
  platform::ResourceReader resources_;
  const Placement& placement_;
  workload::RankGroups groups_;
  std::vector<double> load_;               ///< flows, by resource
  std::vector<platform::ResourceId> used_; ///< by the groups, one after another
  std::vector<Seen> seen_;                 ///< by group
  platform::Route route_;
  bool hashes_;
};

bool in_one_leaf(const platform::Cluster& cluster, const Placement& placement) {
  const std::uint32_t leaf = cluster.leaf_group(cluster.node_of(placement.front()));
  return std::all_of(placement.begin(), placement.end(),
                     [&](platform::CardId card) { return cluster.leaf_group(cluster.node_of(card)) == leaf; });
}

std::vector<Ways> ways_of_replicas(const platform::Cluster& cluster, const workload::Plan& plan,
                                   const Placement& placement) {
  const int replica_ranks = ReplicaClasses::replica_ranks(plan);
  std::vector<Ways> ways(static_cast<std::size_t>((plan.stage_ranks() + replica_ranks - 1) / replica_ranks));
  Survey survey(cluster, placement);
  for (const Communicator communicator : {Communicator::tensor, Communicator::context, Communicator::expert_tensor,
                                          Communicator::expert, Communicator::pipeline}) {
    if (plan.rank_groups(communicator, 0).size < 2 || (communicator == Communicator::pipeline && plan.pipeline() < 2)) {
      continue;
    }
    for (Ways& replica : ways) {
      replica.emplace_back(static_cast<std::size_t>(plan.pipeline()));
    }
    // Only virtual stages send from the last stage to the first.
    const bool open = communicator == Communicator::pipeline && plan.chunks() == 1;
    for (int stage = 0; stage < plan.pipeline() - (open ? 1 : 0); ++stage) {
      const workload::RankGroups groups = plan.rank_groups(communicator, stage);
      survey.begin(groups);
      for (int g = 0; g < groups.count; ++g) {
        const int replica = groups.rank(g, 0) % plan.stage_ranks() / replica_ranks;
        ways[static_cast<std::size_t>(replica)].back()[static_cast<std::size_t>(stage)].take_longer(survey.way(g));
      }
    }
  }
  return ways;
}

} // namespace

ReplicaDistances::ReplicaDistances(const platform::Cluster& cluster, const workload::Plan& plan,
                                   const Placement& placement, std::size_t most) {
  const int replica_ranks = ReplicaClasses::replica_ranks(plan);
  numbers_.assign(static_cast<std::size_t>((plan.stage_ranks() + replica_ranks - 1) / replica_ranks), 0);
  if (numbers_.size() < 2 || in_one_leaf(cluster, placement)) {
    return;
  }
  std::vector<Ways> ways = ways_of_replicas(cluster, plan, placement);
  for (const auto fold : {+[](const Ways& whole) { return whole; }, &fold_stages, &fold_all}) {
    std::map<Signature, int> known;
    for (std::size_t replica = 0; replica < ways.size(); ++replica) {
      const Signature signature = signature_of(fold(ways[replica]));
      numbers_[replica] = known.emplace(signature, static_cast<int>(known.size())).first->second;
    }
    kinds_ = known.size();
    if (kinds_ <= most) {
      return;
    }
  }
  numbers_.assign(numbers_.size(), 0);
  kinds_ = 1;
}

} // namespace iccsim::engine
