// DualPipe (DeepSeek-V3, arXiv 2412.19437, section 3.2.1 and figure 5): micro-batches enter at both ends of the
// pipeline, so each rank holds the layers of two stages, and the forward of one direction runs beside the backward of
// the other. Seen from a rank, `near` is the direction whose entrance is nearer to it; the ranks of the second half
// mirror those of the first.
#include "workload/schedule_orders.hpp"

#include <algorithm>
#include <deque>

namespace iccsim::workload {

namespace {

enum Direction { near = 0, far = 1 };

/// Writes the order of one rank, counting micro-batches of each direction and remembering postponed weight gradients.
class DualPipeWriter {
public:
  DualPipeWriter(int stage, int pipeline, int microbatches)
      : mirrored_(stage >= pipeline / 2), per_direction_(microbatches / 2) {
    order_.reserve(static_cast<std::size_t>(3 * microbatches));
  }

  void forward(Direction direction) { add(Pass::forward, direction, forwards_[direction]++); }
  void backward(Direction direction) { add(Pass::backward, direction, backwards_[direction]++); }

  /// The input half; weight() does the other half later.
  void backward_input(Direction direction) {
    postponed_.push_back(add(Pass::backward_input, direction, backwards_[direction]++));
  }

  void weight() {
    ScheduledTask task = postponed_.front();
    postponed_.pop_front();
    task.pass = Pass::backward_weight;
    order_.push_back(task);
  }

  void pair(Direction forwards, Direction backwards) {
    forward(forwards);
    order_.back().paired_with_next = true;
    backward(backwards);
  }

  std::vector<ScheduledTask> take() { return std::move(order_); }

private:
  ScheduledTask add(Pass pass, Direction direction, int count) {
    const int chunk = mirrored_ ? 1 - direction : direction;
    order_.push_back({pass, chunk, chunk * per_direction_ + count});
    return order_.back();
  }

  bool mirrored_;
  int per_direction_;
  int forwards_[2] = {0, 0};
  int backwards_[2] = {0, 0};
  std::deque<ScheduledTask> postponed_;
  std::vector<ScheduledTask> order_;
};

/// Fills the pipeline from both ends.
void warm_up(DualPipeWriter& write, int depth, int inner) {
  for (int i = 0; i < 2 * inner; ++i) {
    write.forward(near);
  }
  for (int i = 0; i <= depth; ++i) {
    write.forward(near);
    write.forward(far);
  }
  for (int i = 0; i < inner; ++i) {
    write.backward_input(far);
    write.weight();
    write.forward(far);
  }
}

/// Empties it; weight gradients postponed on the way fill the waits of the last backwards.
void drain(DualPipeWriter& write, int depth, int inner) {
  for (int i = 0; i < inner; ++i) {
    write.backward(far);
    write.pair(far, near);
  }
  // Half of these 2 (depth + 1) backwards postpone their weight gradients: the later ones.
  const int whole = depth + 1;
  for (int i = 0; i < 2 * (depth + 1); ++i) {
    const Direction direction = i % 2 == 0 ? far : near;
    i < whole ? write.backward(direction) : write.backward_input(direction);
  }
  for (int i = 0; i < inner; ++i) {
    write.weight();
    write.backward_input(near);
  }
  for (int i = 0; i <= depth; ++i) {
    write.weight();
  }
}

} // namespace

std::vector<ScheduledTask> dualpipe_order(int stage, int pipeline, int microbatches) {
  const int depth = std::min(stage, pipeline - 1 - stage); // ranks between this one and its end of the pipeline
  const int inner = pipeline / 2 - 1 - depth;              // ranks between this one and the middle
  DualPipeWriter write(stage, pipeline, microbatches);
  warm_up(write, depth, inner);
  for (int i = 0; i < microbatches / 2 - pipeline + depth + 1; ++i) {
    write.pair(near, far);
    write.pair(far, near);
  }
  drain(write, depth, inner);
  return write.take();
}

} // namespace iccsim::workload
