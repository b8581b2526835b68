#include "iccsim/workload/collective.hpp"

namespace iccsim::workload {

CollectiveCosts library_costs(const scenario::KernelCalibration& calibration) {
  CollectiveCosts costs;
  costs.launch_s = calibration.collective_launch_s;
  costs.scale_up_efficiency = calibration.scale_up_efficiency;
  costs.scale_out_efficiency = calibration.scale_out_efficiency;
  costs.in_network_rate = 0.85;
  costs.protocols = {{0, 0, 0.25}, {0.5e-6, 1.5e-6, 0.7}, {3e-6, 10e-6, 1.0}};
  return costs;
}

} // namespace iccsim::workload
