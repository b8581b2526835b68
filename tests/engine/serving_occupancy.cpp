// KV memory in use over time: each moment has its own blocks, whether anything iterates then or not.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

/// No more in any point than at the peak, and all points together hold the mean.
void check_occupancy(const Served& served) {
  const metrics::ServiceFigures& f = served.figures;
  REQUIRE(!f.timeline.empty());
  double integral = 0;
  for (std::size_t i = 0; i < f.timeline.size(); ++i) {
    const double until_s = i + 1 < f.timeline.size() ? f.timeline[i + 1].at_s : served.end_s;
    CHECK(f.timeline[i].kv_share <= f.peak_kv_share * (1 + 1e-9));
    integral += f.timeline[i].kv_share * (until_s - f.timeline[i].at_s);
  }
  CHECK(f.peak_kv_share <= 1);
  CHECK(f.mean_kv_share > 0);
  CHECK(integral == Approx(f.mean_kv_share * served.end_s).epsilon(1e-9));
}

/// Prompts are done at once, and wait for a decode replica that takes `batch` at a time.
ServiceSetup split(const CostModel& cost, int batch) {
  GroupSettings hands_over;
  hands_over.hands_over = true;
  GroupSettings narrow;
  narrow.max_batch = batch;
  ReplicaPlan prefill = plan_of(cost, hands_over);
  prefill.role = workload::ReplicaRole::prefill;
  ReplicaPlan decode = plan_of(cost, narrow);
  decode.role = workload::ReplicaRole::decode;
  return setup_of({prefill, decode});
}

std::vector<workload::Request> equal_requests(int count, double every_s, int prompt, int output) {
  std::vector<workload::Request> requests;
  for (int i = 0; i < count; ++i) {
    requests.push_back(request(every_s * i, prompt, output));
  }
  return requests;
}

} // namespace

TEST_CASE("occupancy: blocks that wait for a hand-over while nothing iterates belong to that time") {
  FakeCost cost;
  cost.blocks = 300;
  const auto requests = equal_requests(12, 0.05, 1000, 400);
  SECTION("to the end") {
    const Served served(split(cost, 1), std::make_unique<ListedRequests>(requests));
    CHECK(served.done);
    CHECK(served.end_s > 12 * 400 * cost.base_s);
    check_occupancy(served);
  }
  SECTION("to a horizon, at which blocks are held") {
    const Served served(split(cost, 1), std::make_unique<ListedRequests>(requests), 20.25);
    REQUIRE(!served.done);
    CHECK(served.figures.timeline.back().kv_share > 0);
    check_occupancy(served);
  }
}

TEST_CASE("occupancy: of one held block, the share is what it is") {
  FakeCost cost;
  cost.blocks = 10;
  cost.base_s = 1;
  cost.prompt_token_s = cost.decode_s = cost.context_s = 0;
  const Served served(setup_of({plan_of(cost)}), std::make_unique<ListedRequests>(equal_requests(1, 1, 8, 4)));
  CHECK(served.end_s == Approx(4));
  for (const auto& point : served.figures.timeline) {
    CHECK(point.kv_share == Approx(0.1).epsilon(1e-9));
  }
  check_occupancy(served);
}

TEST_CASE("occupancy: random requests, whole and split services, small memories") {
  FakeCost cost;
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    cost.blocks = 100 + 50 * seed;
    const auto requests = random_requests(seed, 200, 8, 900, 120);
    const double horizon_s = seed % 2 == 0 ? engine::never_s : 11.3;
    check_occupancy(Served(split(cost, static_cast<int>(seed)), std::make_unique<ListedRequests>(requests), horizon_s));
    GroupSettings settings;
    settings.swap = seed % 3 == 0;
    check_occupancy(Served(setup_of({plan_of(cost, settings, 2), plan_of(cost, settings)}),
                           std::make_unique<ListedRequests>(requests), horizon_s));
  }
}
