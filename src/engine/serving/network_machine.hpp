// The machine around a service's replicas: the cluster's network.
#pragma once

#include "engine/job/job.hpp"
#include "engine/serving/cost_model.hpp"
#include "engine/serving/machine.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/platform/cluster.hpp"

#include <map>
#include <memory>
#include <utility>

namespace iccsim::engine::serving {

/// Loads the weights of one replica on these cards; `done` never fires inside the call.
using WeightLoader = std::function<void(const std::vector<platform::CardId>& cards, double bytes, Done done)>;

/// Moves KV between these cards (each its share of `bytes`) and a tier; `done` may be empty.
using KvMover =
    std::function<void(KvTier tier, bool to_tier, const std::vector<platform::CardId>& cards, double bytes, Done done)>;

class NetworkMachine : public Machine {
public:
  struct ReplicaCards {
    std::vector<platform::CardId> cards; ///< in rank order: tensor fastest, then data, then pipeline
    const CostModel* costs = nullptr;
    int tensor = 1, data = 1, pipeline = 1;
  };
  /// All but `replicas` must outlive it. `loader` may be empty, and `mover` where there are no tiers but host memory.
  NetworkMachine(const platform::Cluster& cluster, Clock& clock, Network& network, std::vector<ReplicaCards> replicas,
                 workload::CollectiveCosts costs, WeightLoader loader, KvMover mover = {});
  NetworkMachine(const NetworkMachine&) = delete; // shapes are released once
  NetworkMachine& operator=(const NetworkMachine&) = delete;

  /// Nothing is in flight nor will be: the network may forget the shapes.
  void release();
  /// The network's books get what was carried beside it.
  void book_carried();
  /// Traffic of others may meet that of the replicas.
  void set_neighbours(bool any) { neighbours_ = any; }
  /// Whether anything of the replicas leaves their scale-up domains.
  bool local() const;

  bool shares_fabric(std::uint32_t replica) const override;
  void play(std::uint32_t replica, const workload::IterationCost& cost, double passes, Done done) override;
  void carried(std::uint32_t replica, const std::vector<workload::FabricCall>& calls, double passes) override;
  void hand_over(std::uint32_t from_group, std::uint32_t to_group, double bytes, Done done) override;
  void fetch(KvTier tier, std::uint32_t group, double bytes, Done done) override;
  void keep(KvTier tier, std::uint32_t group, double bytes) override;
  double to_host_s(std::uint32_t group, double bytes) const override;
  bool loads_weights() const override { return static_cast<bool>(loader_); }
  void load_weights(std::uint32_t replica, Done done) override;

private:
  struct Group {
    std::uint32_t replica;
    std::vector<platform::CardId> cards; ///< that hold its KV
  };
  /// Iterations on the network: compute, then each call beside what may hide it.
  struct Playing {
    std::vector<workload::FabricCall> calls;
    double passes = 1;
    std::size_t next = 0;
    int pending = 0;
    Done done;
  };

  ShapeId add(const workload::CollectiveShape& shape);
  ShapeId fabric_shape(std::uint32_t replica, std::size_t shape);
  workload::CollectiveShape to_host_shape(std::uint32_t group) const;
  void next_call(std::uint32_t replica);
  void call_part_done(std::uint32_t replica);
  void find_crossings();

  const platform::Cluster& cluster_;
  Clock& clock_;
  Network& network_;
  std::vector<ReplicaCards> replicas_;
  workload::CollectiveCosts costs_;
  WeightLoader loader_;
  KvMover mover_;
  std::vector<Group> groups_;
  std::vector<Playing> playing_;
  /// A shape of a replica's calls, known to the network when it was first needed.
  struct FabricShape {
    bool known = false;
    ShapeId id = 0;
    double carried_bytes = 0; ///< payload of calls beside the network, not booked yet
  };
  std::vector<std::vector<FabricShape>> fabric_; ///< by replica
  std::map<std::pair<std::uint32_t, std::uint32_t>, ShapeId> pairs_;
  std::vector<ShapeId> shapes_;
  bool neighbours_ = false;
  bool crossing_ = false; ///< replicas' own traffic meets
};

} // namespace iccsim::engine::serving
