// From a draft to a shape: the library's protocol prices the hops and takes its share of the rate.
#pragma once

#include "workload/collective/draft.hpp"

namespace iccsim::workload {

/// The protocols that `draft` can use under `costs`, the bulk one last; never empty.
std::vector<ProtocolCosts> protocols_of(const CollectiveDraft& draft, const CollectiveCosts& costs);

/// The first phase pays the launch.
CollectiveShape apply_protocol(const platform::Cluster& cluster, const CollectiveDraft& draft,
                               const ProtocolCosts& protocol, const CollectiveCosts& costs, double group_size);

/// What apply_protocol's latencies sum to, without building the shape.
double latency_s(const CollectiveDraft& draft, const ProtocolCosts& protocol, const CollectiveCosts& costs);

} // namespace iccsim::workload
