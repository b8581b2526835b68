// Services on the network: alone they take what the closed form says; beside others they share.
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

/// One replica over two nodes: its sums cross the fabric.
scenario::InferenceSpec wide_service(int requests, double rate_per_s) {
  scenario::InferenceSpec spec;
  spec.model = small_gpt();
  spec.model.name = "small";
  spec.model.max_positions = 0;
  spec.software = small_pretraining(1, 1, 1, 1).software;
  spec.replicas.tensor = 16;
  spec.requests.arrival.rate_per_s = rate_per_s;
  spec.requests.prompt = {scenario::LengthDistribution::uniform, 300, 0, 100, 500, {}};
  spec.requests.output = {scenario::LengthDistribution::uniform, 60, 0, 1, 120, {}};
  spec.requests.count = requests;
  return spec;
}

/// Prompts on one node, tokens on another.
scenario::InferenceSpec split_service(int requests, double rate_per_s) {
  scenario::InferenceSpec spec = wide_service(requests, rate_per_s);
  spec.replicas.tensor = 8;
  scenario::DisaggregationSpec split;
  split.prefill = split.decode = spec.replicas;
  spec.disaggregation = split;
  return spec;
}

scenario::JobSpec service(scenario::InferenceSpec spec) {
  return {"chat", 16, {}, 0, std::move(spec)};
}

/// Calls between nodes that are not the service's, for longer than it lives.
scenario::JobSpec neighbour(int cards, double bytes) {
  return all_reduce("ar", cards, 0, bytes, 1000);
}

metrics::JobResult chat_beside(const scenario::InferenceSpec& spec, std::vector<scenario::JobSpec> others,
                               scenario::PlatformSpec platform) {
  std::vector<scenario::JobSpec> jobs{service(spec)};
  jobs.insert(jobs.end(), others.begin(), others.end());
  return Simulated(scenario_of(std::move(platform), std::move(jobs))).jobs.front();
}

} // namespace

TEST_CASE("a replica over two nodes: on an unshared fabric the network takes as long as the closed form") {
  const auto spec = wide_service(150, 20);
  const auto alone = chat_beside(spec, {}, small_cluster(4));
  const auto beside = chat_beside(spec, {neighbour(16, 1e8)}, small_cluster(4));
  CHECK(beside.end_s == Approx(alone.end_s).epsilon(1e-9));
  CHECK(beside.service->ttft.mean_s == Approx(alone.service->ttft.mean_s).epsilon(1e-9));
  CHECK(beside.service->tpot.mean_s == Approx(alone.service->tpot.mean_s).epsilon(1e-9));
  for (const State state : {State::prefill, State::decode, State::idle}) {
    CHECK(beside.states[state] == Approx(alone.states[state]).epsilon(1e-9));
  }
}

TEST_CASE("a replica over two nodes: a neighbour on the same uplinks slows it down") {
  // Two nodes below each leaf: the neighbour takes 0 to 2, the service 3 and 4. They share the second leaf's uplinks.
  auto platform = small_cluster(5, 16);
  platform.fabric.kind = scenario::FabricKind::fat_tree;
  platform.fabric.oversubscription = 8;
  platform.pools = {{"a", platform.pools.front().node, 3}, {"b", platform.pools.front().node, 2}};
  auto spec = wide_service(100, 1);
  spec.requests.prompt = {scenario::LengthDistribution::constant, 8000, 0, 0, 0, {}};
  auto chat = service(spec);
  chat.pools = {"b"};
  auto loud = neighbour(24, 1e9);
  loud.pools = {"a"};
  const Simulated both(scenario_of(platform, {loud, chat}));
  auto quiet = loud;
  std::get<scenario::CollectiveSpec>(quiet.what).repeat = 0;
  const Simulated alone(scenario_of(platform, {quiet, chat}));
  CHECK(both.jobs.back().service->ttft.mean_s > 1.03 * alone.jobs.back().service->ttft.mean_s);
  CHECK(both.jobs.back().states.total() == Approx(16 * both.jobs.back().end_s).epsilon(1e-9));
}

TEST_CASE("disaggregated on the network: KV takes its time and its bytes") {
  const auto spec = split_service(100, 20);
  const Simulated run(scenario_of(small_cluster(2), {service(spec)}));
  const auto& chat = run.jobs.front();
  REQUIRE(chat.service);
  const double token_bytes = 2 * 8 * 1024 * 2; // keys and values, layers, hidden, 16 bits
  CHECK(chat.service->kv_transferred_bytes <= chat.service->prompt_tokens * token_bytes);
  CHECK(chat.service->kv_transferred_bytes > 0.9 * chat.service->prompt_tokens * token_bytes);
  double most = 0;
  for (const auto& row : run.network.usage()) {
    most = std::max(most, row.bytes);
  }
  CHECK(8 * most == Approx(chat.service->kv_transferred_bytes)); // each of eight cards has a NIC
  CHECK(chat.states[State::kv_wait] > 0);
  CHECK(chat.states.total() == Approx(16 * chat.end_s).epsilon(1e-9));
}

TEST_CASE("token-by-token play of a whole job ends at the same time") {
  const auto scenario = scenario_of(small_cluster(2), {service(split_service(100, 20))});
  const Simulated stretches(scenario, true);
  const Simulated tokens(scenario, false);
  CHECK(stretches.jobs.front().end_s == Approx(tokens.jobs.front().end_s).epsilon(1e-9));
  CHECK(stretches.jobs.front().service->e2e.mean_s == Approx(tokens.jobs.front().service->e2e.mean_s).epsilon(1e-9));
}

TEST_CASE("decode over two nodes takes what is handed over as early as when it plays token by token") {
  auto spec = split_service(60, 0.5); // long stretches between requests
  spec.requests.output = {scenario::LengthDistribution::constant, 2000, 0, 0, 0, {}};
  spec.disaggregation->decode.tensor = 16;
  auto chat = service(spec);
  chat.cards = 24;
  const auto scenario = scenario_of(small_cluster(3), {chat});
  const Simulated stretches(scenario, true);
  const Simulated tokens(scenario, false);
  const metrics::ServiceFigures& fast = *stretches.jobs.front().service;
  const metrics::ServiceFigures& slow = *tokens.jobs.front().service;
  CHECK(fast.hand_over.mean_s == Approx(slow.hand_over.mean_s).epsilon(0.01));
  CHECK(fast.hand_over.p99_s == Approx(slow.hand_over.p99_s).epsilon(0.01));
  CHECK(fast.ttft.mean_s == Approx(slow.ttft.mean_s).epsilon(0.01));
  CHECK(fast.e2e.mean_s == Approx(slow.e2e.mean_s).epsilon(0.001));
}

TEST_CASE("a replica over two nodes: its bytes are in the books, whether the network played them or not") {
  const auto chat = service(wide_service(50, 20));
  const Simulated alone(scenario_of(small_cluster(4), {chat}));
  auto beside_job = neighbour(8, 1e9); // inside its node
  const Simulated beside(scenario_of(small_cluster(4), {chat, beside_job}));
  const auto nic_bytes = [](const Simulated& run) {
    double most = 0;
    for (const auto& row : run.network.usage()) {
      const auto kind = run.cluster.kind(row.resource);
      const bool nic = kind == platform::ResourceKind::nic_out || kind == platform::ResourceKind::nic_in;
      most = nic ? std::max(most, row.bytes) : most;
    }
    return most;
  };
  CHECK(nic_bytes(alone) > 1e6);
  CHECK(nic_bytes(alone) == Approx(nic_bytes(beside)).epsilon(1e-9));
}

TEST_CASE("a service that stays in its nodes leaves a training job beside it as it is") {
  auto spec = wide_service(400, 40);
  spec.replicas.tensor = 8;
  auto chat = service(spec);
  chat.cards = 8;
  const auto train = job("train", 16, 0, small_pretraining(2, 2, 32, 400));
  const Simulated alone(scenario_of(small_cluster(4), {train}));
  const Simulated both(scenario_of(small_cluster(4), {train, chat}));
  CHECK(both.jobs.front().end_s == Approx(alone.jobs.front().end_s).epsilon(1e-9));
  CHECK(both.jobs.back().service->requests_completed == 400);
}

TEST_CASE("a service whose requests come after the horizon ends while its weights are still on the way") {
  auto platform = small_cluster(1);
  platform.pools.front().node.pcie.clear();
  for (int i = 0; i < 8; ++i) {
    platform.pools.front().node.pcie.push_back({{i}, {i}, {}, i / 4, 32e9, 32e9});
  }
  platform.pools.front().node.host = {2, 64, 1e12, 400e9, 100e9};
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 1;
  storage.read_bytes_per_s = storage.write_bytes_per_s = 1e6; // the weights take minutes
  storage.nics = 1;
  storage.nic_bytes_per_s = 1e9;
  platform.storage = {storage};
  auto spec = wide_service(10, 0.01);
  spec.requests.arrival.process = scenario::ArrivalProcess::constant;
  spec.replicas.tensor = 8;
  spec.weights = "pfs";
  auto chat = service(spec);
  chat.cards = 8;
  auto scenario = scenario_of(platform, {chat});
  scenario.duration_s = 20;
  const Simulated run(scenario);
  CHECK(run.jobs.front().service->requests_completed == 0);
  CHECK(run.jobs.front().states.total() == Approx(8 * (run.jobs.front().end_s - run.jobs.front().start_s)));
}

TEST_CASE("a service without cards or without an end is refused with a sentence") {
  auto spec = wide_service(10, 1);
  auto job = service(spec);
  job.cards = 8;
  CHECK_THROWS_WITH(Simulated(scenario_of(small_cluster(2), {job})),
                    "job 'chat': 1 x TP 16 need 16 cards, but the job has 8");
  spec.requests.count = 0;
  CHECK_THROWS_WITH(Simulated(scenario_of(small_cluster(2), {service(spec)})),
                    "job 'chat': its requests never end: give them a count, or the scenario a duration");
}
