// Tiers below device memory: what was computed once is fetched, not computed again.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

constexpr int block = 16;
constexpr int document_blocks = 60;

/// Documents in turn, each asked about again and again.
std::vector<workload::Request> questions(int documents, int rounds) {
  std::vector<workload::Request> requests;
  for (int i = 0; i < documents * rounds; ++i) {
    requests.push_back(request(2.0 * i, block * (document_blocks + 2), 8));
    requests.back().blocks = workload::BlockChain(block, static_cast<std::uint64_t>(1 + i % documents),
                                                  block * document_blocks, 1000 + static_cast<std::uint64_t>(i), 0);
  }
  return requests;
}

Served serve(const FakeCost& cost, int replicas, double host_blocks, double store_blocks, int documents = 5) {
  GroupSettings settings;
  settings.prefix_cache = true;
  const double block_bytes = cost.bytes_per_token * block;
  ReplicaPlan plan = plan_of(cost, settings);
  plan.host_bytes = host_blocks * block_bytes;
  plan.store_bytes = store_blocks * block_bytes;
  auto setup = setup_of(std::vector<ReplicaPlan>(static_cast<std::size_t>(replicas), plan));
  setup.router = scenario::Router::round_robin;
  return Served(std::move(setup), std::make_unique<ListedRequests>(questions(documents, 6)));
}

} // namespace

TEST_CASE("host memory keeps what device memory drops") {
  FakeCost cost;
  cost.blocks = 100; // one document and its question
  const double found = document_blocks / (document_blocks + 2.0);
  const Served none = serve(cost, 1, 0, 0);
  const Served small = serve(cost, 1, 2 * document_blocks, 0);
  const Served enough = serve(cost, 1, 6 * document_blocks, 0);
  CHECK(none.figures.prefix_hit_share == 0); // five documents pass through a memory for one
  CHECK(small.figures.prefix_hit_share == 0);
  CHECK(enough.figures.prefix_hit_share == Approx(25 * found / 30));
  const double bytes = 25 * document_blocks * block * cost.bytes_per_token;
  CHECK(enough.machine.fetched_bytes[static_cast<int>(KvTier::host)] == Approx(bytes).epsilon(0.35));
  CHECK(enough.figures.kv_transferred_bytes == 0); // nothing went from one replica to another
  CHECK(enough.figures.ttft.mean_s < none.figures.ttft.mean_s);
}

TEST_CASE("what is fetched may leave its tier for what makes room for it") {
  FakeCost cost;
  cost.blocks = 100;
  // Two documents change places: each pushes the other out of device memory, and out of host memory.
  const Served two = serve(cost, 1, document_blocks + 1, 0, 2);
  CHECK(two.figures.requests_completed == 12);
  CHECK(two.figures.prefix_hit_share > 0.5);
}

TEST_CASE("a shared store knows what another replica computed") {
  FakeCost cost;
  const double found = document_blocks / (document_blocks + 2.0);
  const Served alone = serve(cost, 3, 0, 0);
  const Served shared = serve(cost, 3, 0, 1e9);
  CHECK(alone.figures.prefix_hit_share == Approx(15 * found / 30)); // each of three computes all five
  CHECK(shared.figures.prefix_hit_share == Approx(25 * found / 30));
  CHECK(shared.machine.fetched_bytes[static_cast<int>(KvTier::store)] ==
        Approx(10 * document_blocks * block * cost.bytes_per_token));
}

TEST_CASE("host memory is one room: sequences that are swapped out take the place of prefixes") {
  KvTiers tiers({10, 5}, nullptr);
  for (std::uint64_t hash = 1; hash <= 5; ++hash) {
    tiers.keep(hash, 2);
  }
  CHECK(tiers.written(KvTier::host) == 10);
  CHECK(tiers.swap_out(3)); // two prefixes make way
  CHECK(tiers.written(KvTier::nvme) == 4);
  CHECK(tiers.swap_out(7));
  CHECK(tiers.peak(KvTier::host) == 10);
  CHECK_FALSE(tiers.swap_out(1));
  tiers.keep(6, 1); // goes on to the drives
  CHECK(tiers.peak(KvTier::host) == 10);
  CHECK(tiers.peak(KvTier::nvme) <= 5);
  tiers.swap_in(7);
  tiers.keep(7, 7);
  CHECK(tiers.swapped() == 3);
  CHECK(tiers.peak(KvTier::host) == 10);
}

TEST_CASE("whatever is swapped and kept, host memory and drives are never fuller than they are large") {
  FakeCost cost;
  cost.blocks = 160;
  const double block_bytes = cost.bytes_per_token * block;
  for (const double host_blocks : {20.0, 90.0, 400.0}) {
    GroupSettings settings;
    settings.prefix_cache = true;
    settings.swap = true;
    ReplicaPlan plan = plan_of(cost, settings, 2);
    plan.host_bytes = host_blocks * block_bytes;
    plan.nvme_bytes = 150 * block_bytes;
    auto requests = questions(9, 12);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      requests[i].arrival_s = 0.4 * static_cast<double>(i);
      requests[i].output_tokens = 100 + 61 * static_cast<int>(i % 11);
    }
    const Served served(setup_of({plan}), std::make_unique<ListedRequests>(requests));
    CHECK(served.figures.requests_completed == 108);
    CHECK(served.figures.preemptions > 0);
    CHECK(served.service.kv_peak_bytes(KvTier::host) <= plan.host_bytes);
    CHECK(served.service.kv_peak_bytes(KvTier::host) > 0.8 * std::min(plan.host_bytes, 90 * block_bytes));
    CHECK(served.service.kv_peak_bytes(KvTier::nvme) <= plan.nvme_bytes);
  }
}

TEST_CASE("who waits for a tier and who for what is handed over are told apart") {
  FakeCost cost;
  GroupSettings settings;
  settings.prefix_cache = true;
  SECTION("one replica, its KV in host memory") {
    cost.blocks = 100;
    const Served tiers = serve(cost, 1, 6 * document_blocks, 0);
    CHECK(tiers.states[metrics::State::kv_wait] > 0);
    CHECK(tiers.service.hand_over_wait_s(tiers.end_s) == 0);
  }
  SECTION("prefill and decode") {
    ReplicaPlan prefill = plan_of(cost);
    prefill.settings.hands_over = true;
    prefill.role = workload::ReplicaRole::prefill;
    ReplicaPlan decode = plan_of(cost);
    decode.role = workload::ReplicaRole::decode;
    const Served split(setup_of({prefill, decode}),
                       std::make_unique<ListedRequests>(std::vector<workload::Request>{request(0, 1000, 5)}));
    CHECK(split.states[metrics::State::kv_wait] > 0);
    CHECK(split.service.hand_over_wait_s(split.end_s) == Approx(split.states[metrics::State::kv_wait]));
  }
}

TEST_CASE("what leaves device memory during decodes sets out when it does token by token") {
  FakeCost cost;
  cost.blocks = 400;
  for (const bool swap : {false, true}) {
    GroupSettings settings;
    settings.prefix_cache = true;
    settings.swap = swap;
    ReplicaPlan plan = plan_of(cost, settings);
    plan.host_bytes = 300 * cost.bytes_per_token * block;
    plan.nvme_bytes = 900 * cost.bytes_per_token * block;
    std::vector<workload::Request> requests = questions(9, 12);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      requests[i].arrival_s = 0.7 * static_cast<double>(i);
      requests[i].output_tokens = 100 + 37 * static_cast<int>(i % 11);
    }
    ServiceSetup setup = setup_of({plan});
    const Served stretches(setup, std::make_unique<ListedRequests>(requests));
    setup.token_by_token = true;
    const Served tokens(setup, std::make_unique<ListedRequests>(requests));
    const auto& a = stretches.machine.kept;
    const auto& b = tokens.machine.kept;
    REQUIRE(b.size() > 50);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].tier == b[i].tier);
      CHECK(a[i].at_s == Approx(b[i].at_s).epsilon(1e-9));
      CHECK(a[i].bytes == b[i].bytes);
    }
    CHECK(stretches.figures.e2e.mean_s == Approx(tokens.figures.e2e.mean_s).epsilon(1e-9));
  }
}
