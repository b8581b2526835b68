#include "iccsim/workload/step_program.hpp"

#include "chunk_cost.hpp"
#include "iccsim/workload/transformer.hpp"

#include <algorithm>

namespace iccsim::workload {

namespace {

using scenario::CollectiveOperation;
using scenario::Sharding;

/// Pieces of a gradient buffer that can travel while the backward goes on; Megatron-Core and DDP cut buckets of tens
/// of millions of elements (Megatron-Core: max(40 M, 1 M x data-parallel ranks)), so a chunk has a few.
constexpr double bucket_elements = 40e6;
constexpr int most_buckets = 16;

/// Device-memory traffic of one parameter in the optimizer. Adam in fp32 (gradient, master weight, two moments read;
/// three written; the 16-bit copy written): 30 bytes; the norm reads the gradient once, zeroing writes it once.
constexpr double adam_bytes = 30;

double optimizer_bytes(double gradient_bytes) {
  return adam_bytes + 2 * gradient_bytes;
}

int buckets_of(double parameters) {
  return std::clamp(static_cast<int>(parameters / bucket_elements), 1, most_buckets);
}

void add_sync(GradientSync& sync, const scenario::PretrainingSpec& spec, double parameters, double gradient_bytes,
              bool experts, bool hybrid) {
  if (parameters <= 0) {
    return;
  }
  const Communicator whole = experts ? Communicator::expert_data : Communicator::data;
  const Communicator shard = experts ? Communicator::expert_shard : Communicator::shard;
  const Communicator replica = experts ? Communicator::expert_replica : Communicator::replica;
  const double bytes = gradient_bytes * parameters;
  const Sharding sharding = spec.parallelism.sharding;
  if (sharding == Sharding::none) {
    sync.gradients.push_back({whole, CollectiveOperation::all_reduce, bytes, 1, 0});
    return;
  }
  if (sharding == Sharding::parameters) {
    // Scattered in the tasks; only the copies of a hybrid plan are still to be summed.
    if (hybrid) {
      sync.gradients.push_back({replica, CollectiveOperation::all_reduce, bytes, 1, 0});
    }
    return;
  }
  if (spec.software.sharded_reduce_scatter) {
    sync.gradients.push_back({shard, CollectiveOperation::reduce_scatter, bytes, 1, 0});
    if (hybrid) {
      sync.gradients.push_back({replica, CollectiveOperation::all_reduce, bytes, 1, 0});
    }
  } else {
    sync.gradients.push_back({whole, CollectiveOperation::all_reduce, bytes, 1, 0});
  }
  sync.parameters.push_back({shard, CollectiveOperation::all_gather, 2 * parameters, 1, 0});
}

/// A replica group sums its own piece only.
void cut_replica_bytes(GradientSync& sync, double shard, double expert_shard) {
  for (CommCall& call : sync.gradients) {
    if (call.communicator == Communicator::replica) {
      call.bytes /= shard;
    } else if (call.communicator == Communicator::expert_replica) {
      call.bytes /= expert_shard;
    }
  }
}

GradientSync chunk_sync(const scenario::PretrainingSpec& spec, const Plan& plan, const ChunkParameters& held,
                        double gradient_bytes) {
  GradientSync sync;
  const bool hybrid = plan.shard() > 1 && plan.shard() < plan.data() * plan.context();
  add_sync(sync, spec, held.dense, gradient_bytes, false, hybrid);
  add_sync(sync, spec, held.experts, gradient_bytes, true,
           plan.expert_shard() > 1 && plan.expert_shard() < plan.expert_data());
  cut_replica_bytes(sync, std::max(1, plan.shard()), std::max(1, plan.expert_shard()));
  sync.buckets = buckets_of(held.dense + held.experts);
  return sync;
}

ComputeCost optimizer_cost(const scenario::PretrainingSpec& spec, const Plan& plan, const ChunkParameters& held,
                           const CostModel& costs, double gradient_bytes) {
  const bool sharded = spec.parallelism.sharding != Sharding::none;
  const double own = sharded ? held.dense / std::max(1, plan.shard()) + held.experts / std::max(1, plan.expert_shard())
                             : held.dense + held.experts;
  const Operation step{"optimizer", Elementwise{own * optimizer_bytes(gradient_bytes)}, 4, 1};
  return costs.cost(step, false);
}

/// Host work of returning ZeRO-1's parameters owner by owner (InternEvo's optimizer does; measured to be the same for
/// any number of bytes and ranks, so it is the host and not the wire).
double owner_broadcasts_s(const scenario::PretrainingSpec& spec, const Plan& plan,
                          const scenario::KernelCalibration& calibration) {
  return spec.parallelism.sharding == Sharding::optimizer ? plan.shard() * calibration.owner_broadcast_s : 0.0;
}

StageProgram stage_program(const scenario::PretrainingSpec& spec, const Plan& plan, const ChunkCoster& coster,
                           const CostModel& costs, int stage) {
  StageProgram program;
  const double gradient_bytes = coster.cut().gradient_bytes;
  program.order = stage_schedule(spec.parallelism.schedule, stage, plan.pipeline(), plan.chunks(), plan.microbatches());
  ChunkParameters held;
  for (int chunk = 0; chunk < plan.chunks(); ++chunk) {
    const Chunk& layers = plan.chunk(stage, chunk);
    ChunkCost cost = coster.cost(layers);
    program.forward.push_back(std::move(cost.forward));
    program.backward.push_back(std::move(cost.backward));
    program.backward_input.push_back(std::move(cost.backward_input));
    program.backward_weight.push_back(std::move(cost.backward_weight));
    const ChunkParameters chunk_held = coster.parameters(layers);
    program.sync.push_back(chunk_sync(spec, plan, chunk_held, gradient_bytes));
    held.dense += chunk_held.dense;
    held.experts += chunk_held.experts;
  }
  program.optimizer = optimizer_cost(spec, plan, held, costs, gradient_bytes);
  program.step_overhead_s = costs.calibration().step_overhead_s + owner_broadcasts_s(spec, plan, costs.calibration());
  if (spec.model.tied_embeddings && plan.pipeline() > 1) {
    program.tied_embedding_bytes = gradient_bytes * embedding_parameters(spec.model) / plan.tensor();
  }
  return program;
}

/// Activations that a rank sends to the next stage. With sequence parallelism or scatter-gather each TP rank sends its
/// slice (Narayanan et al. 2021, section 4.1).
double pipeline_bytes(const scenario::PretrainingSpec& spec, const Plan& plan, const LayerCut& cut) {
  const bool sliced = cut.sequence_parallel || spec.software.pipeline_scatter_gather;
  return 2 * card_tokens(cut) * spec.model.hidden / (sliced ? plan.tensor() : 1);
}

} // namespace

StepProgram make_step_program(const scenario::PretrainingSpec& spec, const Plan& plan, const scenario::ChipSpec& chip,
                              double expert_domains) {
  const CostModel costs(chip, spec.software, spec.precision);
  const ChunkCoster coster(spec, plan, costs, expert_domains);
  StepProgram program;
  for (int stage = 0; stage < plan.pipeline(); ++stage) {
    program.stages.push_back(stage_program(spec, plan, coster, costs, stage));
  }
  const auto& software = spec.software;
  program.microbatches = plan.microbatches();
  program.chunks = plan.chunks();
  program.pipeline_bytes = pipeline_bytes(spec, plan, coster.cut());
  program.overlap_gradients = spec.overlap.gradients.value_or(software.overlap_gradients);
  program.overlap_parameters = spec.overlap.parameters.value_or(software.overlap_parameters);
  program.overlap_pipeline = spec.overlap.pipeline.value_or(software.overlap_pipeline);
  program.overlap_slowdown = costs.calibration().overlap_slowdown;
  program.tokens = double(spec.batch.global) * spec.batch.sequence;
  program.model_flops = program.tokens * model_flops_per_token(spec.model, spec.batch.sequence);
  program.hardware_flops =
      program.model_flops + program.tokens * recompute_flops_per_token(spec.model, spec.batch.sequence, spec.recompute);
  program.evidence = costs.evidence();
  return program;
}

} // namespace iccsim::workload
