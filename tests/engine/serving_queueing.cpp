// Without batching a replica is a single server: queueing theory knows how long its customers wait.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

/// Mean time in the queue of an M/G/1 server (Pollaczek and Khinchine): rate E[S^2] / (2 (1 - rate E[S])).
double pollaczek_khinchine_s(double rate_per_s, double mean_s, double mean_square_s2) {
  return rate_per_s * mean_square_s2 / (2 * (1 - rate_per_s * mean_s));
}

/// Each request is one iteration of its own: its prompt, and the only token.
Served one_at_a_time(const FakeCost& cost, std::vector<workload::Request> requests) {
  GroupSettings settings;
  settings.max_batch = 1;
  return Served(setup_of({plan_of(cost, settings)}), std::make_unique<ListedRequests>(std::move(requests)));
}

} // namespace

TEST_CASE("M/D/1: equal requests one at a time wait as Pollaczek and Khinchine say") {
  FakeCost cost;
  cost.prompt_token_s = 0;
  for (const double load : {0.3, 0.6, 0.8}) {
    const double rate_per_s = load / cost.base_s;
    auto requests = random_requests(7, 400000, rate_per_s, 1, 1);
    const Served served = one_at_a_time(cost, std::move(requests));
    const double expected_s = pollaczek_khinchine_s(rate_per_s, cost.base_s, cost.base_s * cost.base_s);
    CHECK(served.figures.ttft.mean_s - cost.base_s == Approx(expected_s).epsilon(0.03));
    CHECK(served.figures.mean_in_system == Approx(served.figures.ttft.mean_s * 400000 / served.end_s));
  }
}

TEST_CASE("M/G/1: requests of random length one at a time wait as Pollaczek and Khinchine say") {
  FakeCost cost;
  cost.base_s = 0;
  const int longest = 200;
  const double n = longest;
  const double mean_s = cost.prompt_token_s * (n + 1) / 2;
  const double mean_square_s2 = cost.prompt_token_s * cost.prompt_token_s * (n + 1) * (2 * n + 1) / 6;
  const double rate_per_s = 0.8 / mean_s;
  const Served served = one_at_a_time(cost, random_requests(11, 400000, rate_per_s, longest, 1));
  CHECK(served.figures.ttft.mean_s - mean_s ==
        Approx(pollaczek_khinchine_s(rate_per_s, mean_s, mean_square_s2)).epsilon(0.03));
  CHECK(served.states[metrics::State::prefill] / served.states.total() == Approx(0.8).epsilon(0.01));
}

TEST_CASE("a closed loop yields more with every client until it is saturated") {
  FakeCost cost;
  GroupSettings settings;
  settings.max_batch = 32;
  double last = 0;
  for (const int clients : {1, 2, 4, 8, 16, 32, 64, 128}) {
    const Served served(setup_of({plan_of(cost, settings)}), std::make_unique<Clients>(clients, 2000, 50, 40));
    const double rate = served.figures.output_tokens_per_s;
    CHECK(rate > (clients <= 32 ? last : 0.97 * last));
    CHECK(served.figures.requests_completed == 2000);
    last = rate;
  }
}

TEST_CASE("one client: each request takes its prompt and its passes, alone") {
  FakeCost cost;
  const int prompt = 64;
  const int output = 11;
  const Served served(setup_of({plan_of(cost)}), std::make_unique<Clients>(1, 10, prompt, output));
  const double prefill_s = cost.base_s + cost.prompt_token_s * prompt;
  double decode_s = 0;
  for (int k = 1; k < output; ++k) {
    decode_s += cost.base_s + cost.decode_s + cost.context_s * (prompt + k);
  }
  CHECK(served.figures.ttft.mean_s == Approx(prefill_s).epsilon(1e-9));
  CHECK(served.figures.tpot.mean_s == Approx(decode_s / (output - 1)).epsilon(1e-9));
  CHECK(served.figures.e2e.p99_s == Approx(prefill_s + decode_s).epsilon(1e-9));
  CHECK(served.end_s == Approx(10 * (prefill_s + decode_s)).epsilon(1e-9));
  CHECK(served.states[metrics::State::decode] == Approx(8 * 10 * decode_s).epsilon(1e-9));
  CHECK(served.states[metrics::State::prefill] == Approx(8 * 10 * prefill_s).epsilon(1e-9));
}
