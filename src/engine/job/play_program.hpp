// A step program compiled for play: virtual stages resolved, every call bound to its shape and stream.
#pragma once

#include "engine/job/shape_source.hpp"
#include "iccsim/metrics/state.hpp"
#include "iccsim/workload/step_program.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace iccsim::engine {

/// Streams of a card beside compute, one a communicator; sends of the two directions are apart.
enum class StreamKind : std::uint8_t { tensor, context, expert, data, send_activation, send_gradient };
inline constexpr int stream_kinds = 6;

/// What a stage waits for, or a task produces.
enum class Message : std::uint8_t { none, activation, gradient };

struct PlayCall {
  StreamKind stream = StreamKind::tensor;
  metrics::State state = metrics::State::tp_comm; ///< of a card that waits for it
  ShapeId shape = 0;
  double bytes = 0;
  double calls = 0;
};

/// What a pass of one chunk costs; equal for all micro-batches.
struct PlayCost {
  workload::ComputeCost compute;
  std::vector<PlayCall> hidden;   ///< run beneath the compute
  std::vector<PlayCall> blocking; ///< run after it, one by one
};

/// A message that a task waits for.
struct PlayInput {
  Message message = Message::none;
  std::uint32_t slot = 0; ///< chunk x micro-batches + micro-batch
};

/// A message that a task ends with.
struct PlayOutput {
  Message message = Message::none;
  int to_stage = 0; ///< index into PlayProgram::stages
  std::uint32_t to_slot = 0;
  PlayShape send; ///< empty: the receiver is this stage itself
};

/// One task of a stage's order, or two that run in lockstep (dualpipe).
struct PlayTask {
  std::uint16_t cost = 0; ///< into PlayStage::costs
  std::array<PlayInput, 2> needs;
  std::array<PlayOutput, 2> gives;
  int first_forward = -1; ///< chunk whose first forward of the step this is: waits for parameters being gathered
  int last_backward = -1; ///< chunk whose gradients are complete with this task
};

struct PlayChunk {
  std::vector<PlayCall> gradients;  ///< of one bucket
  std::vector<PlayCall> parameters; ///< of one bucket
  int gradient_buckets = 1;
  int parameter_buckets = 1;
};

struct PlayStage {
  std::vector<PlayCost> costs;
  std::vector<PlayTask> order;
  std::vector<PlayChunk> chunks;
  workload::ComputeCost optimizer;
  double step_overhead_s = 0;
};

struct PlayProgram {
  std::vector<PlayStage> stages; ///< of the first class of replicas, then of the next
  int replica_classes = 1;
  int microbatches = 0;
  int chunks = 1;
  double pipeline_bytes = 0;
  bool overlap_gradients = false;
  bool overlap_parameters = false;
  bool overlap_pipeline = false;
  double overlap_slowdown = 1;
  PlayShape tied;
  double tied_bytes = 0;
};

PlayProgram compile(const workload::StepProgram& program, scenario::Schedule schedule, ShapeSource& shapes);

/// Classes of replicas side by side: programs alike in everything but what their own stages compute and whom they call
/// inside a replica. Calls between replicas are the same in all.
PlayProgram join(std::vector<PlayProgram> classes);

/// The state of a card that waits for `communicator`.
metrics::State waiting_state(workload::Communicator communicator);

} // namespace iccsim::engine
