// One optimizer step of a job as the engine plays it: tasks per pipeline rank, with compute costs and collectives.
//
// Times of communication are not here: they follow from the network while the step is played.
#pragma once

#include "iccsim/scenario/job.hpp"
#include "iccsim/workload/operation.hpp"
#include "iccsim/workload/plan.hpp"
#include "iccsim/workload/schedule.hpp"

#include <vector>

namespace iccsim::workload {

/// Equal collective calls of a task on one communicator. They are spread evenly over the task's compute.
struct CommCall {
  Communicator communicator = Communicator::tensor;
  scenario::CollectiveOperation operation = scenario::CollectiveOperation::all_reduce;
  /// Payload of one call, as nccl-tests sizes it: the whole vector (all_reduce; all_gather and reduce_scatter: the
  /// gathered vector; all_to_all: what one rank sends in all, itself included; send_recv: the message).
  double bytes = 0;
  double calls = 0;
  double hidden = 0; ///< share of the time that may run beneath the task's own compute (0: blocks)
};

/// What one pass of one micro-batch through one chunk costs a card.
struct TaskCost {
  ComputeCost compute;
  std::vector<CommCall> calls;
};

/// Data-parallel work of one chunk at a step's end. Calls of a list run one after another on the data stream.
struct GradientSync {
  /// all_reduce, or reduce_scatter when sharded (with hybrid sharding: reduce_scatter over `shard`, then all_reduce of
  /// the piece over `replica`); dense weights first, then the experts'.
  std::vector<CommCall> gradients;
  std::vector<CommCall> parameters; ///< all_gather after the optimizer (ZeRO-1, 2); empty otherwise
  int buckets = 1; ///< pieces of `gradients` (and of `parameters`) that can start while compute goes on
};

struct StageProgram {
  std::vector<ScheduledTask> order;
  std::vector<TaskCost> forward;        ///< by chunk
  std::vector<TaskCost> backward;       ///< input and weight gradients (with recomputation, if any)
  std::vector<TaskCost> backward_input; ///< zb_h1, dualpipe; else empty
  std::vector<TaskCost> backward_weight;
  std::vector<GradientSync> sync; ///< by chunk
  ComputeCost optimizer;
  double step_overhead_s = 0; ///< host work at the step's end, exposed
  /// Embedding weights tied over first and last stage: an all_reduce between the two, bytes; 0: none.
  double tied_embedding_bytes = 0;
};

struct StepProgram {
  std::vector<StageProgram> stages;
  int microbatches = 0;
  int chunks = 1;
  double pipeline_bytes = 0; ///< activations of one micro-batch between two stages, per rank
  bool overlap_gradients = false;
  bool overlap_parameters = false;
  bool overlap_pipeline = false; ///< sends and receives do not block the compute stream
  double overlap_slowdown = 1.0; ///< compute stretches by this while data-parallel traffic runs beneath it
  double tokens = 0;             ///< per step, whole job
  double model_flops = 0;        ///< per step, whole job
  double hardware_flops = 0;     ///< with recomputation
  scenario::Evidence evidence = scenario::Evidence::datasheet_only;
};

/// `expert_domains`: scale-up domains that an expert-parallel group spans.
StepProgram make_step_program(const scenario::PretrainingSpec& spec, const Plan& plan, const scenario::ChipSpec& chip,
                              double expert_domains = 1);

} // namespace iccsim::workload
