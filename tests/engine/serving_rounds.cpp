// Decode batches that are left alone for rounds of passes, and what a front end does with requests.
#include "engine/serving/front_desk.hpp"
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

/// Every iteration takes 10 ms, whatever is in it.
FakeCost ticks() {
  FakeCost cost;
  cost.prompt_token_s = cost.decode_s = cost.context_s = 0;
  cost.blocks = 1e6;
  return cost;
}

GroupSettings rounds_of(int passes, bool chunked) {
  GroupSettings settings;
  settings.round_passes = passes;
  settings.chunked_prefill = chunked;
  return settings;
}

} // namespace

TEST_CASE("Oracle: who comes within a round waits for its end, then for the prompts' iteration") {
  const FakeCost cost = ticks();
  // The first decodes from 10 ms on, in rounds that end at 60, 110, 160 ms when 5 passes make one. The second comes at
  // 74 ms: its prompt alone is done at 120 ms. The third comes while that runs: it is next, before any decode.
  const std::vector requests{request(0, 10, 100), request(0.074, 10, 1), request(0.115, 10, 1)};
  for (const bool singly : {false, true}) {
    ServiceSetup setup = setup_of({plan_of(cost, rounds_of(5, false))});
    setup.token_by_token = singly;
    auto listed = std::make_unique<ListedRequests>(requests);
    const ListedRequests& source = *listed;
    const Served served(std::move(setup), std::move(listed));
    REQUIRE(source.ended.size() == 3);
    CHECK(source.ended[0].at_s == Approx(0.12));
    CHECK(source.ended[1].at_s == Approx(0.13));
    CHECK(source.ended[2].at_s == Approx(0.01 + 99 * 0.01 + 2 * 0.01));
  }
}

TEST_CASE("Oracle: beside decodes, prompts of a round's wait enter the first pass of the next") {
  const FakeCost cost = ticks();
  auto listed = std::make_unique<ListedRequests>(
      std::vector{request(0, 10, 100), request(0.074, 10, 1), request(0.075, 10, 1), request(0.111, 10, 1)});
  const ListedRequests& source = *listed;
  const Served served(setup_of({plan_of(cost, rounds_of(5, true))}), std::move(listed));
  REQUIRE(source.ended.size() == 4);
  CHECK(source.ended[0].at_s == Approx(0.12)); // both in the pass that begins at 110 ms
  CHECK(source.ended[1].at_s == Approx(0.12));
  CHECK(source.ended[2].at_s == Approx(0.17)); // came within that pass
}

TEST_CASE("Nobody waits for a round when nothing decodes") {
  const FakeCost cost = ticks();
  auto listed = std::make_unique<ListedRequests>(std::vector{request(0, 10, 2), request(0.035, 10, 1)});
  const ListedRequests& source = *listed;
  const Served served(setup_of({plan_of(cost, rounds_of(50, false))}), std::move(listed));
  CHECK(source.ended[0].at_s == Approx(0.02));
  CHECK(source.ended[1].at_s == Approx(0.045));
}

TEST_CASE("Rounds in stretches are rounds pass by pass, and rounds of one pass are none") {
  FakeCost cost;
  cost.blocks = 60; // tight: some are pushed out
  const auto requests = random_requests(3, 400, 20, 200, 120);
  const auto ends = [&](int passes, bool chunked, bool singly) {
    ServiceSetup setup = setup_of({plan_of(cost, rounds_of(passes, chunked))});
    setup.token_by_token = singly;
    auto listed = std::make_unique<ListedRequests>(requests);
    const ListedRequests& source = *listed;
    const Served served(std::move(setup), std::move(listed));
    std::vector<double> at_s(requests.size(), 0);
    for (const auto& ended : source.ended) {
      at_s[ended.number] = ended.at_s;
    }
    return std::pair(at_s, served.figures.ttft.mean_s);
  };
  for (const bool chunked : {false, true}) {
    for (const int passes : {1, 2, 7}) {
      const auto stretched = ends(passes, chunked, false);
      const auto single = ends(passes, chunked, true);
      for (std::size_t i = 0; i < requests.size(); ++i) {
        CHECK(stretched.first[i] == Approx(single.first[i]).epsilon(1e-9));
      }
    }
    CHECK(ends(7, chunked, false).second > ends(1, chunked, false).second);
  }
}

TEST_CASE("A front desk hands requests on when they are ready, in the order of their coming") {
  FrontDesk desk({0.010, 0.001, 1, 0});
  desk.take(1, 20, 0); // ready at 30 ms
  desk.take(2, 0, 0.005);
  CHECK(desk.next_s() == Approx(0.030));
  CHECK_FALSE(desk.next(0.029).has_value());
  REQUIRE(desk.next(0.031)->id == 1);
  const auto second = desk.next(0.031);
  REQUIRE(second->id == 2);
  CHECK_FALSE(second->along);
  CHECK(desk.next_s() == engine::never_s);
}

TEST_CASE("A front desk gathers requests until there are enough, or the first has waited") {
  FrontDesk desk({0, 0, 3, 0.3});
  desk.take(1, 5, 0);
  desk.take(2, 5, 0.1);
  CHECK(desk.next_s() == Approx(0.3));
  desk.take(3, 5, 0.2);
  CHECK(desk.next_s() == Approx(0.2)); // three
  desk.take(4, 5, 0.2);
  CHECK_FALSE(desk.next(0.2)->along);
  CHECK(desk.next(0.2)->along);
  CHECK(desk.next(0.2)->along);
  CHECK(desk.next_s() == Approx(0.5)); // one, of which the wait began at 0.2
  CHECK_FALSE(desk.next(0.4).has_value());
  CHECK_FALSE(desk.next(0.5)->along);
}

TEST_CASE("What was gathered goes to one replica") {
  const FakeCost cost = ticks();
  ServiceSetup setup = setup_of({plan_of(cost), plan_of(cost)});
  setup.router = scenario::Router::round_robin;
  setup.desk.gather = 2;
  setup.desk.gather_s = 0.05;
  // Two and two together, then one alone when it has waited: replicas 0, 1, 0.
  auto listed = std::make_unique<ListedRequests>(std::vector{
      request(0, 4, 1), request(0.001, 4, 1), request(0.002, 4, 1), request(0.003, 4, 1), request(0.004, 4, 1)});
  const ListedRequests& source = *listed;
  const Served served(std::move(setup), std::move(listed));
  REQUIRE(source.ended.size() == 5);
  // The second of each pair waits behind its first, though the other replica is idle or done sooner.
  CHECK(source.ended[0].at_s == Approx(0.011));
  CHECK(source.ended[1].at_s == Approx(0.013));
  CHECK(source.ended[2].number == 1);
  CHECK(source.ended[2].at_s == Approx(0.021));
  CHECK(source.ended[3].at_s == Approx(0.023));
  CHECK(source.ended[4].at_s == Approx(0.064));
}
