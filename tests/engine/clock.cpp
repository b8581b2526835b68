#include "engine/clock/fake_clock.hpp"
#include "engine/clock/simgrid_clock.hpp"
#include "iccsim/metrics/result.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace iccsim::engine;

namespace {

/// Alternately SimGrid's and the plain clock: one SimGrid engine a process, so one call in a test case.
std::unique_ptr<Timeline> make_clock(bool simgrid) {
  if (simgrid) {
    return std::make_unique<SimGridClock>();
  }
  return std::make_unique<FakeClock>();
}

void plays_in_order_of_time_and_request(Timeline& clock) {
  std::string order;
  clock.at(2, [&] { order += 'c'; });
  clock.at(1, [&] {
    order += 'a';
    clock.at(1, [&] { order += 'b'; });
    clock.at(2, [&] { order += 'e'; });
  });
  clock.at(2, [&] { order += 'd'; });
  clock.run();
  CHECK(order == "abcde");
  CHECK(clock.now() == 2);
}

void shows_events_their_exact_time(Timeline& clock) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> gap(0, 1e-3);
  int events = 0;
  int inexact = 0;
  std::function<void(double)> next = [&](double time) {
    clock.at(time, [&, time] {
      inexact += clock.now() != time;
      if (++events < 20000) {
        next(time + gap(random));
      }
    });
  };
  next(4e6 + 1 / 3.0); // a month and a half, where a double resolves a nanosecond
  clock.run();
  CHECK(events == 20000);
  CHECK(inexact == 0);
}

void stops_at_the_horizon_and_goes_on(Timeline& clock) {
  std::vector<double> played;
  for (double time : {1.0, 2.0, 3.0}) {
    clock.at(time, [&] { played.push_back(clock.now()); });
  }
  clock.run(2);
  CHECK(played == std::vector<double>{1, 2});
  CHECK(clock.now() == 2);
  clock.run(2.5);
  CHECK(clock.now() == 2.5);
  clock.at(2.75, [&] { played.push_back(clock.now()); });
  clock.run();
  CHECK(played == std::vector<double>{1, 2, 2.75, 3});
}

void takes_an_event_for_one_of_the_horizon_but_for_rounding(Timeline& clock) {
  constexpr double horizon = 60;
  int played = 0;
  for (const double later : {1e-11, 1e-7, 1e-13, 0.0, -1e-13}) {
    clock.at(horizon * (1 + later), [&] { ++played; });
  }
  clock.run(horizon);
  CHECK(played == 3);
  CHECK(clock.now() == horizon * (1 + 1e-13));
  clock.run(horizon + 1);
  CHECK(played == 5);
  CHECK(clock.now() == horizon + 1);
}

void stops_when_told_at_the_end_of_the_instant(Timeline& clock) {
  std::string order;
  clock.at(1, [&] {
    order += 'a';
    clock.stop();
  });
  clock.at(1, [&] { order += 'b'; });
  clock.at(2, [&] { order += 'c'; });
  clock.run();
  CHECK(order == "ab");
  CHECK(clock.now() == 1);
  clock.run();
  CHECK(order == "abc");
}

void lets_exceptions_through(Timeline& clock) {
  bool resumed = false;
  clock.at(1, [] { throw std::runtime_error("from an event"); });
  clock.at(2, [&] { resumed = true; });
  CHECK_THROWS_WITH(clock.run(), "from an event");
  clock.run();
  CHECK(resumed);
}

/// Changes every second, and asks for an event of the same instant each time.
class Ticker : public TimedModel {
public:
  Ticker(Timeline& clock, std::string& log) : clock_(clock), log_(log) {}
  double next_time() override { return next_s_; }
  void advance(double now) override {
    if (now >= next_s_) {
      next_s_ = next_s_ < 3 ? next_s_ + 1 : never_s;
      log_ += 'm';
      clock_.at(now, [this] { log_ += 'e'; });
    }
  }

private:
  Timeline& clock_;
  std::string& log_;
  double next_s_ = 1;
};

void advances_models_after_events(Timeline& clock) {
  std::string log;
  Ticker ticker(clock, log);
  clock.add(ticker);
  clock.at(2, [&] { log += 'E'; });
  clock.run();
  CHECK(log == "meEmeme");
  CHECK(clock.now() == 3);
}

using Check = void (*)(Timeline&);
void check(bool simgrid, Check what) {
  const auto clock = make_clock(simgrid);
  what(*clock);
}

} // namespace

TEST_CASE("events play in order of time, then of request") {
  check(false, plays_in_order_of_time_and_request);
}
TEST_CASE("events play in order of time, then of request, on SimGrid") {
  check(true, plays_in_order_of_time_and_request);
}
TEST_CASE("an event sees exactly the time it asked for") {
  check(false, shows_events_their_exact_time);
}
TEST_CASE("an event sees exactly the time it asked for, on SimGrid") {
  check(true, shows_events_their_exact_time);
}
TEST_CASE("a horizon ends a run and the next run goes on") {
  check(false, stops_at_the_horizon_and_goes_on);
}
TEST_CASE("a horizon ends a run and the next run goes on, on SimGrid") {
  check(true, stops_at_the_horizon_and_goes_on);
}
TEST_CASE("what is at the horizon but for rounding belongs to the run") {
  check(false, takes_an_event_for_one_of_the_horizon_but_for_rounding);
}
TEST_CASE("what is at the horizon but for rounding belongs to the run, on SimGrid") {
  check(true, takes_an_event_for_one_of_the_horizon_but_for_rounding);
}
TEST_CASE("stop ends a run with its instant") {
  check(false, stops_when_told_at_the_end_of_the_instant);
}
TEST_CASE("stop ends a run with its instant, on SimGrid") {
  check(true, stops_when_told_at_the_end_of_the_instant);
}
TEST_CASE("what an event throws leaves run()") {
  check(false, lets_exceptions_through);
}
TEST_CASE("what an event throws leaves run(), on SimGrid") {
  check(true, lets_exceptions_through);
}
TEST_CASE("models advance after the events of an instant") {
  check(false, advances_models_after_events);
}
TEST_CASE("models advance after the events of an instant, on SimGrid") {
  check(true, advances_models_after_events);
}

TEST_CASE("an event in the past happens now, one at no time is an internal error") {
  FakeClock clock;
  double seen_s = 0;
  clock.at(5, [&] { clock.at(1, [&] { seen_s = clock.now(); }); });
  clock.run();
  CHECK(seen_s == 5);
  CHECK_THROWS_AS(clock.at(std::numeric_limits<double>::quiet_NaN(), [] {}), iccsim::metrics::InternalError);
}
