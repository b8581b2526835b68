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

TEST_CASE("what leaves device memory during decodes sets out when it does token by token") {
  FakeCost cost;
  cost.blocks = 400;
  for (const bool swap : {false, true}) {
    GroupSettings settings;
    settings.prefix_cache = true;
    settings.swap = swap;
    settings.swap_tokens = 1e9;
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
