#include "iccsim/workload/schedule.hpp"

#include "workload/schedule_orders.hpp"

#include <algorithm>

namespace iccsim::workload {

using scenario::Schedule;

std::vector<ScheduledTask> stage_schedule(Schedule schedule, int stage, int pipeline, int chunks, int microbatches) {
  switch (schedule) {
  case Schedule::gpipe:
    return gpipe_order(chunks, microbatches);
  case Schedule::one_f_one_b:
  case Schedule::interleaved:
    return chunks > 1 ? interleaved_order(stage, pipeline, chunks, microbatches)
                      : one_f_one_b_order(stage, pipeline, microbatches);
  case Schedule::zb_h1:
    return zb_h1_order(stage, pipeline, microbatches);
  case Schedule::dualpipe:
    return dualpipe_order(stage, pipeline, microbatches);
  }
  return {};
}

double peak_kept_bytes(const std::vector<ScheduledTask>& order, const std::vector<double>& bytes_by_chunk) {
  double kept = 0;
  double peak = 0;
  for (const ScheduledTask& task : order) {
    const double bytes = bytes_by_chunk[static_cast<std::size_t>(task.chunk)];
    if (task.pass == Pass::forward) {
      kept += bytes;
      peak = std::max(peak, kept);
    } else if (task.pass != Pass::backward_input) {
      kept -= bytes;
    }
  }
  return peak;
}

int peak_in_flight(Schedule schedule, int stage, int pipeline, int chunks, int microbatches) {
  const int kept = schedule == Schedule::dualpipe ? 2 : chunks;
  return static_cast<int>(peak_kept_bytes(stage_schedule(schedule, stage, pipeline, chunks, microbatches),
                                          std::vector<double>(static_cast<std::size_t>(kept), 1.0)));
}

} // namespace iccsim::workload
