// Who goes first, and who goes where.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;
using metrics::State;
using workload::ReplicaRole;

TEST_CASE("first come, first served: equal requests end in the order in which they came") {
  FakeCost cost;
  cost.blocks = 100;
  std::vector<workload::Request> requests;
  for (int i = 0; i < 300; ++i) {
    requests.push_back(request(0.01 * i, 200, 50));
  }
  auto source = std::make_unique<ListedRequests>(requests);
  const ListedRequests& listed = *source;
  const Served served(setup_of({plan_of(cost)}), std::move(source));
  REQUIRE(listed.ended.size() == 300);
  CHECK(std::is_sorted(listed.ended.begin(), listed.ended.end(),
                       [](const auto& a, const auto& b) { return a.number < b.number; }));
}

TEST_CASE("priorities: the urgent wait less") {
  FakeCost cost;
  GroupSettings settings;
  settings.max_batch = 4;
  settings.by_priority = true;
  auto requests = random_requests(3, 600, 18, 200, 40);
  auto source = std::make_unique<ListedRequests>(requests);
  const ListedRequests& listed = *source;
  const Served served(setup_of({plan_of(cost, settings)}), std::move(source));
  double sojourn_s[3] = {};
  double count[3] = {};
  for (const auto& end : listed.ended) {
    const auto& request = requests[end.number];
    sojourn_s[request.priority] += end.at_s - request.arrival_s;
    ++count[request.priority];
  }
  CHECK(sojourn_s[2] / count[2] < 0.8 * sojourn_s[1] / count[1]);
  CHECK(sojourn_s[1] / count[1] < 0.5 * sojourn_s[0] / count[0]);
}

TEST_CASE("routers: equal shares in turn; the one with least to do; the one that knows the prompt") {
  FakeCost cost;
  GroupSettings settings;
  settings.prefix_cache = true;
  const auto run = [&](scenario::Router router) {
    std::vector<workload::Request> requests;
    for (int i = 0; i < 400; ++i) { // 8 documents, every 4th request is long
      requests.push_back(request(0.08 * i, i % 4 == 0 ? 3200 : 640, 30));
      requests.back().blocks = workload::BlockChain(16, static_cast<std::uint64_t>(i * 7 % 8), 560, 100, 0);
    }
    auto setup =
        setup_of({plan_of(cost, settings), plan_of(cost, settings), plan_of(cost, settings), plan_of(cost, settings)});
    setup.router = router;
    return Served(std::move(setup), std::make_unique<ListedRequests>(requests));
  };
  const Served turns = run(scenario::Router::round_robin);
  const Served least = run(scenario::Router::least_loaded);
  const Served prefix = run(scenario::Router::prefix_aware);
  CHECK(least.figures.ttft.mean_s < turns.figures.ttft.mean_s); // every 4th meets the same replica
  CHECK(prefix.figures.prefix_hit_share > least.figures.prefix_hit_share);
}

TEST_CASE("disaggregated: prompts here, tokens there, KV in between") {
  FakeCost cost;
  GroupSettings hands_over;
  hands_over.hands_over = true;
  ReplicaPlan prefill = plan_of(cost, hands_over);
  prefill.role = ReplicaRole::prefill;
  ReplicaPlan decode = plan_of(cost);
  decode.role = ReplicaRole::decode;
  const int prompt = 1000;
  const int output = 5;
  SECTION("one request: prefill, transfer, passes") {
    const Served served(setup_of({prefill, decode}),
                        std::make_unique<ListedRequests>(std::vector<workload::Request>{request(0, prompt, output)}));
    const double prefill_s = cost.base_s + cost.prompt_token_s * prompt;
    const double transfer_s = prompt * cost.bytes_per_token / served.machine.bytes_per_s;
    double decode_s = 0;
    for (int k = 1; k < output; ++k) {
      decode_s += cost.base_s + cost.decode_s + cost.context_s * (prompt + k);
    }
    // The first token is the decode replica's to send, once it has the KV.
    CHECK(served.figures.ttft.mean_s == Approx(prefill_s + transfer_s).epsilon(1e-12));
    CHECK(served.figures.hand_over.mean_s == Approx(transfer_s).epsilon(1e-12));
    CHECK(served.figures.queue.mean_s == 0);
    CHECK(served.figures.tpot.mean_s == Approx(decode_s / (output - 1)).epsilon(1e-12));
    CHECK(served.figures.itl.mean_s == Approx(decode_s / (output - 1)).epsilon(1e-12));
    CHECK(served.end_s == Approx(prefill_s + transfer_s + decode_s).epsilon(1e-12));
    CHECK(served.figures.kv_transferred_bytes == prompt * cost.bytes_per_token);
    CHECK(served.states[State::prefill] == Approx(8 * prefill_s).epsilon(1e-9));
    CHECK(served.states[State::decode] == Approx(8 * decode_s).epsilon(1e-9));
    CHECK(served.states[State::kv_wait] == Approx(2 * 8 * transfer_s).epsilon(1e-9)); // both have nothing else to do
    CHECK(served.states.total() == Approx(16 * served.end_s).epsilon(1e-12));
  }
  SECTION("two at once: the second waits for a pass to end before its KV is asked for, and when it has come") {
    auto setup = setup_of({prefill, decode});
    setup.hand_over_s = 0.0003;
    const Served served(std::move(setup), std::make_unique<ListedRequests>(std::vector<workload::Request>{
                                              request(0, prompt, 50), request(0.1, prompt, 2)}));
    const double prefill_s = cost.base_s + cost.prompt_token_s * prompt;
    const double moved_s = 0.0003 + prompt * cost.bytes_per_token / served.machine.bytes_per_s;
    double pass_end_s = prefill_s + moved_s; // of the first: decodes alone until the second has come
    int passes = 0;
    const auto decode_until = [&](double time_s) {
      for (; pass_end_s < time_s; ++passes) {
        pass_end_s += cost.base_s + cost.decode_s + cost.context_s * (prompt + 1 + passes);
      }
    };
    decode_until(2 * prefill_s);
    decode_until(pass_end_s + moved_s);
    REQUIRE(passes > 2);
    REQUIRE(passes < 48);
    const double first_s = prefill_s + moved_s;
    const double second_s = pass_end_s - 0.1;
    CHECK(served.figures.ttft.mean_s == Approx((first_s + second_s) / 2).epsilon(1e-12));
    CHECK(served.figures.queue.mean_s == Approx((prefill_s - 0.1) / 2).epsilon(1e-12));
    CHECK(served.figures.hand_over.mean_s == Approx((moved_s + pass_end_s - 2 * prefill_s) / 2).epsilon(1e-12));
  }
  SECTION("many: every token out, every block free, single tokens never leave") {
    const auto requests = random_requests(5, 500, 6, 900, 100);
    double bytes = 0;
    for (const auto& one : requests) {
      bytes += one.output_tokens > 1 ? one.prompt_tokens * cost.bytes_per_token : 0;
    }
    cost.blocks = 200;
    for (ReplicaPlan* plan : {&prefill, &decode}) {
      plan->settings.kv_blocks = 200;
    }
    const Served served(setup_of({prefill, prefill, decode}), std::make_unique<ListedRequests>(requests));
    CHECK(served.figures.requests_completed == 500);
    CHECK(served.figures.kv_transferred_bytes == Approx(bytes));
    CHECK(served.machine.handed_bytes == Approx(bytes));
    CHECK(served.figures.preemptions > 0); // the decode side runs out of memory and computes again
  }
}

TEST_CASE("autoscaling: replicas come with the queue, after their weights, and go when idle") {
  FakeCost cost;
  GroupSettings settings;
  settings.max_batch = 4;
  auto setup = setup_of({plan_of(cost, settings), plan_of(cost, settings), plan_of(cost, settings)});
  scenario::AutoscaleSpec rule;
  rule.min = 1;
  rule.max = 3;
  rule.target_queue = 4;
  rule.interval_s = 1;
  rule.scale_down_after_s = 5;
  rule.start_s = 2;
  setup.autoscale = rule;
  setup.open_replicas = 1;
  auto requests = random_requests(2, 400, 20, 100, 40); // one replica cannot
  requests.push_back(request(requests.back().arrival_s + 60, 10, 10));
  const Served served(std::move(setup), std::make_unique<ListedRequests>(requests), engine::never_s, 3);
  CHECK(served.figures.requests_completed == 401);
  int most = 0;
  for (const auto& point : served.figures.timeline) {
    most = std::max(most, point.replicas);
  }
  CHECK(most == 3);
  CHECK(served.figures.timeline.back().replicas == 1);
  CHECK(served.states[State::weights] == Approx(8 * (3 + 2 * (3 + 2)))); // the first one without its start
  CHECK(served.states.total() == Approx(24 * served.end_s).epsilon(1e-12));
}

TEST_CASE("weights are loaded before the first token, while requests wait") {
  FakeCost cost;
  const Served served(setup_of({plan_of(cost)}),
                      std::make_unique<ListedRequests>(std::vector<workload::Request>{request(1, 100, 1)}),
                      engine::never_s, 30);
  CHECK(served.figures.ttft.mean_s == Approx(29 + cost.base_s + 100 * cost.prompt_token_s));
  CHECK(served.states[State::weights] == Approx(8 * 30.0));
}

TEST_CASE("speculation: passes fall as accepted tokens grow, and tokens stay") {
  FakeCost cost;
  double last = 1e9;
  for (const double acceptance : {0.0, 0.3, 0.6, 0.9, 1.0}) {
    GroupSettings settings;
    settings.draft_tokens = 4;
    settings.acceptance = acceptance;
    cost.blocks = 10000;
    const Served served(setup_of({plan_of(cost, settings)}),
                        std::make_unique<ListedRequests>(std::vector<workload::Request>(200, request(0, 10, 501))));
    // Leviathan et al. 2023, equation 1: tokens of a pass.
    const double a = acceptance;
    const double tokens = a < 1 ? (1 - a * a * a * a * a) / (1 - a) : 5;
    CHECK(served.figures.output_tokens == 200 * 501);
    CHECK(served.figures.iterations < last);
    CHECK(served.figures.iterations == Approx(500 / tokens).epsilon(0.15)); // the slowest of 200, and the prompts
    last = served.figures.iterations;
  }
}
