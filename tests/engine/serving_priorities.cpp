// What requests of each priority got: parts of the whole, and what brute force says of their ends.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

GroupSettings small_batches(bool by_priority) {
  GroupSettings settings;
  settings.max_batch = 6;
  settings.max_batched_tokens = 512;
  settings.by_priority = by_priority;
  return settings;
}

struct Play {
  std::vector<workload::Request> requests;
  std::vector<ListedRequests::Ended> ended;
  metrics::ServiceFigures figures;
};

Play play(std::vector<workload::Request> requests, bool by_priority, double horizon_s = engine::never_s,
          scenario::SloSpec slo = {}) {
  FakeCost cost;
  auto setup = setup_of({plan_of(cost, small_batches(by_priority))});
  setup.slo = slo;
  auto source = std::make_unique<ListedRequests>(requests);
  const ListedRequests& listed = *source;
  const Served served(std::move(setup), std::move(source), horizon_s);
  return {std::move(requests), listed.ended, served.figures};
}

double gaps(const Play& play, int priority) {
  double count = 0;
  for (const auto& request : play.requests) {
    count += request.priority == priority ? request.output_tokens - 1 : 0;
  }
  return count;
}

} // namespace

TEST_CASE("priorities: each has its own latencies, and they are parts of the whole") {
  const Play all = play(random_requests(3, 600, 15, 400, 60), true);
  REQUIRE(all.figures.priorities.size() == 3);
  std::map<int, double> sojourn_s, count;
  for (const auto& end : all.ended) {
    const workload::Request& request = all.requests[end.number];
    sojourn_s[request.priority] += end.at_s - request.arrival_s;
    ++count[request.priority];
  }
  double completed = 0, ttft_s = 0, tokens_per_s = 0, itl_s = 0, itls = 0;
  int last = 3;
  for (const metrics::PriorityFigures& f : all.figures.priorities) {
    CHECK(f.priority < last); // the highest first
    last = f.priority;
    CHECK(f.requests_completed == count[f.priority]);
    CHECK(f.requests_unfinished == 0);
    CHECK(f.e2e.mean_s == Approx(sojourn_s[f.priority] / count[f.priority]).epsilon(1e-9));
    completed += f.requests_completed;
    ttft_s += f.ttft.mean_s * f.requests_completed;
    tokens_per_s += f.output_tokens_per_s;
    itl_s += f.itl.mean_s * gaps(all, f.priority);
    itls += gaps(all, f.priority);
  }
  CHECK(completed == all.figures.requests_completed);
  CHECK(ttft_s == Approx(all.figures.ttft.mean_s * completed));
  CHECK(tokens_per_s == Approx(all.figures.output_tokens_per_s));
  CHECK(itl_s == Approx(all.figures.itl.mean_s * itls));
  CHECK(all.figures.priorities.front().ttft.mean_s < all.figures.priorities.back().ttft.mean_s);
  // Between two tokens lies what lies between the first and the last.
  for (const metrics::PriorityFigures& f : all.figures.priorities) {
    double decode_s = 0;
    decode_s += (f.e2e.mean_s - f.ttft.mean_s) * f.requests_completed;
    CHECK(decode_s == Approx(f.itl.mean_s * gaps(all, f.priority)));
  }
}

TEST_CASE("priorities: one class is the whole, and says nothing twice") {
  auto requests = random_requests(4, 50, 3, 400, 60);
  for (auto& request : requests) {
    request.priority = 7;
  }
  CHECK(play(requests, true).figures.priorities.empty());
}

TEST_CASE("priorities: goodput by class, and requests that are left at the horizon") {
  scenario::SloSpec slo;
  slo.ttft_p99_s = 0.5;
  const Play all = play(random_requests(8, 600, 20, 400, 60), true, 20, slo);
  double goodput = 0, unfinished = 0;
  for (const metrics::PriorityFigures& f : all.figures.priorities) {
    goodput += f.goodput_rps;
    unfinished += f.requests_unfinished;
    // Of those that were completed, and of unfinished ones that are late already.
    const double kept = f.goodput_rps * 20;
    CHECK(f.slo_attainment <= Approx(kept / f.requests_completed));
    CHECK(f.slo_attainment >= Approx(kept / (f.requests_completed + f.requests_unfinished)));
  }
  CHECK(unfinished > 0);
  CHECK(unfinished == all.figures.requests_unfinished);
  CHECK(goodput == Approx(all.figures.goodput_rps));
  CHECK(all.figures.priorities.front().slo_attainment > all.figures.priorities.back().slo_attainment);
}

TEST_CASE("priorities: more of them than are told apart still count in the whole") {
  auto requests = random_requests(9, 400, 5, 100, 20);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].priority = static_cast<int>(i % 50);
  }
  const Play all = play(requests, false);
  CHECK(all.figures.requests_completed == 400);
  CHECK(all.figures.priorities.size() == 32);
  for (const metrics::PriorityFigures& f : all.figures.priorities) {
    CHECK(f.requests_completed == 8);
  }
}
