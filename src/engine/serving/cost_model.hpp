// What the engine asks about costs; so that it can be tested with costs that have a closed form.
#pragma once

#include "iccsim/workload/serving_cost.hpp"

#include <optional>
#include <vector>

namespace iccsim::engine::serving {

class CostModel {
public:
  virtual ~CostModel() = default;
  virtual workload::IterationCost iteration(const std::vector<workload::IterationLoad>& groups) const = 0;
  virtual workload::DecodeCost decode(const std::vector<double>& sequences) const = 0;
  virtual const std::vector<workload::CollectiveShape>& fabric_shapes() const = 0;
  virtual double model_bytes() const = 0;
  virtual double kv_bytes_per_token() const = 0; ///< over all cards of an attention group
  virtual double kv_blocks() const = 0;          ///< of an attention group
  virtual scenario::Evidence evidence() const = 0;
};

/// The model's own operations on the replica's cards.
class ComputedCost : public CostModel {
public:
  explicit ComputedCost(workload::ServingCost cost) : cost_(std::move(cost)) {}
  workload::IterationCost iteration(const std::vector<workload::IterationLoad>& groups) const override {
    return cost_.iteration(groups);
  }
  workload::DecodeCost decode(const std::vector<double>& sequences) const override {
    if (sequences.size() != 1) {
      return cost_.decode(sequences);
    }
    const auto count = static_cast<std::size_t>(sequences.front());
    if (count >= decodes_.size()) {
      decodes_.resize(count + 1);
    }
    if (!decodes_[count]) {
      decodes_[count] = cost_.decode(sequences);
    }
    return *decodes_[count];
  }
  const std::vector<workload::CollectiveShape>& fabric_shapes() const override { return cost_.fabric_shapes(); }
  double model_bytes() const override { return cost_.model_bytes(); }
  double kv_bytes_per_token() const override { return cost_.kv_bytes_per_token(); }
  double kv_blocks() const override { return cost_.kv_blocks(); }
  scenario::Evidence evidence() const override { return cost_.evidence(); }

private:
  workload::ServingCost cost_;
  mutable std::vector<std::optional<workload::DecodeCost>>
      decodes_; ///< of one group, by its sequences: asked for often
};

} // namespace iccsim::engine::serving
