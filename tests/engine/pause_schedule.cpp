// When checkpoints of several levels are due.
#include "engine/job/pause_schedule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using iccsim::engine::PauseSchedule;

namespace {
constexpr double never = std::numeric_limits<double>::infinity();
using Levels = std::vector<std::size_t>;
} // namespace

TEST_CASE("of levels that are due the most durable is taken, and those below it begin anew") {
  PauseSchedule schedule;
  schedule.add(400, never, 2);
  schedule.add(100, never, 0);
  schedule.add(never, 50, 1);
  schedule.open(1000);
  CHECK(schedule.due(1099, 10).empty());
  CHECK(schedule.due(1100, 10) == Levels{1});
  CHECK(schedule.due(1100, 50) == Levels{2});
  CHECK(schedule.due(1400, 50) == Levels{0});
  schedule.begin({2}, 1100, 50);
  CHECK(schedule.due(1199, 60).empty());
  CHECK(schedule.due(1200, 60) == Levels{1});
  schedule.begin({0}, 1400, 90);
  CHECK(schedule.due(1499, 139).empty());
  CHECK(schedule.begun_s(1) == 1400);
}

TEST_CASE("steps that end before a level is due, by counting them") {
  for (const double every_s : {7.0, 10.0, 95.5, never}) {
    for (const double every_steps : {1.0, 4.0, 33.0, never}) {
      PauseSchedule schedule;
      schedule.add(every_s, every_steps, 0);
      schedule.open(3);
      const double step_s = 2.5, now = 4, done = 0;
      double counted = 0;
      while (counted < 1000 && schedule.due(now + (counted + 1) * step_s, done + counted + 1).empty()) {
        ++counted;
      }
      const double told = schedule.steps_until(now, done, step_s);
      CHECK(told == (every_s == never && every_steps == never ? never : counted));
    }
  }
}
