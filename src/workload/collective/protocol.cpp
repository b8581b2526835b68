#include "workload/collective/protocol.hpp"

#include "iccsim/platform/resource_reader.hpp"
#include "workload/collective/tier.hpp"

namespace iccsim::workload {
namespace {

double start_s(const CollectiveDraft& draft, const ProtocolCosts& protocol, const CollectiveCosts& costs) {
  return costs.launch_s + protocol.start_s + (draft.streams_only ? costs.in_network_start_s : 0);
}

double hops_s(const Hops& hops, const ProtocolCosts& protocol) {
  return hops.wire_s + hops.scale_up * protocol.scale_up_step_s + hops.scale_out * protocol.scale_out_step_s;
}

double rate_of(platform::ResourceKind kind, const ProtocolCosts& protocol) {
  return is_scale_up(kind) ? protocol.scale_up_rate : protocol.scale_out_rate;
}

void apply_rates(platform::ResourceReader& resources, const ProtocolCosts& protocol, BundleShape& bundle) {
  bundle.resources.divide(
      [&](platform::ResourceId resource) { return rate_of(resources.read(resource).kind, protocol); });
  if (!bundle.each)
    return;
  auto each = std::make_shared<FlowList>(*bundle.each);
  for (FlowUse& use : each->uses)
    use.weight /= rate_of(resources.read(use.resource).kind, protocol);
  bundle.each = std::move(each);
}

} // namespace

std::vector<ProtocolCosts> protocols_of(const CollectiveDraft& draft, const CollectiveCosts& costs) {
  auto protocols = draft.exchanges ? costs.exchange_protocols : costs.protocols;
  if (protocols.empty())
    protocols.emplace_back();
  if (draft.streams_only) {
    protocols.erase(protocols.begin(), protocols.end() - 1);
    protocols.back().scale_up_rate *= costs.in_network_rate;
  }
  return protocols;
}

double latency_s(const CollectiveDraft& draft, const ProtocolCosts& protocol, const CollectiveCosts& costs) {
  double seconds = start_s(draft, protocol, costs);
  for (const PhaseDraft& phase : draft.phases)
    seconds += hops_s(phase.hops, protocol);
  return seconds;
}

CollectiveShape apply_protocol(const platform::Cluster& cluster, const CollectiveDraft& draft,
                               const ProtocolCosts& protocol, const CollectiveCosts& costs, double group_size) {
  CollectiveShape shape;
  shape.algorithm = draft.algorithm;
  shape.group_size = group_size;
  platform::ResourceReader resources(cluster);
  double start = start_s(draft, protocol, costs);
  for (const PhaseDraft& phase : draft.phases) {
    PhaseShape priced{start + hops_s(phase.hops, protocol), {}};
    start = 0;
    for (const BundleShape& bundle : phase.bundles) {
      if (bundle.resources.empty())
        continue;
      priced.bundles.push_back(bundle);
      apply_rates(resources, protocol, priced.bundles.back());
    }
    shape.phases.push_back(std::move(priced));
  }
  return shape;
}

} // namespace iccsim::workload
