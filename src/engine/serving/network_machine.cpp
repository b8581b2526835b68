#include "engine/serving/network_machine.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace iccsim::engine::serving {

using platform::CardId;

NetworkMachine::NetworkMachine(const platform::Cluster& cluster, Clock& clock, Network& network,
                               std::vector<ReplicaCards> replicas, workload::CollectiveCosts costs, WeightLoader loader,
                               KvMover mover)
    : cluster_(cluster), clock_(clock), network_(network), replicas_(std::move(replicas)), costs_(std::move(costs)),
      loader_(std::move(loader)), mover_(std::move(mover)), playing_(replicas_.size()), fabric_(replicas_.size()) {
  for (std::uint32_t r = 0; r < replicas_.size(); ++r) {
    const ReplicaCards& replica = replicas_[r];
    fabric_[r].resize(replica.costs->fabric_shapes().size());
    for (int g = 0; g < replica.data; ++g) {
      Group group{r, {}};
      for (int stage = 0; stage < replica.pipeline; ++stage) {
        const auto first = replica.cards.begin() + (std::ptrdiff_t{stage} * replica.data + g) * replica.tensor;
        group.cards.insert(group.cards.end(), first, first + replica.tensor);
      }
      groups_.push_back(std::move(group));
    }
  }
  find_crossings();
}

/// Whether two replicas' calls can fill a resource that both use: by the most that each can put through it.
void NetworkMachine::find_crossings() {
  std::unordered_map<platform::ResourceId, std::pair<double, int>> demand; // bytes/s, replicas
  for (const ReplicaCards& replica : replicas_) {
    std::unordered_map<platform::ResourceId, double> peak;
    for (const workload::CollectiveShape& shape : replica.costs->fabric_shapes()) {
      for (const workload::PhaseShape& phase : shape.phases) {
        for (const workload::BundleShape& bundle : phase.bundles) {
          double flow = never_s; // bytes/s of a flow that has the network for itself
          for (const workload::ResourceFlows& use : bundle.resources) {
            flow = std::min(flow, cluster_.capacity(use.resource) / use.flows);
          }
          for (const workload::ResourceFlows& use : bundle.resources) {
            double& most = peak[use.resource];
            most = std::max(most, flow * use.flows);
          }
        }
      }
    }
    for (const auto& [resource, most] : peak) {
      demand[resource].first += most;
      ++demand[resource].second;
    }
  }
  for (const auto& [resource, sum] : demand) {
    constexpr double rounding = 1e-9;
    crossing_ = crossing_ || (sum.second > 1 && sum.first > cluster_.capacity(resource) * (1 + rounding));
  }
}

void NetworkMachine::release() {
  book_carried();
  for (const ShapeId shape : shapes_) {
    network_.remove(shape);
  }
  shapes_.clear();
}

ShapeId NetworkMachine::add(const workload::CollectiveShape& shape) {
  shapes_.push_back(network_.add(shape));
  return shapes_.back();
}

bool NetworkMachine::shares_fabric(std::uint32_t replica) const {
  return !fabric_[replica].empty() && (neighbours_ || crossing_ || !pairs_.empty());
}

ShapeId NetworkMachine::fabric_shape(std::uint32_t replica, std::size_t shape) {
  FabricShape& fabric = fabric_[replica][shape];
  if (!fabric.known) {
    fabric.known = true;
    fabric.id = add(replicas_[replica].costs->fabric_shapes()[shape]);
  }
  return fabric.id;
}

bool NetworkMachine::local() const {
  return std::all_of(fabric_.begin(), fabric_.end(), [](const auto& shapes) { return shapes.empty(); });
}

void NetworkMachine::carried(std::uint32_t replica, const std::vector<workload::FabricCall>& calls, double passes) {
  for (const workload::FabricCall& call : calls) {
    fabric_[replica][call.shape].carried_bytes += call.bytes * call.calls * passes;
  }
}

void NetworkMachine::book_carried() {
  if (!network_.tells_users_apart()) {
    return;
  }
  for (std::uint32_t replica = 0; replica < fabric_.size(); ++replica) {
    for (std::size_t i = 0; i < fabric_[replica].size(); ++i) {
      const double bytes = std::exchange(fabric_[replica][i].carried_bytes, 0);
      if (bytes == 0) {
        continue;
      }
      ShapeUsage usage;
      for (const workload::PhaseShape& phase : replicas_[replica].costs->fabric_shapes()[i].phases) {
        for (const workload::BundleShape& bundle : phase.bundles) {
          if (bundle.bytes_factor > 0 && !bundle.resources.empty()) { // as the network keeps them
            usage.bytes.push_back(bundle.bytes_factor * bytes);
          }
        }
      }
      network_.add_usage({fabric_shape(replica, i)}, usage, 1);
    }
  }
}

void NetworkMachine::play(std::uint32_t replica, const workload::IterationCost& cost, double passes, Done done) {
  Playing& playing = playing_[replica];
  playing.calls = cost.fabric;
  playing.passes = passes;
  playing.next = 0;
  playing.done = std::move(done);
  double alone_s = cost.compute_s + cost.local_comm_s;
  for (const workload::FabricCall& call : cost.fabric) {
    alone_s -= std::min(call.hidden_beneath_s, alone_s); // runs beside the call
  }
  clock_.at(clock_.now() + alone_s * passes, [this, replica] { next_call(replica); });
}

/// A call and the compute that it may run beneath: the longer of the two counts.
void NetworkMachine::next_call(std::uint32_t replica) {
  Playing& playing = playing_[replica];
  if (playing.next == playing.calls.size()) {
    const Done done = std::move(playing.done);
    done();
    return;
  }
  const workload::FabricCall call = playing.calls[playing.next++];
  playing.pending = 2;
  clock_.at(clock_.now() + call.hidden_beneath_s * playing.passes, [this, replica] { call_part_done(replica); });
  network_.start(fabric_shape(replica, call.shape), call.bytes, call.calls * playing.passes,
                 [this, replica] { call_part_done(replica); });
}

void NetworkMachine::call_part_done(std::uint32_t replica) {
  if (--playing_[replica].pending == 0) {
    next_call(replica);
  }
}

/// Heads (or stages) of the one side to where the other keeps them: as many flows as the larger side has cards.
void NetworkMachine::hand_over(std::uint32_t from_group, std::uint32_t to_group, double bytes, Done done) {
  const std::vector<CardId>& from = groups_[from_group].cards;
  const std::vector<CardId>& to = groups_[to_group].cards;
  const std::size_t flows = std::max(from.size(), to.size());
  auto known = pairs_.find({from_group, to_group});
  if (known == pairs_.end()) {
    std::vector<std::vector<CardId>> ways;
    for (std::size_t f = 0; f < flows; ++f) {
      ways.push_back({from[f * from.size() / flows], to[f * to.size() / flows]});
    }
    const auto shape =
        workload::shape_collective(cluster_, scenario::CollectiveOperation::send_recv,
                                   scenario::CollectiveAlgorithm::automatic, ways, costs_, network_.detail());
    known = pairs_.emplace(std::make_pair(from_group, to_group), add(shape)).first;
  }
  network_.start(known->second, bytes / static_cast<double>(flows), 1, std::move(done));
}

workload::CollectiveShape NetworkMachine::to_host_shape(std::uint32_t group) const {
  workload::CollectiveShape shape;
  shape.phases.emplace_back();
  std::map<platform::ResourceId, double> flows;
  platform::Route route;
  for (const CardId card : groups_[group].cards) {
    const platform::NodeId node = cluster_.node_of(card);
    const int local = cluster_.local_index(card);
    int socket = 0;
    for (const scenario::PcieSwitchSpec& pcie : cluster_.node_spec(node).pcie) {
      socket = std::count(pcie.cards.begin(), pcie.cards.end(), local) > 0 ? pcie.socket : socket;
    }
    const platform::Device device{platform::DeviceKind::card, local};
    const platform::Device memory{platform::DeviceKind::host_memory, socket};
    cluster_.local_route(node, device, memory, route);
    for (const platform::ResourceUse& use : route.uses) {
      flows[use.resource] += use.share;
    }
  }
  shape.phases.back().latency_s = route.latency_s;
  workload::BundleShape bundle;
  bundle.bytes_factor = 1.0 / static_cast<double>(groups_[group].cards.size());
  for (const auto& [resource, count] : flows) {
    bundle.resources.push_back({resource, count});
  }
  shape.phases.back().bundles.push_back(std::move(bundle));
  return shape;
}

void NetworkMachine::fetch(KvTier tier, std::uint32_t group, double bytes, Done done) {
  mover_(tier, false, groups_[group].cards, bytes, std::move(done));
}

void NetworkMachine::keep(KvTier tier, std::uint32_t group, double bytes) {
  mover_(tier, true, groups_[group].cards, bytes, {});
}

double NetworkMachine::to_host_s(std::uint32_t group, double bytes) const {
  return workload::lone_seconds(cluster_, to_host_shape(group), bytes);
}

void NetworkMachine::load_weights(std::uint32_t replica, Done done) {
  loader_(replicas_[replica].cards, replicas_[replica].costs->model_bytes(), std::move(done));
}

} // namespace iccsim::engine::serving
