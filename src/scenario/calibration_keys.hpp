// How well a stack's kernels run on one chip, as a software file says it.
#pragma once

#include "iccsim/scenario/software.hpp"
#include "scenario/reading.hpp"

namespace iccsim::scenario {

void read_calibration(const Value& value, Reading& reading, KernelCalibration& calibration);

} // namespace iccsim::scenario
