#include "workload/schedule_orders.hpp"

#include <algorithm>

namespace iccsim::workload {

// Qi et al. 2023 (arXiv 2401.10241), ZB-H1: 1F1B in which stage s keeps s weight gradients back. Input gradients thus
// reach the earlier stages sooner, and the kept ones fill the tail. Every stage holds `pipeline` micro-batches, as the
// first one does under 1F1B.
std::vector<ScheduledTask> zb_h1_order(int stage, int pipeline, int microbatches) {
  const int warmup = std::min(pipeline - stage - 1, microbatches);
  std::vector<ScheduledTask> order;
  order.reserve(static_cast<std::size_t>(3 * microbatches));
  for (int i = 0; i < warmup; ++i) {
    order.push_back({Pass::forward, 0, i});
  }
  for (int i = 0; i < microbatches; ++i) {
    if (i + warmup < microbatches) {
      order.push_back({Pass::forward, 0, i + warmup});
    }
    order.push_back({Pass::backward_input, 0, i});
    if (i >= stage) {
      order.push_back({Pass::backward_weight, 0, i - stage});
    }
  }
  for (int i = std::max(0, microbatches - stage); i < microbatches; ++i) {
    order.push_back({Pass::backward_weight, 0, i});
  }
  return order;
}

} // namespace iccsim::workload
