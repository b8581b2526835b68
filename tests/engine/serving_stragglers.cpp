// Services on slow cards: a replica's compute takes as long as its slowest card needs, and the others wait.
#include "engine/serving/replica_layout.hpp"
#include "engine/serving/slowed_cost.hpp"
#include "serving_fakes.hpp"
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;
using iccsim::engine::test::scenario_of;
using iccsim::engine::test::Simulated;
using iccsim::engine::test::small_cluster;
using iccsim::engine::test::small_gpt;
using metrics::State;

namespace {

FakeCost some_cost(double times) {
  FakeCost cost;
  for (double* part : {&cost.base_s, &cost.prompt_token_s, &cost.decode_s, &cost.context_s}) {
    *part *= times;
  }
  cost.pair_s = times * 1e-8;
  cost.floor_s = times * 0.012; // binds for small batches
  return cost;
}

Served serve(std::vector<ReplicaPlan> plans, const std::vector<workload::Request>& requests, bool in_tokens = false,
             double horizon_s = never_s) {
  ServiceSetup setup = serving::test::setup_of(std::move(plans));
  setup.router = scenario::Router::round_robin;
  setup.token_by_token = in_tokens;
  return Served(std::move(setup), std::make_unique<ListedRequests>(requests), horizon_s);
}

/// Iterations that compute for 3 ms and communicate for 1.
class HalfLocal : public FakeCost {
public:
  workload::IterationCost iteration(const std::vector<workload::IterationLoad>&) const override { return pass(); }
  workload::DecodeCost decode(const std::vector<double>&) const override {
    workload::DecodeCost cost;
    cost.base = pass();
    return cost;
  }

private:
  static workload::IterationCost pass() {
    workload::IterationCost cost;
    cost.compute_s = 3e-3;
    cost.local_comm_s = 1e-3;
    return cost;
  }
};

/// `replicas` of `tensor` cards each: a request at a time, or `rate_per_s` of them.
scenario::JobSpec chat(int replicas, int tensor, double rate_per_s, int requests) {
  scenario::InferenceSpec spec;
  spec.model = small_gpt();
  spec.model.max_positions = 0;
  spec.software = engine::test::small_pretraining(1, 1, 1, 1).software;
  spec.replicas.count = replicas;
  spec.replicas.tensor = tensor;
  spec.router = scenario::Router::round_robin;
  spec.requests.arrival.rate_per_s = rate_per_s;
  spec.requests.prompt = {scenario::LengthDistribution::uniform, 300, 0, 100, 500, {}};
  spec.requests.output = {scenario::LengthDistribution::uniform, 60, 0, 1, 120, {}};
  spec.requests.count = requests;
  return {"chat", replicas * tensor, {}, 0, std::move(spec)};
}

metrics::JobResult run(const scenario::JobSpec& job, std::vector<scenario::StragglerSpec> stragglers,
                       bool fast_forward = true) {
  auto scenario = scenario_of(small_cluster(2), {job});
  scenario.stragglers = std::move(stragglers);
  return Simulated(scenario, fast_forward).jobs.front();
}

void check_same_seconds(const metrics::StateSeconds& a, const metrics::StateSeconds& b) {
  for (std::size_t i = 0; i < metrics::state_count; ++i) {
    const auto state = static_cast<State>(i);
    INFO(name_of(state));
    CHECK(a[state] == Approx(b[state]).epsilon(1e-9).margin(1e-9));
  }
}

} // namespace

TEST_CASE("Oracle: costs on slow cards are those of a model whose constants are as much larger") {
  const FakeCost healthy = some_cost(1);
  const FakeCost twice = some_cost(2);
  const SlowedCost slowed(healthy, 2);
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    const auto requests = random_requests(seed, 200, 2, 300, 200);
    const Served a = serve({plan_of(slowed), plan_of(slowed)}, requests);
    const Served b = serve({plan_of(twice), plan_of(twice)}, requests);
    CHECK(a.end_s == b.end_s);
    CHECK(a.figures.ttft.mean_s == b.figures.ttft.mean_s);
    CHECK(a.figures.tpot.p99_s == b.figures.tpot.p99_s);
    CHECK(a.figures.iterations == b.figures.iterations);
    CHECK(a.end_s > serve({plan_of(healthy), plan_of(healthy)}, requests).end_s);
    check_same_seconds(a.states, b.states); // all cards alike: nobody waits
  }
}

TEST_CASE("Oracle: communication takes no longer on slow cards, and healthy cards wait while the slowest computes") {
  const HalfLocal healthy;
  const SlowedCost slowed(healthy, 2);
  ReplicaPlan plan = plan_of(slowed); // of eight cards
  plan.lag = 1 - (7 + 2) / (8 * 2.0); // one at half speed
  const Served served = serve({plan}, {request(0, 100, 11)});
  CHECK(served.end_s == Approx(11 * 7e-3)); // a prompt and ten passes
  CHECK(served.states[State::straggler] == Approx(7 * 11 * 3e-3));
  CHECK(served.states[State::prefill] + served.states[State::decode] == Approx(11 * (8 * 4e-3 + 3e-3)));
  CHECK(served.states[State::prefill] == Approx(8 * 4e-3 + 3e-3));
}

TEST_CASE("waits for a slow card: stretches equal tokens, through arrivals and to a horizon") {
  const FakeCost healthy = some_cost(1);
  const SlowedCost slowed(healthy, 1.7);
  ReplicaPlan lagging = plan_of(slowed);
  lagging.lag = 0.3;
  for (const double horizon_s : {never_s, 31.4159}) {
    const auto requests = random_requests(5, 200, 3, 300, 200);
    const Served stretches = serve({lagging, plan_of(healthy)}, requests, false, horizon_s);
    const Served tokens = serve({lagging, plan_of(healthy)}, requests, true, horizon_s);
    CHECK(stretches.end_s == Approx(tokens.end_s).epsilon(1e-9));
    CHECK(stretches.states[State::straggler] > 0);
    CHECK(stretches.states.total() == Approx(16 * stretches.end_s));
    check_same_seconds(stretches.states, tokens.states);
  }
}

TEST_CASE("of two replicas one is slow: its requests alone take as much longer") {
  const FakeCost healthy = some_cost(1);
  const SlowedCost slowed(healthy, 3);
  auto source = std::make_unique<ListedRequests>(std::vector{request(0, 100, 50), request(0, 100, 50)});
  const ListedRequests& list = *source;
  ServiceSetup setup = serving::test::setup_of({plan_of(healthy), plan_of(slowed)});
  setup.router = scenario::Router::round_robin;
  const Served both(std::move(setup), std::move(source));
  const double alone_s = serve({plan_of(healthy)}, {request(0, 100, 50)}).end_s;
  REQUIRE(list.ended.size() == 2);
  CHECK(list.ended[0].at_s == Approx(alone_s));
  CHECK(list.ended[1].at_s == Approx(3 * alone_s));
}

TEST_CASE("all nodes twice as slow: requests that are alone take twice as long where nothing communicates") {
  const auto one = chat(1, 1, 0.01, 40); // none meets another
  const auto healthy = run(one, {});
  const auto slow = run(one, {{0, std::nullopt, 2, {}}, {1, std::nullopt, 2, {}}});
  CHECK(slow.service->ttft.mean_s == Approx(2 * healthy.service->ttft.mean_s).epsilon(1e-9));
  CHECK(slow.service->tpot.mean_s == Approx(2 * healthy.service->tpot.mean_s).epsilon(1e-9));
  CHECK(slow.service->e2e.p99_s == Approx(2 * healthy.service->e2e.p99_s).epsilon(1e-9));
  CHECK(slow.states[State::straggler] == 0);
  const auto elsewhere = run(one, {{0, 5, 2, {}}, {1, std::nullopt, 2, {}}}); // cards that it does not have
  CHECK(elsewhere.service->e2e.mean_s == healthy.service->e2e.mean_s);
}

TEST_CASE("one slow card of a replica: its cards alone wait, and the seconds add up") {
  const auto two = chat(2, 8, 20, 200);
  const auto healthy = run(two, {});
  const auto slow = run(two, {{1, 3, 2, {}}});
  CHECK(slow.service->e2e.mean_s > healthy.service->e2e.mean_s);
  CHECK(slow.service->e2e.mean_s < 2 * healthy.service->e2e.mean_s);
  CHECK(slow.states[State::straggler] > 0);
  CHECK(slow.states.total() == Approx(16 * slow.end_s).epsilon(1e-9));
  const auto all_slow = run(two, {{1, std::nullopt, 2, {}}});
  CHECK(all_slow.service->e2e.mean_s == slow.service->e2e.mean_s);
  CHECK(all_slow.states[State::straggler] == 0);
}

TEST_CASE("a slow card in a replica over two nodes: the network takes as long as the closed form") {
  const auto wide = chat(1, 16, 20, 150);
  auto scenario = scenario_of(small_cluster(4), {wide});
  scenario.stragglers = {{1, 3, 1.5, {}}};
  const auto alone = Simulated(scenario).jobs.front();
  scenario.jobs.push_back(engine::test::all_reduce("ar", 16, 0, 1e8, 1000));
  const auto beside = Simulated(scenario).jobs.front();
  CHECK(alone.service->e2e.mean_s > 1.02 * run(wide, {}).service->e2e.mean_s);
  CHECK(beside.end_s == Approx(alone.end_s).epsilon(1e-9));
  CHECK(beside.service->e2e.mean_s == Approx(alone.service->e2e.mean_s).epsilon(1e-9));
  check_same_seconds(beside.states, alone.states);
}

TEST_CASE("prefill on a slow node: prompts take longer, tokens do not") {
  auto split = chat(1, 8, 1, 50);
  split.cards = 16;
  auto& spec = std::get<scenario::InferenceSpec>(split.what);
  spec.disaggregation.emplace();
  spec.disaggregation->prefill = spec.disaggregation->decode = spec.replicas;
  const auto healthy = run(split, {});
  const auto slow_prefill = run(split, {{0, std::nullopt, 4, {}}});
  const auto slow_decode = run(split, {{1, std::nullopt, 4, {}}});
  CHECK(slow_prefill.states[State::prefill] > 1.5 * healthy.states[State::prefill]);
  CHECK(slow_prefill.states[State::decode] == Approx(healthy.states[State::decode]).epsilon(0.01));
  CHECK(slow_prefill.service->tpot.mean_s == Approx(healthy.service->tpot.mean_s).epsilon(0.02));
  CHECK(slow_decode.states[State::prefill] == Approx(healthy.states[State::prefill]).epsilon(0.01));
  CHECK(slow_decode.service->tpot.mean_s > 1.3 * healthy.service->tpot.mean_s);
}

TEST_CASE("replicas that autoscaling may add are as slow as the cards that they would have") {
  auto job = chat(1, 8, 1, 1);
  auto& spec = std::get<scenario::InferenceSpec>(job.what);
  spec.autoscale.emplace();
  spec.autoscale->min = 1;
  spec.autoscale->max = 3;
  const platform::Cluster cluster(small_cluster(3));
  Placement placement;
  for (platform::CardId card = 0; card < 24; ++card) {
    placement.push_back(card);
  }
  const CardHealth health({{1, 7, 1.25, {}}, {2, std::nullopt, 1.5, {}}}, cluster);
  const ReplicaLayout layout = lay_out(spec, cluster, health, placement, 1);
  REQUIRE(layout.plans.size() == 3);
  const auto compute_s = [&](std::size_t r) { return layout.plans[r].costs->decode({4}).base.compute_s; };
  CHECK(compute_s(1) == Approx(1.25 * compute_s(0)));
  CHECK(compute_s(2) == Approx(1.5 * compute_s(0)));
  CHECK(layout.plans[0].lag == 0);
  CHECK(layout.plans[1].lag == Approx(1 - 8.25 / (8 * 1.25)));
  CHECK(layout.plans[2].lag == Approx(0).margin(1e-12));
}
