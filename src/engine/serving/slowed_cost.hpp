// What iterations cost where the slowest card of a replica is slow: all the others wait for it, kernel by kernel.
#pragma once

#include "engine/serving/cost_model.hpp"

namespace iccsim::engine::serving {

/// Compute takes `slowdown` times as long, host work of the iteration too; communication takes what it takes, and finds
/// as much compute to hide beneath as on healthy cards.
class SlowedCost : public CostModel {
public:
  /// `healthy` must outlive it.
  SlowedCost(const CostModel& healthy, double slowdown) : healthy_(healthy), slowdown_(slowdown) {}

  workload::IterationCost iteration(const std::vector<workload::IterationLoad>& groups) const override {
    return slowed(healthy_.iteration(groups));
  }
  workload::DecodeCost decode(const std::vector<double>& sequences) const override {
    workload::DecodeCost cost = healthy_.decode(sequences);
    const double comm_s = cost.base.local_comm_s + cost.base.idle_fabric_s;
    // A floor is compute that fills up what the device leaves: iteration() has it in compute_s.
    cost.floor_s = cost.floor_s > comm_s ? comm_s + slowdown_ * (cost.floor_s - comm_s) : cost.floor_s;
    cost.base = slowed(std::move(cost.base));
    cost.per_context_s *= slowdown_;
    return cost;
  }
  const std::vector<workload::CollectiveShape>& fabric_shapes() const override { return healthy_.fabric_shapes(); }
  double model_bytes() const override { return healthy_.model_bytes(); }
  double kv_bytes_per_token() const override { return healthy_.kv_bytes_per_token(); }
  double kv_blocks() const override { return healthy_.kv_blocks(); }
  scenario::Evidence evidence() const override { return healthy_.evidence(); }

private:
  workload::IterationCost slowed(workload::IterationCost cost) const {
    cost.compute_s *= slowdown_;
    return cost;
  }

  const CostModel& healthy_;
  double slowdown_;
};

} // namespace iccsim::engine::serving
