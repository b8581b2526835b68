// What is known of the steps of jobs that slow one another between pauses.
#include "engine/job/step_group.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <vector>

using namespace iccsim::engine;

namespace {

/// Plays steps of some jobs into a group, in the order in which they end.
class Player {
public:
  Player(StepGroup& group, std::map<std::size_t, std::function<double(double)>> step_s, double from_s = 0)
      : group_(group), step_s_(std::move(step_s)), now_(from_s) {
    for (const auto& [job, at] : step_s_) {
      ends_s_[job] = from_s + at(from_s);
    }
  }

  /// Until `until`, or until the group is known.
  void play(double until, bool stop_when_known = true) {
    while (!stop_when_known || !group_.known(now_)) {
      std::size_t next = ends_s_.begin()->first;
      for (const auto& [job, end_s] : ends_s_) {
        next = end_s < ends_s_[next] ? job : next;
      }
      if (ends_s_[next] > until) {
        return;
      }
      now_ = ends_s_[next];
      group_.step_ended(next, {++steps_[next], now_, {{}}}, {});
      ends_s_[next] += step_s_[next](now_);
    }
  }
  double now() const { return now_; }

private:
  StepGroup& group_;
  std::map<std::size_t, std::function<double(double)>> step_s_;
  std::map<std::size_t, double> ends_s_;
  std::map<std::size_t, double> steps_;
  double now_;
};

std::function<double(double)> always(double step_s) {
  return [step_s](double) { return step_s; };
}

} // namespace

TEST_CASE("a job that nobody slows is known after a few equal steps, for long") {
  StepGroup group({7});
  REQUIRE(group.lone());
  CHECK_FALSE(group.knows(7));
  Player player(group, {{7, always(2)}});
  player.play(1000);
  CHECK(player.now() <= 5 * 2);
  CHECK(group.pool(7).mean_s() == Approx(2));
  CHECK(group.reach_s(player.now()) > 1000 * 2);
  group.learn(player.now());
  CHECK(group.known(player.now() + 1000));
  CHECK(group.spread(7) == std::vector<double>(3, 2.0));
}

TEST_CASE("what is known outlasts neighbours that do not matter, and gives way where they do") {
  const double before_s = 2;
  const double after_s = GENERATE(2.0, 2.2);
  StepGroup group({7});
  Player before(group, {{7, always(before_s)}});
  before.play(1000);
  group.learn(before.now());
  group.neighbours_change(before.now());
  CHECK(group.known(before.now()));
  CHECK(group.pool(7).mean_s() == Approx(before_s));
  StepGroup& same = group;
  Player after(same, {{7, always(after_s)}});
  after.play(20, false);
  REQUIRE(group.fresh());
  group.learn(before.now() + 20);
  CHECK(group.pool(7).mean_s() == Approx(after_s));
}

TEST_CASE("two jobs that slide past one another are known when they have done so twice") {
  // Steps of 1 s and 1.01 s: they meet every 101 s, and a step takes longer where they do.
  const double beat_s = 101;
  const auto slowed = [beat_s](double step_s) {
    return [step_s, beat_s](double at_s) { return std::fmod(at_s, beat_s) < 10 ? 1.1 * step_s : step_s; };
  };
  StepGroup group({1, 2});
  Player player(group, {{1, slowed(1)}, {2, slowed(1.01)}});
  player.play(10000);
  CHECK(player.now() >= 2 * beat_s);
  CHECK(group.pool(1).mean_s() == Approx(1 + 0.1 * 10 / beat_s).epsilon(0.005));
  group.learn(player.now());
  CHECK_FALSE(group.needs_pauses());
}

TEST_CASE("jobs that keep their places are looked at again after a pause has shifted them") {
  StepGroup group({1, 2});
  Player player(group, {{1, always(1)}, {2, always(1)}});
  player.play(1000);
  const double reach_s = group.reach_s(player.now());
  group.learn(player.now());
  group.await_pause();
  CHECK(group.needs_pauses());
  const double later_s = player.now() + reach_s;
  player.play(player.now() + 20, false);
  CHECK_FALSE(group.fresh());
  CHECK(group.known(later_s - 1));
  CHECK_FALSE(group.known(later_s + 1));
  group.stir(later_s + 1, true);
  CHECK_FALSE(group.fresh()); // seen before the pause: the same places again
  Player shifted(group, {{1, always(1.2)}, {2, always(1.2)}});
  shifted.play(20, false);
  REQUIRE(group.fresh());
  group.learn(later_s + 30);
  CHECK(group.pool(1).mean_s() == Approx(2 / (1 / 1.0 + 1 / 1.2))); // each window has the same weight
}

TEST_CASE("a window that is less sure is trusted for less long") {
  std::mt19937 random(5);
  const auto reach_in_windows = [&random](double deviation) {
    double sum = 0;
    const int rounds = 50;
    for (int round = 0; round < rounds; ++round) {
      std::normal_distribution<double> noise(1, deviation);
      StepGroup group({1, 2});
      Player player(group, {{1, [&](double) { return noise(random); }}, {2, always(0.37)}});
      player.play(1e5);
      sum += group.reach_s(player.now()) / player.now() / rounds;
    }
    return sum;
  };
  const double even = reach_in_windows(0.004); // known after forty steps or so
  CHECK(even > 14);
  CHECK(reach_in_windows(0.03) < 0.9 * even);
}

TEST_CASE("jobs that drift to places not yet seen are skipped by parts of their beat, by what was seen last") {
  StepGroup group({1, 2});
  Player player(group, {{1, always(1)}, {2, always(1.001)}}); // past one another in about 1,001 s
  player.play(1e3);
  const double first = group.reach_s(player.now());
  CHECK(first < 1001 / 16.0 * 1.01);
  group.learn(player.now());
  CHECK(group.drifts());
  CHECK_FALSE(group.needs_pauses());
  CHECK(group.pool(2).mean_s() == Approx(1.001));
}

TEST_CASE("jobs that keep their places have one mean until the next pause, and another over many") {
  StepGroup group({1, 2});
  double now_s = 0;
  const auto see = [&](double step_s) {
    Player player(group, {{1, always(step_s)}, {2, always(step_s)}}, now_s);
    player.play(now_s + 20, false);
    REQUIRE(group.fresh());
    group.learn(now_s = player.now());
    group.await_pause();
  };
  see(1);
  CHECK_FALSE(group.outlasts_pauses());
  group.stir(now_s += 100, true);
  CHECK_FALSE(group.known(now_s)); // however long one position could be trusted
  see(1.2);
  CHECK(group.pool_here(1).mean_s() == Approx(1.2));
  CHECK(group.pool(1).mean_s() == Approx(2 / (1 + 1 / 1.2)));
  group.stir(now_s += 100, false); // a neighbour's pause, after which they lie as before
  see(1.2);
  CHECK(group.pool(1).mean_s() == Approx(2 / (1 + 1 / 1.2)));
  group.stir(now_s += 100, true);
  CHECK(group.pool_here(1).mean_s() == Approx(group.pool(1).mean_s())); // not seen yet
  CHECK_FALSE(group.outlasts_pauses());
}

TEST_CASE("pauses that change nothing are skipped once that has been seen after four") {
  StepGroup group({1, 2});
  double now_s = 0;
  for (int pause = 0; pause < 4; ++pause) {
    CHECK_FALSE(group.outlasts_pauses());
    Player player(group, {{1, always(1)}, {2, always(1)}}, now_s);
    player.play(now_s + 20, false);
    REQUIRE(group.fresh());
    group.learn(now_s = player.now());
    group.await_pause();
    group.stir(now_s += 50, true);
  }
  CHECK(group.outlasts_pauses());
}
