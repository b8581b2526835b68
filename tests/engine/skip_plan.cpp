// Pauses of neighbours: what is known of them, and how far one may run ahead by it.
#include "engine/job/skip_plan.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace iccsim::engine;

namespace {

constexpr std::size_t owner = 0;
constexpr std::size_t neighbour = 1;
constexpr std::size_t stranger = 2;
const EpisodeKind its_pause{{owner, {0}}};

StepRecord extra(double seconds) {
  StepRecord record;
  record.seconds = seconds;
  return record;
}

/// Steps of 1 s; the owner's cards stop every `every_s`.
SkipPlan::Runner runner(std::size_t id, double every_s = 0) {
  SkipPlan::Runner runner;
  runner.id = id;
  runner.step_s = 1;
  runner.most_steps = 1e9;
  if (every_s > 0) {
    PauseSchedule schedule;
    schedule.add(every_s, 1e18, 0);
    schedule.open(0);
    runner.schedule = schedule;
  }
  return runner;
}

} // namespace

TEST_CASE("a pause that was never seen is run up to and no further") {
  EpisodeBook book;
  const int here = book.open_surroundings();
  SkipPlan plan(book, here, 0, {runner(owner, 1000), runner(neighbour)});
  CHECK(plan.calm_until() == Approx(1000).margin(5));
  plan.run(1e5, 1e6, true);
  CHECK(plan.before_pause());
  for (const SkipPlan::Runner& ran : plan.runners()) {
    CHECK(ran.at_s >= 1000 - 6);
    CHECK(ran.at_s < 1000);
    CHECK(ran.pauses.empty());
  }
}

TEST_CASE("pauses that are known are accounted for, each where it is due") {
  EpisodeBook book;
  const int here = book.open_surroundings();
  for (int times = 0; times < 3; ++times) {
    book.add(here, its_pause, 10, {{owner, extra(4)}, {neighbour, extra(0.5)}});
  }
  SkipPlan plan(book, here, 0, {runner(owner, 10000), runner(neighbour)});
  plan.run(95000, 1e6, false);
  const SkipPlan::Runner& paused = plan.runners()[owner];
  CHECK(paused.pauses.size() == 9);
  CHECK(paused.extra.seconds == Approx(9 * 4));
  CHECK(paused.at_s == Approx(paused.skipped + 9 * 4));
  CHECK(plan.runners()[neighbour].extra.seconds == Approx(9 * 0.5));
  CHECK(paused.at_s == Approx(95000).margin(2));
}

TEST_CASE("a plan leaves a step of everybody to be played before what comes") {
  EpisodeBook book;
  SkipPlan::Runner slow = runner(neighbour);
  slow.step_s = 7;
  SkipPlan plan(book, book.open_surroundings(), 0, {runner(owner), slow});
  plan.run(1e9, 100, false);
  CHECK(plan.runners()[owner].at_s == 99);
  CHECK(plan.runners()[neighbour].at_s == 91);
}

TEST_CASE("what an episode costs a neighbour never seen beside it is judged by neighbours that were, once it was seen "
          "beside another") {
  const double each_cost = GENERATE(0.001, 3.0);
  EpisodeBook book;
  const int here = book.open_surroundings();
  book.add(here, its_pause, 10, {{owner, extra(4)}, {neighbour, extra(each_cost)}});
  const double before_s = book.cost(here, its_pause, stranger).error_s;
  CHECK(before_s > 1); // a few say nothing
  for (int times = 0; times < 20; ++times) {
    book.add(here, its_pause, 10, {{owner, extra(4)}, {neighbour, extra(each_cost)}});
  }
  CHECK(book.cost(here, its_pause, stranger).error_s == before_s); // it may be unlike them
  book.add(here, {{neighbour, {0}}}, 10, {{neighbour, extra(4)}, {stranger, extra(each_cost)}});
  const double after_s = book.cost(here, its_pause, stranger).error_s;
  CHECK(after_s >= each_cost);
  CHECK(after_s <= std::min(before_s, 3 * each_cost));
  // Of one's own pause nobody else tells.
  CHECK(std::isinf(book.cost(here, {{stranger, {0}}}, stranger).error_s));
  CHECK(std::isinf(book.sum_of_parts({{owner, {0}}, {stranger, {0}}}, stranger).error_s));
}

TEST_CASE("an unseen kind of episode lasts as long as the longest of its owners' own") {
  EpisodeBook book;
  const int here = book.open_surroundings();
  book.add(here, {{owner, {0}}, {neighbour, {0}}}, 100, {});
  CHECK(book.lasts_s({{owner, {0}}}) == 100);
  book.add(here, {{owner, {0}}}, 10, {});
  book.add(here, {{stranger, {0}}}, 20, {});
  CHECK(book.lasts_s({{owner, {0}}, {stranger, {0}}}) == 20);
  CHECK(std::isinf(book.lasts_s({{stranger, {1}}})) == false);
  CHECK(std::isinf(book.lasts_s({{3, {0}}})));
}
