#include "iccsim/workload/collective.hpp"

namespace iccsim::workload {
namespace {

// What NCCL's protocols add to the wire's own latency, and the rate that they keep, in and between domains.
//
// Inside a domain: fitted to all_reduce, all_gather and reduce_scatter of 2 KiB to 512 MiB on 2, 4 and 8 A100, H100,
// H200, B200 and GB200 (nccl-tests with NCCL 2.27 and 2.29, ai-dynamo/aiconfigurator@095f58a), one set for five chips:
// median error 5%, 6% from 4 MiB on. They land beside NCCL's own tuning table (src/graph/tuning.cc, ring on NVLink:
// Simple 1.8 us more than LL a call and 2.8 us a hop, LL128 7.4 us a call).
// Through NICs: that table's hops (ring on NET: LL 2.7, LL128 4.0, Simple 14.0 us) less the 2.6 us of a NIC and one
// switch; LL reaches a tenth of the NICs (the table's LL limits for two and more nodes), LL128 120 bytes of 128.
constexpr ProtocolCosts ll{0, 0, 0, 0.455, 0.1};
constexpr ProtocolCosts ll128{10e-6, 0, 1.4e-6, 0.75, 120.0 / 128.0};
constexpr ProtocolCosts simple{8.3e-6, 2.7e-6, 11.4e-6, 1, 1};

// Sends and receives have LL and Simple only. Fitted to alltoall of the same data, and to send_recv between two H100
// and two A100 of one node (Vidur's network profiles, Agrawal et al. 2024).
constexpr ProtocolCosts exchange_ll{0, 0, 0, 0.1, 0.1};
constexpr ProtocolCosts exchange_simple{4e-6, 2.7e-6, 11.4e-6, 1, 1};

// Same data: bus bandwidth of 2, 4 and 8 cards at 512 MiB is one rate if each card also moves half of its own part.
constexpr double local_work = 0.5;

// Same data: 8 H100 at 512 MiB move (n+1)/n of the payload at 0.80 of the ring's rate, 8 B200 at 0.76 (NCCL's table
// says 0.85 and 0.74); from 16 MiB on they take about 35 us more than Simple's start.
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
  costs.exchange_protocols = {exchange_ll, exchange_simple};
  return costs;
}

} // namespace iccsim::workload
