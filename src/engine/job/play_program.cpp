#include "engine/job/play_program.hpp"

#include "engine/job/virtual_pipeline.hpp"

#include <algorithm>
#include <map>
#include <utility>

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
  case Communicator::expert_tensor:
    return StreamKind::tensor;
  case Communicator::context:
    return StreamKind::context;
  case Communicator::expert:
    return StreamKind::expert;
  case Communicator::pipeline:
    return StreamKind::send_activation;
  default: // the data-parallel ones share a stream, as they share the links
    return StreamKind::data;
  }
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
      append({stream_of(call.communicator), waiting_state(call.communicator), shape.id, bytes, times}, calls);
    }
  }

  /// Tensor-parallel calls of one shape, one after another, are as many calls of their mean size: the links of a
  /// scale-up domain are mostly their own. Other calls meet company, and who comes first then matters.
  static void append(const PlayCall& call, std::vector<PlayCall>& calls) {
    const bool same = call.stream == StreamKind::tensor && !calls.empty() && calls.back().stream == call.stream &&
                      calls.back().shape == call.shape;
    if (!same) {
      calls.push_back(call);
      return;
    }
    PlayCall& last = calls.back();
    const double together = last.calls + call.calls;
    last.bytes = (last.bytes * last.calls + call.bytes * call.calls) / together;
    last.calls = together;
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
    for (const CommCall& call : sync.gradients) {
      add_call(chunk.gradients, call, stage, call.bytes / chunk.gradient_buckets, call.calls);
    }
    for (const CommCall& call : sync.parameters) {
      add_call(chunk.parameters, call, stage, call.bytes / chunk.parameter_buckets, call.calls);
    }
    if (chunk.parameters.empty()) {
      chunk.parameter_buckets = 1;
    }
    return chunk;
  }

  PlayStage compile_stage(int stage) {
    const workload::StageProgram& in = in_.stages[static_cast<std::size_t>(stage)];
    PlayStage out;
    pairs_.clear();
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
    compile_order(in.order, stage, out);
    return out;
  }

  void compile_order(const std::vector<workload::ScheduledTask>& order, int stage, PlayStage& out) {
    const std::vector<bool> first = first_forwards(order);
    const std::vector<bool> last = last_backwards(order);
    for (std::size_t i = 0; i < order.size(); ++i) {
      PlayTask task;
      task.cost = cost_index(order[i]);
      add_half(task, 0, order[i], stage, first[i], last[i]);
      if (order[i].paired_with_next && i + 1 < order.size()) {
        ++i;
        task.cost = pair_cost(out, task.cost, cost_index(order[i]));
        add_half(task, 1, order[i], stage, first[i], last[i]);
      }
      out.order.push_back(task);
    }
  }

  std::uint16_t cost_index(const workload::ScheduledTask& task) const {
    return static_cast<std::uint16_t>(static_cast<int>(task.pass) * in_.chunks + task.chunk);
  }

  /// Both computes one after another, the calls of each beneath the compute of the other.
  std::uint16_t pair_cost(PlayStage& out, std::uint16_t a, std::uint16_t b) {
    const auto key = std::make_pair(a, b);
    const auto known = pairs_.find(key);
    if (known != pairs_.end()) {
      return known->second;
    }
    PlayCost both;
    for (const std::uint16_t half : {a, b}) {
      const PlayCost& cost = out.costs[half];
      both.compute += cost.compute;
      both.hidden.insert(both.hidden.end(), cost.hidden.begin(), cost.hidden.end());
      both.hidden.insert(both.hidden.end(), cost.blocking.begin(), cost.blocking.end());
    }
    out.costs.push_back(both);
    return pairs_[key] = static_cast<std::uint16_t>(out.costs.size() - 1);
  }

  std::uint32_t slot(int chunk, int microbatch) const {
    return static_cast<std::uint32_t>(chunk * in_.microbatches + microbatch);
  }

  void add_half(PlayTask& out, std::size_t half, const workload::ScheduledTask& task, int stage, bool first,
                bool last) {
    out.first_forward = first ? task.chunk : out.first_forward;
    out.last_backward = last ? task.chunk : out.last_backward;
    if (task.pass == Pass::backward_weight) {
      return; // needs only what the same stage has computed before
    }
    const VirtualStage here{stage, task.chunk};
    const bool forward = task.pass == Pass::forward;
    const auto from = forward ? route_.previous(here) : route_.next(here);
    const auto to = forward ? route_.next(here) : route_.previous(here);
    const Message message = forward ? Message::activation : Message::gradient;
    if (from) {
      out.needs[half] = {message, slot(task.chunk, task.microbatch)};
    }
    if (to) {
      const PlayShape send = to->stage == stage ? PlayShape{} : shapes_.pipeline(stage, to->stage);
      out.gives[half] = {message, to->stage, slot(to->chunk, task.microbatch), send};
    }
  }

  std::vector<bool> first_forwards(const std::vector<workload::ScheduledTask>& order) const {
    std::vector<bool> seen(static_cast<std::size_t>(in_.chunks));
    std::vector<bool> first(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto chunk = static_cast<std::size_t>(order[i].chunk);
      first[i] = order[i].pass == Pass::forward && !seen[chunk];
      seen[chunk] = seen[chunk] || first[i];
    }
    return first;
  }

  std::vector<bool> last_backwards(const std::vector<workload::ScheduledTask>& order) const {
    std::vector<bool> seen(static_cast<std::size_t>(in_.chunks));
    std::vector<bool> last(order.size());
    for (std::size_t i = order.size(); i-- > 0;) {
      const auto chunk = static_cast<std::size_t>(order[i].chunk);
      const bool completes = order[i].pass == Pass::backward || order[i].pass == Pass::backward_weight;
      last[i] = completes && !seen[chunk];
      seen[chunk] = seen[chunk] || completes;
    }
    return last;
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
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint16_t> pairs_; ///< of the stage being compiled
};

} // namespace

metrics::State waiting_state(Communicator communicator) {
  switch (communicator) {
  case Communicator::tensor:
  case Communicator::expert_tensor:
    return State::tp_comm;
  case Communicator::context:
    return State::cp_comm;
  case Communicator::expert:
    return State::ep_comm;
  case Communicator::pipeline:
    return State::pp_comm;
  default:
    return State::dp_comm;
  }
}

PlayProgram compile(const workload::StepProgram& program, scenario::Schedule schedule, ShapeSource& shapes) {
  return Compiler(program, schedule, shapes).run();
}

PlayProgram join(std::vector<PlayProgram> classes) {
  PlayProgram all = std::move(classes.front());
  const auto pipeline = static_cast<int>(all.stages.size());
  all.replica_classes = static_cast<int>(classes.size());
  for (int c = 1; c < all.replica_classes; ++c) {
    for (PlayStage& stage : classes[static_cast<std::size_t>(c)].stages) {
      for (PlayTask& task : stage.order) {
        for (PlayOutput& output : task.gives) {
          output.to_stage += c * pipeline;
        }
      }
      all.stages.push_back(std::move(stage));
    }
  }
  return all;
}

} // namespace iccsim::engine
