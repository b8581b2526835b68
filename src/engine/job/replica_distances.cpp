#include "engine/job/replica_distances.hpp"

#include "engine/job/replica_classes.hpp"
#include "iccsim/platform/resource_reader.hpp"
#include "iccsim/platform/route_memo.hpp"

#include <algorithm>
#include <cmath>
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
      : cluster_(cluster), routes_(cluster), resources_(cluster), placement_(placement),
        load_(cluster.resource_count()), hashes_(hashes()) {}

  /// Calls `tell(group, way)` for each of the groups.
  template <typename Tell> void ways(const workload::RankGroups& groups, Tell tell) {
    groups_ = groups;
    used_.clear();
    seen_.clear();
    for (int g = 0; g < groups_.count; ++g) {
      if (!in_one_domain(g)) {
        walk(g);
      }
    }
    find_pace();
    std::size_t begin = 0;
    for (const Seen& seen : seen_) {
      Way way{seen.latency_s, 0};
      for (std::size_t i = begin; i < seen.end && !hashes_; ++i) { // else flows choose links as they come
        way.pace_s = std::max(way.pace_s, load_[used_[i]]);
      }
      begin = seen.end;
      tell(seen.group, way);
    }
    for (const platform::ResourceId resource : used_) {
      load_[resource] = 0;
    }
  }

private:
  /// Around a group; its part of used_ begins where that of the one before ends.
  struct Seen {
    int group;
    double latency_s;
    std::size_t end;
  };

  platform::CardId card(int group, int i) const { return placement_[static_cast<std::size_t>(groups_.rank(group, i))]; }

  /// Whether ways depend on the number of the flow.
  bool hashes() {
    const auto same = [](const platform::ResourceUse& a, const platform::ResourceUse& b) {
      return a.resource == b.resource;
    };
    platform::Route first;
    platform::Route other;
    cluster_.route(placement_.front(), placement_.back(), platform::Transport::fastest, 0, first);
    for (std::uint64_t flow = 1; flow < 8; ++flow) {
      cluster_.route(placement_.front(), placement_.back(), platform::Transport::fastest, flow, other);
      if (!std::equal(first.uses.begin(), first.uses.end(), other.uses.begin(), other.uses.end(), same)) {
        return true;
      }
    }
    return false;
  }

  /// Ways inside a domain are all alike.
  bool in_one_domain(int group) {
    const platform::CardId first = card(group, 0);
    if (first - node_first_ >= node_cards_) {
      const platform::NodeId node = cluster_.node_of(first);
      const auto cards = static_cast<platform::CardId>(cluster_.node_spec(node).cards);
      node_first_ = cluster_.first_card(node);
      node_cards_ = cards;
      if (cluster_.scale_up_domain(node_first_) != cluster_.scale_up_domain(node_first_ + cards - 1)) {
        node_first_ = first; // every card by itself
        node_cards_ = 1;
      }
    }
    int same = 1;
    while (same < groups_.size && card(group, same) - node_first_ < node_cards_) {
      ++same;
    }
    if (same == groups_.size) {
      return true;
    }
    const std::uint32_t domain = cluster_.scale_up_domain(first);
    for (int i = same; i < groups_.size; ++i) {
      if (cluster_.scale_up_domain(card(group, i)) != domain) {
        return false;
      }
    }
    return true;
  }

  /// From each rank to the next, around the group; of a pair there and not back.
  void walk(int group) {
    Seen seen{group, 0, 0};
    const int sends = groups_.size > 2 ? groups_.size : 1;
    for (int i = 0; i < sends; ++i) {
      const platform::SplitRoute& route = routes_.find(card(group, i), card(group, (i + 1) % groups_.size), 0);
      seen.latency_s += route.latency_s;
      load(route.at_from, route.from_base);
      load(route.at_to, route.to_base);
      load(route.beyond, 0);
    }
    seen.end = used_.size();
    seen_.push_back(seen);
  }

  void load(const platform::SplitRoute::Span& uses, platform::ResourceId base) {
    for (const platform::ResourceUse& use : uses) {
      load_[base + use.resource] += use.share;
      used_.push_back(base + use.resource);
    }
  }

  /// Loads become seconds a byte; those that are, are negative meanwhile.
  void find_pace() {
    for (const platform::ResourceId resource : used_) {
      double& load = load_[resource];
      load = load > 0 ? -load / resources_.read(resource).capacity : load;
    }
    for (const platform::ResourceId resource : used_) {
      load_[resource] = std::abs(load_[resource]);
    }
  }

  const platform::Cluster& cluster_;
  platform::RouteMemo routes_;
  platform::ResourceReader resources_;
  const Placement& placement_;
  workload::RankGroups groups_;
  std::vector<double> load_;               ///< flows, by resource; then seconds a byte of each
  std::vector<platform::ResourceId> used_; ///< by the groups, one after another
  std::vector<Seen> seen_;                 ///< groups that leave their domain
  platform::CardId node_first_ = 0;        ///< of the node looked at last: its cards share a domain
  platform::CardId node_cards_ = 0;
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
      survey.ways(groups, [&](int group, const Way& way) {
        const int replica = groups.rank(group, 0) % plan.stage_ranks() / replica_ranks;
        ways[static_cast<std::size_t>(replica)].back()[static_cast<std::size_t>(stage)].take_longer(way);
      });
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
