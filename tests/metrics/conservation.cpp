#include "iccsim/metrics/conservation.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace iccsim::metrics;

namespace {

Result balanced() {
  Result result;
  result.cards = 16;
  result.simulated_s = 100;
  JobResult job;
  job.name = "train";
  job.cards = 8;
  job.start_s = 10;
  job.end_s = 60;
  job.states[State::compute] = 300;
  job.states[State::bubble] = 100;
  result.jobs.push_back(job);
  result.cluster_states += job.states;
  result.cluster_states[State::free] = 1200;
  return result;
}

} // namespace

TEST_CASE("a balanced result passes; a lost or invented card-second does not") {
  CHECK_NOTHROW(check_conservation(balanced()));
  auto lost = balanced();
  lost.cluster_states[State::free] -= 1e-5;
  CHECK_THROWS_AS(check_conservation(lost), InternalError);
  auto invented = balanced();
  invented.jobs[0].states[State::compute] += 1e-5;
  CHECK_THROWS_AS(check_conservation(invented), InternalError);
  auto rounding = balanced();
  rounding.jobs[0].states[State::compute] += 1e-8;
  CHECK_NOTHROW(check_conservation(rounding));
  auto not_a_number = balanced();
  not_a_number.cluster_states[State::free] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(check_conservation(not_a_number), InternalError);
}

TEST_CASE("utilization leaves out what is free, idle or down") {
  auto result = balanced();
  CHECK(utilization(result.cluster_states) == Approx(0.25));
  result.cluster_states[State::free] -= 400;
  result.cluster_states[State::idle] += 200;
  result.cluster_states[State::down] += 200;
  CHECK(utilization(result.cluster_states) == Approx(0.25));
  CHECK(utilization({}) == 0);
}
