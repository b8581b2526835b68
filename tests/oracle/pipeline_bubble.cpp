// Closed forms of pipeline bubbles, with uniform stages and free communication.
#include "workload/schedule_player.hpp"

#include <catch2/catch.hpp>

using iccsim::scenario::Schedule;
using iccsim::test::SchedulePlayer;
using iccsim::test::UnitCosts;

namespace {

double bubble(Schedule schedule, int pipeline, int chunks, int microbatches, UnitCosts costs = {}) {
  const auto played = SchedulePlayer(schedule, pipeline, chunks, microbatches, costs).play();
  INFO("schedule " << iccsim::name_of(schedule) << " p " << pipeline << " v " << chunks << " m " << microbatches);
  REQUIRE(played);
  return played->bubble();
}

constexpr double forward_s = 1;
constexpr double backward_s = 2;

} // namespace

TEST_CASE("GPipe and 1F1B idle for (p-1)(F+B)") { // Narayanan et al. SC'21, section 2.2
  for (int p : {1, 2, 3, 4, 8, 13, 16}) {
    for (int m : {1, 2, 3, p, p + 1, 2 * p, 5 * p + 3}) {
      const double expected = (p - 1) * (forward_s + backward_s);
      CHECK(bubble(Schedule::gpipe, p, 1, m) == Approx(expected));
      CHECK(bubble(Schedule::one_f_one_b, p, 1, m) == Approx(expected));
      // As a share of the ideal time m (F+B): (p-1)/m.
      CHECK(bubble(Schedule::one_f_one_b, p, 1, m) / (m * (forward_s + backward_s)) == Approx(double(p - 1) / m));
    }
  }
}

TEST_CASE("Interleaving divides the bubble's share by v") { // Narayanan et al. SC'21, section 2.2.2: (p-1)/(v m)
  for (int p : {2, 3, 4, 8, 12}) {
    for (int v : {1, 2, 3, 6}) {
      for (int groups : {1, 2, 3, 7}) {
        const int m = groups * p;
        const double ideal = double(m) * v * (forward_s + backward_s); // a chunk has 1/v of a stage's work
        CHECK(bubble(Schedule::interleaved, p, v, m) / ideal == Approx(double(p - 1) / (v * m)));
      }
    }
  }
}

TEST_CASE("ZB-H1 idles for (p-1)(F+B-2W)") { // DeepSeek-V3, table 2 (ZB1P), B being the whole backward
  for (int p : {2, 3, 4, 8, 16}) {
    for (int m : {p, p + 1, 2 * p, 4 * p + 1}) {
      CHECK(bubble(Schedule::zb_h1, p, 1, m) == Approx((p - 1) * (forward_s + backward_s - 2)));
    }
  }
}

TEST_CASE(
    "DualPipe idles for (p/2-1)(F&B+B-3W)") { // DeepSeek-V3, table 2; F&B is F+B where nothing is gained by overlap
  for (int p : {2, 4, 6, 8, 16, 32}) {
    for (int m : {2 * p, 2 * p + 2, 3 * p, 6 * p + 4}) {
      CHECK(bubble(Schedule::dualpipe, p, 1, m) == Approx((p / 2 - 1) * (3.0 + 2.0 - 3.0)));
    }
  }
}
