// One function a family of schedules; arguments as stage_schedule's.
#pragma once

#include "iccsim/workload/schedule.hpp"

namespace iccsim::workload {

std::vector<ScheduledTask> gpipe_order(int chunks, int microbatches);
std::vector<ScheduledTask> one_f_one_b_order(int stage, int pipeline, int microbatches);
std::vector<ScheduledTask> interleaved_order(int stage, int pipeline, int chunks, int microbatches);
std::vector<ScheduledTask> zb_h1_order(int stage, int pipeline, int microbatches);
std::vector<ScheduledTask> dualpipe_order(int stage, int pipeline, int microbatches);

} // namespace iccsim::workload
