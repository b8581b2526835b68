// Schedules with whole backwards that drain the pipeline at each step's end.
#include "workload/schedule_orders.hpp"

#include <algorithm>

namespace iccsim::workload {

namespace {

using Order = std::vector<ScheduledTask>;

/// `warmup` forwards, then one forward and one backward in turn, then the backwards that are left.
Order alternate(const Order& forwards, const Order& backwards, std::size_t warmup) {
  Order order;
  order.reserve(forwards.size() + backwards.size());
  for (std::size_t i = 0; i < forwards.size(); ++i) {
    order.push_back(forwards[i]);
    if (i >= warmup) {
      order.push_back(backwards[i - warmup]);
    }
  }
  order.insert(order.end(), backwards.end() - static_cast<long>(warmup), backwards.end());
  return order;
}

/// Groups of `pipeline` micro-batches go through all chunks before the next group starts (Narayanan et al. SC'21,
/// figure 4). Micro-batches that do not fill a group widen the last one, since a short group would wait for itself.
Order by_groups(Pass pass, int pipeline, int chunks, int microbatches) {
  Order order;
  for (int first = 0; first < microbatches;) {
    const int end = first + 2 * pipeline > microbatches ? microbatches : first + pipeline;
    for (int turn = 0; turn < chunks; ++turn) {
      const int chunk = pass == Pass::forward ? turn : chunks - 1 - turn;
      for (int microbatch = first; microbatch < end; ++microbatch) {
        order.push_back({pass, chunk, microbatch});
      }
    }
    first = end;
  }
  return order;
}

} // namespace

Order gpipe_order(int chunks, int microbatches) {
  Order order;
  for (int chunk = 0; chunk < chunks; ++chunk) {
    for (int microbatch = 0; microbatch < microbatches; ++microbatch) {
      order.push_back({Pass::forward, chunk, microbatch});
    }
  }
  for (int chunk = chunks - 1; chunk >= 0; --chunk) {
    for (int microbatch = 0; microbatch < microbatches; ++microbatch) {
      order.push_back({Pass::backward, chunk, microbatch});
    }
  }
  return order;
}

Order one_f_one_b_order(int stage, int pipeline, int microbatches) {
  const int warmup = std::min(pipeline - stage - 1, microbatches);
  return alternate(by_groups(Pass::forward, microbatches, 1, microbatches),
                   by_groups(Pass::backward, microbatches, 1, microbatches), static_cast<std::size_t>(warmup));
}

Order interleaved_order(int stage, int pipeline, int chunks, int microbatches) {
  // Megatron-LM: twice the distance to the last stage, and all but the last chunk of a group (the widest one).
  const int group = microbatches < pipeline ? pipeline : pipeline + microbatches % pipeline;
  const int warmup = std::min((pipeline - stage - 1) * 2 + (chunks - 1) * group, microbatches * chunks);
  return alternate(by_groups(Pass::forward, pipeline, chunks, microbatches),
                   by_groups(Pass::backward, pipeline, chunks, microbatches), static_cast<std::size_t>(warmup));
}

} // namespace iccsim::workload
