// Host work beneath the device's, and prompts that enter beside decodes as a whole.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

TEST_CASE("Host work sets the pace until the context has grown: in stretches as token by token") {
  FakeCost cost;
  cost.context_s = 1e-5;
  cost.floor_s = cost.base_s + 60 * cost.decode_s + 3000 * cost.context_s;
  cost.blocks = 1e6;
  const auto requests = random_requests(11, 300, 10, 300, 400);
  auto listed = std::make_unique<ListedRequests>(requests);
  auto again = std::make_unique<ListedRequests>(requests);
  const ListedRequests& first = *listed;
  const ListedRequests& second = *again;
  const Served stretched(setup_of({plan_of(cost)}), std::move(listed));
  ServiceSetup single = setup_of({plan_of(cost)});
  single.token_by_token = true;
  const Served tokens(std::move(single), std::move(again));
  REQUIRE(first.ended.size() == second.ended.size());
  for (std::size_t i = 0; i < first.ended.size(); ++i) {
    CHECK(first.ended[i].number == second.ended[i].number);
    CHECK(first.ended[i].at_s == Approx(second.ended[i].at_s).epsilon(1e-9));
  }
}

TEST_CASE("Oracle: passes beneath host work last as long as it does") {
  FakeCost cost;
  cost.floor_s = 0.1;
  cost.blocks = 1e6;
  const double first_s = cost.base_s + cost.decode_s + cost.context_s * 100; // one decode, 100 tokens of context
  REQUIRE(first_s < cost.floor_s);
  const Served served(setup_of({plan_of(cost)}), std::make_unique<ListedRequests>(std::vector{request(0, 100, 51)}));
  CHECK(served.end_s == Approx(51 * 0.1)); // the prompt's iteration and 50 decodes
}

TEST_CASE("How many passes of a stretch last less than a floor") {
  CHECK(Stretch{1, 0}.passes_below(1, 100) == 0);
  CHECK(Stretch{1, 0}.passes_below(2, 100) == 100);
  CHECK(Stretch{1, 0.1}.passes_below(1.45, 100) == 5);
  CHECK(Stretch{1, 0.1}.passes_below(1.45, 3) == 3);
}

TEST_CASE("Oracle: whole prompts wait for room in an iteration, cut ones fill it") {
  FakeCost cost;
  cost.blocks = 1e6;
  GroupSettings settings;
  settings.max_batched_tokens = 100;
  cost.context_s = 0;
  const auto mean_ttft_s = [&](bool whole) {
    settings.whole_prompts = whole;
    const Served served(
        setup_of({plan_of(cost, settings)}),
        std::make_unique<ListedRequests>(std::vector{request(0, 60, 10), request(0, 60, 1), request(0, 60, 1)}));
    return served.figures.ttft.mean_s;
  };
  const auto iteration_s = [&](double prompt, double decodes) {
    return cost.base_s + prompt * cost.prompt_token_s + decodes * cost.decode_s;
  };
  // The first is under way when the others come. Whole: 60 tokens beside its decode, twice. Cut: 60 and 39, then 21.
  const double first_s = iteration_s(60, 0);
  CHECK(mean_ttft_s(true) == Approx(first_s + iteration_s(60, 1)));
  CHECK(mean_ttft_s(false) == Approx(first_s + (2 * iteration_s(99, 1) + iteration_s(21, 1)) / 3));
}
