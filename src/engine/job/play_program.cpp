#include "engine/job/play_program.hpp"

#include "engine/job/virtual_pipeline.hpp"

#include <algorithm>

namespace iccsim::engine {
namespace {

using metrics::State;
using scenario::CollectiveOperation;
using workload::CommCall;
using workload::Communicator;
using workload::Pass;



StreamKind stream_of(Communicator communicator) {
  switch (communicator) {
  case Communicator::tensor:
    return StreamKind::tensor;
  case Communicator::context:
    return StreamKind::context;
  case Communicator::expert:
    return StreamKind::expert;
  case Communicator::pipeline:
    return StreamKind::send_activation;
  case Communicator::data:
  case Communicator::expert_data:
    break;
  }
  return StreamKind::data;
}

class Compiler {
public:
  Compiler(const workload::StepProgram& program, scenario::Schedule schedule, ShapeSource& shapes)
      : in_(program), shapes_(shapes), pipeline_(static_cast<int>(program.stages.size())),
        route_(schedule, pipeline_, program.chunks) {}

  PlayProgram run() {
    PlayProgram out;
    out.microbatches = in_.microbatches;
    out.chunks = in_.chunks;
    out.pipeline_bytes = in_.pipeline_bytes;
    out.overlap_gradients = in_.overlap_gradients;
    out.overlap_parameters = in_.overlap_parameters;
    out.overlap_pipeline = in_.overlap_pipeline;
    out.overlap_slowdown = in_.overlap_slowdown;
    for (int stage = 0; stage < pipeline_; ++stage) {
      out.stages.push_back(compile_stage(stage));
    }
    tie_embeddings(out);
    return out;
  }

private:
  void add_call(std::vector<PlayCall>& calls, const CommCall& call, int stage, double bytes, double times) {
    if (times <= 0 || bytes <= 0) {
      return;
    }
    const PlayShape shape = shapes_.collective(call.communicator, stage, call.operation, bytes);
    if (!shape.empty) {
      calls.push_back({stream_of(call.communicator), waiting_state(call.communicator), shape.id, bytes, times});
    }
  }

  PlayCost compile_cost(const workload::TaskCost& task, int stage) {
    PlayCost cost;
    cost.compute = task.compute;
    for (const CommCall& call : task.calls) {
      add_call(cost.hidden, call, stage, call.bytes, call.calls * call.hidden);
      add_call(cost.blocking, call, stage, call.bytes, call.calls * (1 - call.hidden));
    }
    return cost;
  }

  PlayChunk compile_sync(const workload::GradientSync& sync, int stage) {
    PlayChunk chunk;
    chunk.gradient_buckets = in_.overlap_gradients ? std::max(1, sync.buckets) : 1;
    chunk.parameter_buckets = in_.overlap_parameters ? std::max(1, sync.buckets) : 1;
    for (const CommCall* call : {&sync.gradients, &sync.expert_gradients}) {
      add_call(chunk.gradients, *call, stage, call->bytes / chunk.gradient_buckets, call->calls);
    }
    for (const CommCall* call : {&sync.parameters, &sync.expert_parameters}) {
      add_call(chunk.parameters, *call, stage, call->bytes / chunk.parameter_buckets, call->calls);
    }
    if (chunk.parameters.empty()) {
      chunk.parameter_buckets = 1;
    }
    return chunk;
  }

  PlayStage compile_stage(int stage) {
    const workload::StageProgram& in = in_.stages[static_cast<std::size_t>(stage)];
    PlayStage out;
    out.optimizer = in.optimizer;
    out.step_overhead_s = in.step_overhead_s;
    for (const auto* by_chunk : {&in.forward, &in.backward, &in.backward_input, &in.backward_weight}) {
      for (int chunk = 0; chunk < in_.chunks; ++chunk) {
        const auto index = static_cast<std::size_t>(chunk);
        out.costs.push_back(index < by_chunk->size() ? compile_cost((*by_chunk)[index], stage) : PlayCost{});
      }
    }
    for (const workload::GradientSync& sync : in.sync) {
      out.chunks.push_back(compile_sync(sync, stage));
    }
    out.chunks.resize(static_cast<std::size_t>(in_.chunks));
    for (const workload::ScheduledTask& task : in.order) {
      out.order.push_back(compile_task(task, stage));
    }
    mark_first_and_last(in.order, out.order);
    return out;
  }

  std::uint32_t slot(int chunk, int microbatch) const {
    return static_cast<std::uint32_t>(chunk * in_.microbatches + microbatch);
  }

  PlayTask compile_task(const workload::ScheduledTask& task, int stage) {
    PlayTask out;
    out.chunk = static_cast<std::uint16_t>(task.chunk);
    out.cost = static_cast<std::uint16_t>(static_cast<int>(task.pass) * in_.chunks + task.chunk);
    out.slot = slot(task.chunk, task.microbatch);
    if (task.pass == Pass::backward_weight) {
      return out; // needs only what the same stage has computed before
    }
    const VirtualStage here{stage, task.chunk};
    const bool forward = task.pass == Pass::forward;
    const auto from = forward ? route_.previous(here) : route_.next(here);
    const auto to = forward ? route_.next(here) : route_.previous(here);
    const Message message = forward ? Message::activation : Message::gradient;
    out.needs = from ? message : Message::none;
    if (to) {
      out.gives = message;
      out.to_stage = to->stage;
      out.to_slot = slot(to->chunk, task.microbatch);
      out.send = to->stage == stage ? PlayShape{} : shapes_.pipeline(stage, to->stage);
    }
    return out;
  }

  void mark_first_and_last(const std::vector<workload::ScheduledTask>& in, std::vector<PlayTask>& out) const {
    std::vector<bool> seen(static_cast<std::size_t>(in_.chunks));
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto chunk = static_cast<std::size_t>(in[i].chunk);
      out[i].first_forward = in[i].pass == Pass::forward && !seen[chunk];
      seen[chunk] = seen[chunk] || in[i].pass == Pass::forward;
    }
    std::vector<bool> done(static_cast<std::size_t>(in_.chunks));
    for (std::size_t i = in.size(); i-- > 0;) {
      const auto chunk = static_cast<std::size_t>(in[i].chunk);
      const bool completes = in[i].pass == Pass::backward || in[i].pass == Pass::backward_weight;
      out[i].last_backward = completes && !done[chunk];
      done[chunk] = done[chunk] || completes;
    }
  }

  void tie_embeddings(PlayProgram& out) {
    out.tied_bytes = pipeline_ > 1 ? in_.stages.front().tied_embedding_bytes : 0;
    if (out.tied_bytes > 0) {
      out.tied = shapes_.tied_embeddings(out.tied_bytes);
    }
  }

  const workload::StepProgram& in_;
  ShapeSource& shapes_;
  int pipeline_;
  VirtualPipeline route_;
};

} // namespace

metrics::State waiting_state(Communicator communicator) {
  switch (communicator) {
  case Communicator::tensor:
    return State::tp_comm;
  case Communicator::context:
    return State::cp_comm;
  case Communicator::expert:
    return State::ep_comm;
  case Communicator::pipeline:
    return State::pp_comm;
  case Communicator::data:
  case Communicator::expert_data:
    break;
  }
  return State::dp_comm;
}

PlayProgram compile(const workload::StepProgram& program, scenario::Schedule schedule, ShapeSource& shapes) {
  return Compiler(program, schedule, shapes).run();
}

} // namespace iccsim::engine
