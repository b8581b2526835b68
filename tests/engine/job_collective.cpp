// Collective jobs against the shape's own closed form.
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;

TEST_CASE("a lone collective takes what its shape takes on an idle network, and reports nccl-tests' bandwidths") {
  const double bytes = GENERATE(1e3, 1e6, 1e9);
  const Simulated s(scenario_of(small_cluster(4), {all_reduce("ar", 32, 0, bytes, 7)}));
  REQUIRE(s.jobs[0].collectives.size() == 1);
  const auto& row = s.jobs[0].collectives[0];
  std::vector<platform::CardId> cards(32);
  for (platform::CardId i = 0; i < 32; ++i) {
    cards[i] = i;
  }
  const auto shape =
      workload::choose_collective(s.cluster, scenario::CollectiveOperation::all_reduce, bytes, {cards}, {});
  CHECK(row.time_s == Approx(workload::lone_seconds(s.cluster, shape, bytes)).epsilon(1e-9));
  CHECK(row.algbw == Approx(bytes / row.time_s));
  CHECK(row.busbw == Approx(row.algbw * 2 * 31 / 32));
  CHECK(row.algorithm == name_of(shape.algorithm));
}

TEST_CASE("sizes run one after another; one card has nothing to send") {
  auto spec = all_reduce("sizes", 16, 0, 1e6, 3);
  std::get<scenario::CollectiveSpec>(spec.what).bytes = {1e6, 2e6, 4e6};
  const Simulated s(scenario_of(small_cluster(2), {spec, all_reduce("lone", 1, 0, 1e6, 3)}));
  const auto& rows = s.jobs[0].collectives;
  REQUIRE(rows.size() == 3);
  CHECK(3 * (rows[0].time_s + rows[1].time_s + rows[2].time_s) == Approx(s.jobs[0].end_s));
  CHECK(rows[0].time_s < rows[1].time_s);
  REQUIRE(s.jobs[1].collectives.size() == 1);
  CHECK(s.jobs[1].collectives[0].time_s == 0);
  CHECK(s.jobs[1].collectives[0].algbw == 0);
}
