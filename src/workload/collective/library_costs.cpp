#include "iccsim/workload/collective.hpp"

namespace iccsim::workload {
namespace {

// What NCCL's protocols add to the wire's own latency at each hop, and the rate that they keep.
//
// Inside a domain: fitted to all_reduce, all_gather and reduce_scatter of 2 KiB to 512 MiB on 2, 4 and 8 A100, H100,
// H200, B200 and GB200 (nccl-tests, NCCL 2.27 and 2.29; ai-dynamo/aiconfigurator@095f58a), five chips at once: median
// error 5%, 7% from 4 MiB on. LL and LL128 are one there.
// Through NICs: NCCL's tuning table (src/graph/tuning.cc, ring on NET: LL 2.7, LL128 4.0, Simple 14.0 us) less the 2.6
// us of a NIC and one switch; LL reaches a tenth of the NICs (its LL limits for two and more nodes), LL128 120/128.
constexpr ProtocolCosts ll{0, 0, 0.25, 0.1};
constexpr ProtocolCosts ll128{0.1e-6, 1.4e-6, 0.47, 120.0 / 128.0};
constexpr ProtocolCosts simple{6e-6, 11.4e-6, 1, 1};

// Same data: bus bandwidth of 2, 4 and 8 cards at 512 MiB is one rate if each card also moves half of its own part.
constexpr double local_work = 0.5;

// Same data: 8 H100 at 512 MiB move (n+1)/n of the payload at 0.80 of the ring's rate, 8 B200 at 0.76 (NCCL's own
// table says 0.85 and 0.74); from 16 MiB on they take about 35 us more than the hops.
constexpr double in_network_rate = 0.8;
constexpr double in_network_start_s = 35e-6;

} // namespace

CollectiveCosts library_costs(const scenario::KernelCalibration& calibration) {
  CollectiveCosts costs;
  costs.launch_s = calibration.collective_launch_s;
  costs.scale_up_efficiency = calibration.scale_up_efficiency;
  costs.scale_out_efficiency = calibration.scale_out_efficiency;
  costs.in_network_rate = in_network_rate;
  costs.in_network_start_s = in_network_start_s;
  costs.local_work = local_work;
  costs.protocols = {ll, ll128, simple};
  return costs;
}

} // namespace iccsim::workload
