#include "iccsim/workload/step_program.hpp"

#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace iccsim;
using namespace iccsim::workload;

namespace {

scenario::ChipSpec chip() {
  scenario::ChipSpec spec;
  spec.name = "test-chip";
  spec.peak_flops = {{scenario::Precision::bf16, 300e12}, {scenario::Precision::fp8, 600e12}};
  spec.memory_bytes = 80e9;
  spec.memory_bytes_per_s = 2e12;
  spec.multiprocessors = 100;
  return spec;
}

scenario::PretrainingSpec gpt() {
  scenario::PretrainingSpec spec;
  spec.model.layers = 24;
  spec.model.hidden = 2048;
  spec.model.heads = 16;
  spec.model.kv_heads = 16;
  spec.model.head_dim = 128;
  spec.model.ffn = 8192;
  spec.model.vocabulary = 51200;
  spec.model.tied_embeddings = true;
  spec.batch = {64, 2, 1024};
  return spec;
}

scenario::PretrainingSpec mixture() {
  scenario::PretrainingSpec spec = gpt();
  spec.model.activation = scenario::Activation::swiglu;
  spec.model.position = scenario::PositionKind::rotary;
  spec.model.kv_heads = 4;
  spec.model.moe = {16, 2, 1, 1024, 0, 1, 1, 1.0};
  spec.model.ffn = 4096;
  return spec;
}

/// Seconds at peak of all cards in one step, by cause.
ComputeCost whole_step(const StepProgram& program, const Plan& plan) {
  ComputeCost sum;
  for (const StageProgram& stage : program.stages) {
    for (const ScheduledTask& task : stage.order) {
      switch (task.pass) {
      case Pass::forward:
        sum += stage.forward[task.chunk].compute;
        break;
      case Pass::backward:
        sum += stage.backward[task.chunk].compute;
        break;
      case Pass::backward_input:
        sum += stage.backward_input[task.chunk].compute;
        break;
      case Pass::backward_weight:
        sum += stage.backward_weight[task.chunk].compute;
        break;
      }
    }
  }
  return scaled(sum, plan.stage_ranks());
}

} // namespace

TEST_CASE("compute seconds of a step are the model FLOPs of its tokens at peak, however it is cut") {
  struct Case {
    scenario::PretrainingSpec base;
    int cards;
    int tensor, pipeline, chunks, context, expert;
    bool fused;
    scenario::Schedule schedule;
  };
  using S = scenario::Schedule;
  const std::vector<Case> cases = {
      {gpt(), 8, 1, 1, 1, 1, 1, false, S::one_f_one_b},
      {gpt(), 8, 4, 2, 1, 1, 1, true, S::one_f_one_b},
      {gpt(), 16, 2, 4, 3, 1, 1, false, S::interleaved},
      {gpt(), 8, 2, 2, 1, 2, 1, true, S::one_f_one_b},
      {gpt(), 8, 1, 4, 1, 1, 1, true, S::zb_h1},
      {mixture(), 16, 1, 2, 1, 1, 4, true, S::one_f_one_b},
      {mixture(), 16, 2, 1, 1, 1, 8, true, S::one_f_one_b},
  };
  for (const Case& one : cases) {
    scenario::PretrainingSpec spec = one.base;
    spec.parallelism.tensor = one.tensor;
    spec.parallelism.pipeline = one.pipeline;
    spec.parallelism.virtual_stages = one.chunks;
    spec.parallelism.context = one.context;
    spec.parallelism.expert = one.expert;
    spec.parallelism.expert_tensor = 1;
    spec.parallelism.schedule = one.schedule;
    spec.software.fused_attention = one.fused;
    const Plan plan(spec, one.cards);
    const StepProgram program = make_step_program(spec, plan, chip());
    const double seconds = whole_step(program, plan).compute_s;
    INFO("TP " << one.tensor << " PP " << one.pipeline << " VPP " << one.chunks << " EP " << one.expert);
    CHECK(seconds * 300e12 == Approx(program.model_flops).epsilon(1e-9));
    CHECK(program.tokens == 64 * 1024);
  }
}

TEST_CASE("recomputation adds what the SC'21 formula counts") {
  for (auto recompute : {scenario::Recompute::selective, scenario::Recompute::full}) {
    scenario::PretrainingSpec spec = gpt();
    spec.recompute = recompute;
    spec.software.fused_attention = false;
    const Plan plan(spec, 8);
    const StepProgram program = make_step_program(spec, plan, chip());
    const ComputeCost step = whole_step(program, plan);
    CHECK((step.compute_s + step.recompute_s) * 300e12 == Approx(program.hardware_flops).epsilon(1e-9));
  }
}

TEST_CASE("halves of a backward cost what the whole costs") {
  scenario::PretrainingSpec spec = mixture();
  spec.recompute = scenario::Recompute::full;
  const Plan plan(spec, 8);
  const StageProgram stage = make_step_program(spec, plan, chip()).stages.front();
  const double halves = stage.backward_input[0].compute.total() + stage.backward_weight[0].compute.total();
  CHECK(stage.backward[0].compute.total() == Approx(halves).epsilon(1e-12));
}

TEST_CASE("dispatch that crosses once a domain carries a copy for each domain reached, else one for each expert") {
  scenario::PretrainingSpec spec = mixture();
  spec.parallelism.expert = 8;
  const Plan plan(spec, 8);
  const auto dispatched = [&](double domains) {
    const auto calls = make_step_program(spec, plan, chip(), domains).stages.front().forward[0].calls;
    const auto call = std::find_if(calls.begin(), calls.end(), [](const CommCall& c) {
      return c.communicator == Communicator::expert && c.operation == scenario::CollectiveOperation::all_to_all;
    });
    REQUIRE(call != calls.end());
    return call->bytes;
  };
  const double each = dispatched(2);
  CHECK(dispatched(1) == each);
  spec.software.dispatch_once = true;
  CHECK(dispatched(1) == each);
  CHECK(dispatched(2) == Approx(each / spec.model.moe.top_k * 2 * (1 - std::pow(0.5, spec.model.moe.top_k))));
}

TEST_CASE("gradient traffic follows the sharding") {
  scenario::PretrainingSpec spec = gpt();
  const double parameters = total_parameters(spec.model);
  auto bytes = [&](scenario::Sharding sharding) {
    spec.parallelism.sharding = sharding;
    const Plan plan(spec, 8);
    return make_step_program(spec, plan, chip()).stages.front().sync.front();
  };
  const GradientSync none = bytes(scenario::Sharding::none);
  REQUIRE(none.gradients.size() == 1);
  CHECK(none.gradients[0].operation == scenario::CollectiveOperation::all_reduce);
  CHECK(none.gradients[0].bytes == Approx(4 * parameters).epsilon(1e-3));
  CHECK(none.parameters.empty());
  const GradientSync one = bytes(scenario::Sharding::optimizer);
  REQUIRE(one.parameters.size() == 1);
  CHECK(one.gradients[0].operation == scenario::CollectiveOperation::reduce_scatter);
  CHECK(one.parameters[0].bytes == Approx(2 * parameters).epsilon(1e-3));
  CHECK(bytes(scenario::Sharding::parameters).gradients.empty());
}

TEST_CASE("host work of experts grows with the experts of a card") {
  const auto pass_s = [](double layer_s, double expert_s) {
    scenario::PretrainingSpec spec = mixture();
    scenario::KernelCalibration calibration;
    calibration.moe_layer_s = layer_s;
    calibration.moe_expert_s = expert_s;
    spec.software.chips[chip().name] = calibration;
    const Plan plan(spec, 8);
    return make_step_program(spec, plan, chip()).stages.front().forward[0].compute.total();
  };
  const scenario::ModelSpec model = mixture().model;
  const double moe_layers = model.layers - model.moe.first_dense_layers;
  const double local = double(model.moe.experts) / mixture().parallelism.expert;
  const double plain_s = pass_s(0, 0);
  CHECK(pass_s(1e-3, 0) - plain_s == Approx(moe_layers * 1e-3));
  CHECK(pass_s(0, 1e-3) - plain_s == Approx(moe_layers * local * 1e-3));
}
