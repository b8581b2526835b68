// A service's replicas on the job's cards, with what their iterations cost.
#pragma once

#include "engine/job/card_health.hpp"
#include "engine/job/job.hpp"
#include "engine/serving/cost_model.hpp"
#include "engine/serving/network_machine.hpp"
#include "engine/serving/service.hpp"
#include "iccsim/scenario/inference.hpp"

#include <memory>
#include <string>
#include <vector>

namespace iccsim::engine::serving {

/// Cards of one replica.
int replica_cards(const scenario::ReplicasSpec& replica);
/// Cards that a service needs: with autoscaling, for the most replicas.
int service_cards(const scenario::InferenceSpec& spec);
/// Why a service can never run on so many cards; empty when it can. `bounded`: the scenario has a horizon.
std::string service_problem(const scenario::InferenceSpec& spec, int cards, bool bounded);
/// Of the replicas, or of prefill and decode.
std::vector<scenario::EngineSpec> engines_of(const scenario::InferenceSpec& spec);
/// The largest run of consecutive cards that should lie in one scale-up domain of `domain` cards.
int replica_block(const scenario::InferenceSpec& spec, int domain);
/// "2 prefill (TP 8) + 4 decode (TP 1 x DP 32, EP 32)".
std::string describe(const scenario::InferenceSpec& spec);

struct ReplicaLayout {
  std::vector<std::unique_ptr<CostModel>> costs;
  std::vector<ReplicaPlan> plans;
  std::vector<NetworkMachine::ReplicaCards> cards;
};

/// A replica's passes are as slow as the slowest of its cards. Throws std::invalid_argument, with a sentence for a
/// user, when the model does not fit.
ReplicaLayout lay_out(const scenario::InferenceSpec& spec, const platform::Cluster& cluster, const CardHealth& health,
                      const Placement& placement, std::uint64_t seed);

} // namespace iccsim::engine::serving
