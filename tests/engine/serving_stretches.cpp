// Decodes between two changes of a batch are one event: as token-by-token play, to 1e-9.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

ServiceSetup in_tokens(ServiceSetup setup) {
  setup.token_by_token = true;
  return setup;
}

void check_equal(const metrics::LatencyFigures& a, const metrics::LatencyFigures& b) {
  CHECK(a.mean_s == Approx(b.mean_s).epsilon(1e-9));
  CHECK(a.p50_s == Approx(b.p50_s).epsilon(1e-9));
  CHECK(a.p99_s == Approx(b.p99_s).epsilon(1e-9));
}

void check_equal(const ServiceSetup& setup, const std::vector<workload::Request>& requests, double horizon_s,
                 double kv_tolerance = 1e-9) {
  auto listed = std::make_unique<ListedRequests>(requests);
  auto again = std::make_unique<ListedRequests>(requests);
  const ListedRequests& first = *listed;
  const ListedRequests& second = *again;
  const Served a(setup, std::move(listed), horizon_s);
  const Served b(in_tokens(setup), std::move(again), horizon_s);
  REQUIRE(first.ended.size() == second.ended.size());
  for (std::size_t i = 0; i < first.ended.size(); ++i) {
    CHECK(first.ended[i].number == second.ended[i].number);
    CHECK(first.ended[i].at_s == Approx(second.ended[i].at_s).epsilon(1e-9));
  }
  check_equal(a.figures.ttft, b.figures.ttft);
  check_equal(a.figures.tpot, b.figures.tpot);
  check_equal(a.figures.e2e, b.figures.e2e);
  CHECK(a.figures.itl.mean_s == Approx(b.figures.itl.mean_s).epsilon(1e-9));
  CHECK(a.figures.itl.p50_s == Approx(b.figures.itl.p50_s).epsilon(1e-3));
  CHECK(a.figures.mean_kv_share == Approx(b.figures.mean_kv_share).epsilon(kv_tolerance));
  CHECK(a.figures.peak_kv_share == Approx(b.figures.peak_kv_share).epsilon(1e-9));
  CHECK(a.figures.mean_batch == Approx(b.figures.mean_batch).epsilon(1e-9));
  CHECK(a.figures.iterations == b.figures.iterations);
  CHECK(a.figures.preemptions == b.figures.preemptions);
  for (std::size_t s = 0; s < metrics::state_count; ++s) {
    const auto state = static_cast<metrics::State>(s);
    CHECK(a.states[state] == Approx(b.states[state]).epsilon(1e-9).margin(1e-9));
  }
}

} // namespace

TEST_CASE("stretches equal tokens: a batch that comes and goes") {
  FakeCost cost;
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    check_equal(setup_of({plan_of(cost)}), random_requests(seed, 300, 3, 300, 200), engine::never_s);
  }
}

TEST_CASE("stretches equal tokens: memory runs out, in blocks of every size") {
  FakeCost cost;
  for (const int block : {1, 3, 16, 64}) {
    for (const bool swap : {false, true}) {
      GroupSettings settings;
      settings.kv_block = block;
      settings.max_batch = 64;
      settings.swap = swap;
      cost.blocks = 1600.0 / block;
      check_equal(setup_of({plan_of(cost, settings)}), random_requests(5, 200, 20, 100, 300), engine::never_s);
    }
  }
}

TEST_CASE("stretches equal tokens: groups in lockstep, of which now one and now another is slowest") {
  FakeCost cost;
  cost.context_s = 1e-5;
  check_equal(setup_of({plan_of(cost, {}, 5), plan_of(cost, {}, 2)}), random_requests(9, 400, 8, 400, 150),
              engine::never_s);
}

TEST_CASE("stretches equal tokens: prompts alone and whole") {
  FakeCost cost;
  GroupSettings settings;
  settings.chunked_prefill = false;
  settings.max_batched_tokens = 500;
  check_equal(setup_of({plan_of(cost, settings, 2)}), random_requests(4, 300, 4, 600, 200), engine::never_s);
}

TEST_CASE("stretches equal tokens: priorities, and a small budget") {
  FakeCost cost;
  GroupSettings settings;
  settings.by_priority = true;
  settings.max_batched_tokens = 64;
  settings.max_batch = 16;
  cost.blocks = 60;
  check_equal(setup_of({plan_of(cost, settings)}), random_requests(6, 200, 3, 300, 200), engine::never_s);
}

TEST_CASE("stretches equal tokens: speculated tokens") {
  FakeCost cost;
  cost.drafts = 3;
  GroupSettings settings;
  settings.draft_tokens = 3;
  settings.acceptance = 0.7;
  cost.blocks = 300;
  check_equal(setup_of({plan_of(cost, settings)}), random_requests(8, 150, 3, 300, 200), engine::never_s, 0.01);
}

TEST_CASE("stretches equal tokens: cut at a horizon") {
  FakeCost cost;
  check_equal(setup_of({plan_of(cost)}), random_requests(3, 300, 3, 300, 200), 17.3, 1e-3);
}
