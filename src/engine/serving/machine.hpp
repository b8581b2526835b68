// What a service asks of the machine around its replicas: traffic that meets others, and weights from storage.
#pragma once

#include "engine/serving/kv_tiers.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/workload/serving_cost.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine::serving {

/// Replicas by their index, attention groups by their index among all of the service. `done` never fires inside the
/// call that takes it.
class Machine {
public:
  virtual ~Machine() = default;
  /// Whether iterations of the replica may meet traffic of others, so that the network must say how long they take.
  virtual bool shares_fabric(std::uint32_t replica) const = 0;
  /// `passes` iterations of `cost` each.
  virtual void play(std::uint32_t replica, const workload::IterationCost& cost, double passes, Done done) = 0;
  /// Calls that `passes` iterations made without the network, since nothing can have met them.
  virtual void carried(std::uint32_t replica, const std::vector<workload::FabricCall>& calls, double passes) = 0;
  /// KV from the cards of one group to those of another.
  virtual void hand_over(std::uint32_t from_group, std::uint32_t to_group, double bytes, Done done) = 0;
  /// KV from host memory, drives or a store to the cards of a group.
  virtual void fetch(KvTier tier, std::uint32_t group, double bytes, Done done) = 0;
  /// KV on its way to a tier; nobody waits for it.
  virtual void keep(KvTier tier, std::uint32_t group, double bytes) = 0;
  /// Seconds of the way to host memory, alone.
  virtual double to_host_s(std::uint32_t group, double bytes) const = 0;
  /// Weights come from storage; false: they are in memory at the start.
  virtual bool loads_weights() const = 0;
  virtual void load_weights(std::uint32_t replica, Done done) = 0;
};

} // namespace iccsim::engine::serving
