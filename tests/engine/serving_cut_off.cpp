// Services whose run ends before their requests do: what is known of those counts.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;

namespace {

std::vector<workload::Request> every(double gap_s, int count, int prompt, int output) {
  std::vector<workload::Request> requests;
  for (int i = 0; i < count; ++i) {
    requests.push_back(request(gap_s * i, prompt, output));
  }
  return requests;
}

Served served(const FakeCost& cost, const scenario::SloSpec& slo, std::vector<workload::Request> requests,
              double horizon_s, double weights_s = 0) {
  ServiceSetup setup = setup_of({plan_of(cost)});
  setup.slo = slo;
  return Served(std::move(setup), std::make_unique<ListedRequests>(std::move(requests)), horizon_s, weights_s);
}

/// Over its points, which are as long as the gap between them, the last one to the end.
double tokens_of(const Served& run, double metrics::ServicePoint::*rate) {
  const auto& points = run.figures.timeline;
  double tokens = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    tokens += points[i].*rate * ((i + 1 < points.size() ? points[i + 1].at_s : run.end_s) - points[i].at_s);
  }
  return tokens;
}

} // namespace

TEST_CASE("A service that answers nothing keeps no promise, and has no latencies") {
  scenario::SloSpec slo;
  slo.ttft_p99_s = 1;
  const Served run = served({}, slo, every(0.1, 100, 50, 10), 5, 20);
  REQUIRE(run.figures.requests_completed == 0);
  REQUIRE(run.figures.requests_unfinished > 0);
  CHECK_FALSE(run.figures.meets_slo);
  CHECK(run.figures.slo_attainment == 0);
  CHECK(std::isnan(run.figures.ttft.p99_s));
  CHECK(std::isnan(run.figures.e2e.mean_s));
  CHECK(run.figures.output_tokens == 0);
}

TEST_CASE("Without an arrival there is no share of kept promises") {
  const Served none = served({}, {}, {request(9, 50, 10)}, 5, 0);
  REQUIRE(none.figures.requests_unfinished == 0);
  CHECK(std::isnan(none.figures.slo_attainment));
}

TEST_CASE("Oracle: requests that are late when the run ends count as missed, others do not") {
  // Ten short answers, and one that goes on: 0.01 s a pass, the long one has been there for all of the 2 s.
  auto requests = every(0.1, 10, 10, 2);
  requests.push_back(request(0, 10, 100000));
  std::rotate(requests.begin(), requests.end() - 1, requests.end());
  FakeCost cost;
  cost.blocks = 1e6;
  scenario::SloSpec slo;
  slo.e2e_p99_s = 3;
  const Served early = served(cost, slo, requests, 2);
  REQUIRE(early.figures.requests_completed == 10);
  REQUIRE(early.figures.requests_unfinished == 1);
  CHECK(early.figures.meets_slo);
  CHECK(early.figures.slo_attainment == 1);
  slo.e2e_p99_s = 1.5;
  const Served late = served(cost, slo, requests, 2);
  CHECK_FALSE(late.figures.meets_slo);
  CHECK(late.figures.slo_attainment == Approx(10.0 / 11));
  // A late tenth is no matter to a median, and TPOT is known only from below: 2 s over 100,000 tokens.
  scenario::SloSpec others;
  others.ttft_p50_s = 1;
  others.tpot_p99_s = 0.1;
  CHECK(served(cost, others, requests, 2).figures.meets_slo);
}

TEST_CASE("A quantile counts what is known of samples that are not there yet") {
  LatencyHistogram histogram;
  histogram.add(1, 99);
  CHECK(histogram.keeps(0.99, 1, 0, 1));
  CHECK_FALSE(histogram.keeps(0.99, 1, 0, 2));
  CHECK(histogram.keeps(0.99, 1, 99, 2));
  CHECK_FALSE(histogram.keeps(0.99, 0.5, 0, 0));
  CHECK_FALSE(LatencyHistogram().keeps(0.5, 1, 0, 1));
  CHECK(LatencyHistogram().keeps(0.5, 1, 1, 1));
  CHECK(LatencyHistogram().keeps(0.5, 1, 0, 0));
}

TEST_CASE("Conservation: a run that is cut off holds every token of its time, as its timeline does") {
  FakeCost cost;
  cost.blocks = 1e6;
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    for (const double horizon_s : {3.0, 7.77, 20.0}) {
      const Served run = served(cost, {}, random_requests(seed, 400, 10, 400, 300), horizon_s);
      REQUIRE(run.figures.requests_unfinished > 0);
      CHECK(run.figures.output_tokens == Approx(tokens_of(run, &metrics::ServicePoint::output_tokens_per_s)));
      CHECK(run.figures.prompt_tokens == Approx(tokens_of(run, &metrics::ServicePoint::prompt_tokens_per_s)));
      CHECK(run.figures.output_tokens_per_s == Approx(run.figures.output_tokens / run.end_s));
      double of_priorities = 0;
      for (const auto& rank : run.figures.priorities) {
        of_priorities += rank.output_tokens_per_s * run.end_s;
      }
      CHECK(of_priorities == Approx(run.figures.output_tokens));
    }
  }
}
