// How many replicas a load asks for, when they come, and when they go.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;
using metrics::State;

namespace {

scenario::AutoscaleSpec rule_of(int min, int max) {
  scenario::AutoscaleSpec rule;
  rule.min = min;
  rule.max = max;
  rule.interval_s = 15;
  rule.scale_down_after_s = 0;
  return rule;
}

ServiceLoad load_of(double waiting, double requests = 0, double kv = 0, double least = 0) {
  return {waiting, requests, kv, least};
}

/// `count` at once.
std::vector<workload::Request> burst(double at_s, int count, int prompt, int output) {
  return std::vector<workload::Request>(static_cast<std::size_t>(count), request(at_s, prompt, output));
}

} // namespace

TEST_CASE("autoscaling: Kubernetes' formula, ceil(replicas x load / target), for every load and number of replicas") {
  auto rule = rule_of(1, 50);
  rule.target_requests = 8;
  for (int replicas = 1; replicas <= 50; ++replicas) {
    for (int requests = 0; requests <= 300; ++requests) {
      Autoscaler scaler(rule, 0, replicas);
      const double mean = 1.0 * requests / replicas;
      const double ratio = mean / 8;
      const int formula =
          std::abs(ratio - 1) <= 0.1 + 1e-9 ? replicas : static_cast<int>(std::ceil(replicas * ratio - 1e-9));
      REQUIRE(scaler.look(15, replicas, load_of(0, requests)) == std::clamp(formula, 1, 50));
    }
  }
}

TEST_CASE("autoscaling: the target that asks for most decides, within limits, and never less than the work at hand") {
  auto rule = rule_of(2, 10);
  rule.target_queue = 4;
  rule.target_kv = 0.5;
  CHECK(Autoscaler(rule, 0, 2).look(15, 2, load_of(20, 0, 1.2)) == 5);    // the queue
  CHECK(Autoscaler(rule, 0, 2).look(15, 2, load_of(4, 0, 1.6)) == 4);     // memory
  CHECK(Autoscaler(rule, 0, 2).look(15, 2, load_of(400)) == 10);          // at most
  CHECK(Autoscaler(rule, 0, 5).look(15, 5, load_of(0)) == 2);             // at least
  CHECK(Autoscaler(rule, 0, 5).look(15, 5, load_of(0, 30, 0.4, 3)) == 3); // places for what runs
}

TEST_CASE("autoscaling: fewer replicas only when no look within the window asked for more") {
  auto rule = rule_of(1, 10);
  rule.target_queue = 1;
  rule.scale_down_after_s = 60;
  Autoscaler scaler(rule, 0, 4);
  CHECK(scaler.look(15, 4, load_of(0)) == 4); // what was there at the start counts
  CHECK(scaler.look(30, 4, load_of(8)) == 8); // up at once
  CHECK(scaler.look(45, 8, load_of(2)) == 8);
  CHECK(scaler.look(60, 8, load_of(5)) == 8);
  CHECK(scaler.look(75, 8, load_of(1)) == 8);
  CHECK(scaler.look(90, 8, load_of(1)) == 8);
  CHECK(scaler.look(105, 8, load_of(1)) == 5); // that of 30 s is out of the window, that of 60 s is not
  CHECK(scaler.look(135, 5, load_of(1)) == 1);
}

TEST_CASE("autoscaling: with scale_up_after a short peak starts nothing") {
  auto rule = rule_of(1, 10);
  rule.target_queue = 1;
  rule.scale_up_after_s = 30;
  Autoscaler scaler(rule, 0, 1);
  CHECK(scaler.look(15, 1, load_of(9)) == 1);
  CHECK(scaler.look(30, 1, load_of(9)) == 1); // the start is still within the window
  CHECK(scaler.look(45, 1, load_of(6)) == 6); // what all looks asked for
}

TEST_CASE(
    "autoscaling: a burst starts as many as it asks for, at once, and those on their way are not asked for again") {
  FakeCost cost;
  GroupSettings settings;
  settings.max_batch = 2;
  auto setup = setup_of(std::vector<ReplicaPlan>(8, plan_of(cost, settings)));
  auto rule = rule_of(1, 8);
  rule.target_queue = 10;
  rule.interval_s = 1;
  rule.start_s = 3;
  rule.scale_down_after_s = 1e6;
  setup.autoscale = rule;
  setup.open_replicas = 1;
  // 58 wait at the first look, and fewer at each one after it: 6 replicas.
  const Served served(std::move(setup), std::make_unique<ListedRequests>(burst(0, 60, 10, 400)));
  CHECK(served.figures.requests_completed == 60);
  CHECK(served.figures.replicas_started == 5);
  CHECK(served.figures.peak_replicas == 6);
  CHECK(served.states[State::weights] == Approx(8 * 5 * 3.0)); // all five at the same time
  CHECK(served.states.total() == Approx(64 * served.end_s).epsilon(1e-12));
}

TEST_CASE("autoscaling: who is no longer wanted ends with its last request, and takes its prefixes with it") {
  FakeCost cost;
  GroupSettings settings;
  settings.prefix_cache = true;
  auto rule = rule_of(1, 2);
  rule.target_requests = 2;
  rule.interval_s = 1;
  const auto about = [](double at_s, std::uint64_t document) {
    auto made = request(at_s, 16 * 40, 300); // 3 s and more of decoding
    made.blocks = workload::BlockChain(16, document, 16 * 40, 0, 0);
    return made;
  };
  // Two at once, on a replica each: one is enough for both. When four come it starts again, and is asked about what it
  // had known.
  const std::vector<workload::Request> requests = {about(0, 1),  about(0, 2),  about(30, 3),  about(30, 4),
                                                   about(30, 5), about(30, 6), about(32.5, 2)};
  for (const double down_after_s : {0.0, 1e6}) {
    rule.scale_down_after_s = down_after_s;
    auto setup = setup_of({plan_of(cost, settings), plan_of(cost, settings)});
    setup.autoscale = rule;
    setup.open_replicas = 2;
    setup.router = scenario::Router::prefix_aware;
    const Served served(std::move(setup), std::make_unique<ListedRequests>(requests));
    CHECK(served.figures.requests_completed == 7);
    CHECK(served.figures.ttft.mean_s < 0.6); // nobody waited for a replica that had been told to end
    if (down_after_s == 0) {
      CHECK(served.figures.replicas_ended >= 1);
      CHECK(served.figures.replicas_started >= 1);
      CHECK(served.figures.mean_replicas < 1.5);
      CHECK(served.figures.prefix_hit_share == 0);
    } else {
      CHECK(served.figures.replicas_ended == 0);
      CHECK(served.figures.mean_replicas == 2);
      CHECK(served.figures.prefix_hit_share == Approx(39.0 / (7 * 40))); // all blocks but the last one
    }
  }
}
