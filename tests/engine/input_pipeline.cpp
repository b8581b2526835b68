// The pipeline and the training loop on a path of fixed times, against the recurrence of a bounded buffer.
#include "engine/clock/fake_clock.hpp"
#include "engine/job/training_player.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <random>

using namespace iccsim::engine;
using iccsim::metrics::State;

namespace {

/// Every stage takes its own time, whatever else is under way.
class FixedPath : public InputPath {
public:
  FixedPath(SkipClock& clock, double read_s, double decode_s, double copy_s)
      : clock_(clock), read_s_(read_s), decode_s_(decode_s), copy_s_(copy_s) {}
  void read(double bytes, Done done) override {
    read_bytes += bytes;
    clock_.at(clock_.now() + read_s_ * bytes, std::move(done));
  }
  void decode(double core_s, Done done) override { clock_.at(clock_.now() + decode_s_ * core_s, std::move(done)); }
  void copy(double bytes, Done done) override {
    copied_bytes += bytes;
    clock_.at(clock_.now() + copy_s_ * bytes, std::move(done));
  }
  void wait(double seconds, Done done) override { clock_.at(clock_.now() + seconds, std::move(done)); }
  bool copies() const override { return copy_s_ > 0; }
  double worker_read_s(double) const override { return 0; }

  double read_bytes = 0;
  double copied_bytes = 0;

private:
  SkipClock& clock_;
  double read_s_, decode_s_, copy_s_; ///< per byte, per core-second, per byte
};

struct Run {
  double read_s = 0; ///< of a batch
  double decode_s = 0;
  double copy_s = 0;
  double compute_s = 1;
  double cv = 0;
  int prefetch = 2;
  int readers = 1;
  double steps = 40;
  bool fast_forward = false;
};

/// A job of one lane, whose batches are one sample of one byte.
class Trained {
public:
  explicit Trained(const Run& run)
      : clock(fake), path(clock, run.read_s, 1, run.copy_s),
        pipeline(clock, path, {double(run.readers), run.decode_s, 1, run.readers, run.prefetch},
                 BatchSizes(1.0 / run.readers, run.cv, run.readers, 7), [this] { player->input_changed(0); }) {
    PlayerHooks hooks;
    hooks.finished = [this] { end_s = fake.now(); };
    if (run.fast_forward) {
      hooks.quiet_until = [] { return never_s; };
    }
    hooks.skipped = [this](double times, double) { skipped += times; };
    player = std::make_unique<TrainingPlayer>(clock, std::vector<TrainingLane>{{8, 1, &pipeline}}, run.compute_s,
                                              StepLimit{run.steps, never_s}, hooks, nullptr);
    player->start();
    fake.run();
  }
  double of(State state) const { return player->states(end_s)[state] / 8; }
  double au() const {
    return (player->steps() - 1) * player->compute_s() / (player->last_step_end_s() - player->first_step_end_s());
  }

  FakeClock fake;
  SkipClock clock;
  FixedPath path;
  InputPipeline pipeline;
  std::unique_ptr<TrainingPlayer> player;
  double end_s = -1;
  double skipped = 0;
};

/// When the last step ends: each stage serves one batch at a time, and at most `prefetch` are ahead of use.
double bounded_buffer_end(const Run& run, BatchSizes sizes) {
  std::vector<double> produced, copied, taken;
  double step_end = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(run.steps); ++k) {
    const double bytes = sizes.next();
    const auto depth = static_cast<std::size_t>(run.prefetch);
    const double slot = k >= depth ? taken[k - depth] : 0;
    const double start = std::max(slot, k > 0 ? produced[k - 1] : 0);
    produced.push_back(start + std::max(run.read_s * bytes, run.decode_s * run.readers));
    copied.push_back(std::max(produced[k], k > 0 ? copied[k - 1] : 0) + run.copy_s * bytes);
    taken.push_back(std::max(copied[k], step_end));
    step_end = taken[k] + run.compute_s;
  }
  return step_end;
}

} // namespace

TEST_CASE("training waits for the slowest stage of its input, and the state names it") {
  const struct {
    Run run;
    State waits;
    double step_s;
  } rows[] = {{{2.5, 0, 0.5, 1, 0, 2}, State::data_storage, 2.5},
              {{0.5, 1.5, 0.5, 1, 0, 3}, State::data_cpu, 1.5},
              {{0.5, 0, 4, 1, 0, 2}, State::data_h2d, 4},
              {{0.5, 0.2, 0.9, 1, 0, 2}, State::data_storage, 1},
              {{0.4, 0, 0.4, 1, 0, 1}, State::data_h2d, 1}};
  for (const auto& row : rows) {
    const Trained job(row.run);
    INFO("read " << row.run.read_s << ", decode " << row.run.decode_s << ", copy " << row.run.copy_s);
    CHECK(job.au() == Approx(row.run.compute_s / row.step_s).epsilon(1e-9));
    CHECK(job.of(State::compute) == Approx(40));
    const double waited = job.of(State::data_storage) + job.of(State::data_cpu) + job.of(State::data_h2d);
    CHECK(job.of(State::compute) + waited == Approx(job.end_s));
    if (row.step_s > row.run.compute_s) {
      CHECK(job.of(row.waits) > 0.9 * waited);
    } else {
      CHECK(waited < 3); // but for the first batch nobody waits
    }
    CHECK(job.path.read_bytes == Approx(40));
    CHECK(job.path.copied_bytes == Approx(row.run.copy_s > 0 ? 40 : 0));
  }
}

TEST_CASE("two hundred random pipelines end when the recurrence of a bounded buffer says") {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> time(0.05, 2);
  for (int i = 0; i < 200; ++i) {
    Run run;
    run.read_s = time(random);
    run.decode_s = i % 3 == 0 ? 0 : time(random);
    run.copy_s = time(random);
    run.cv = i % 2 == 0 ? 0 : 0.5;
    run.prefetch = 1 + i % 5;
    const Trained job(run);
    CHECK(job.end_s == Approx(bounded_buffer_end(run, BatchSizes(1, run.cv, 1, 7))).epsilon(1e-9));
  }
}

TEST_CASE("steps that repeat are skipped, and the account is that of playing them") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> time(0.05, 2);
  for (int i = 0; i < 60; ++i) {
    Run run;
    run.read_s = time(random);
    run.decode_s = i % 3 == 0 ? 0 : time(random);
    run.copy_s = time(random);
    run.prefetch = 1 + i % 4;
    run.steps = 4000;
    const Trained played(run);
    run.fast_forward = true;
    const Trained skipped(run);
    CHECK(skipped.skipped > 0); // a stage just faster than the steps takes long to get ahead of them
    CHECK(skipped.end_s == Approx(played.end_s).epsilon(1e-9));
    CHECK(skipped.player->steps() == 4000);
    for (const State state : {State::compute, State::data_storage, State::data_cpu, State::data_h2d}) {
      CHECK(skipped.of(state) == Approx(played.of(state)).margin(1e-6));
    }
    CHECK(skipped.pipeline.batches_taken() == 4000);
  }
}

TEST_CASE("batches of one sample are made by as many workers as there are, and steps repeat in cycles") {
  FakeClock fake;
  SkipClock clock(fake);
  FixedPath path(clock, 4, 1, 0.01); // a batch takes 4 s, four at once: one a second
  std::unique_ptr<TrainingPlayer> player;
  InputPipeline pipeline(clock, path, {1, 0, 1, 4, 8}, BatchSizes(1, 0, 1, 1), [&] { player->input_changed(0); });
  PlayerHooks hooks;
  double skipped = 0;
  hooks.quiet_until = [] { return never_s; };
  hooks.skipped = [&](double times, double) { skipped += times; };
  player = std::make_unique<TrainingPlayer>(clock, std::vector<TrainingLane>{{1, 1, &pipeline}}, 0.25,
                                            StepLimit{4000, never_s}, hooks, nullptr);
  player->start();
  fake.run();
  CHECK(player->steps() == 4000);
  CHECK(player->last_step_end_s() == Approx(4000).epsilon(2e-3));
  CHECK(skipped > 900); // of 1,000 cycles
}

TEST_CASE("the lane whose input is slow sets the pace, the other waits for it at the barrier") {
  FakeClock fake;
  SkipClock clock(fake);
  FixedPath quick(clock, 0.5, 1, 0.1), slow(clock, 2, 1, 0.1);
  std::unique_ptr<TrainingPlayer> player;
  const InputPlan plan{1, 0, 1, 1, 2};
  InputPipeline first(clock, quick, plan, BatchSizes(1, 0, 1, 1), [&] { player->input_changed(0); });
  InputPipeline second(clock, slow, plan, BatchSizes(1, 0, 1, 1), [&] { player->input_changed(1); });
  player = std::make_unique<TrainingPlayer>(clock, std::vector<TrainingLane>{{6, 1, &first}, {2, 1, &second}}, 1.0,
                                            StepLimit{100, never_s}, PlayerHooks{}, nullptr);
  player->start();
  fake.run();
  const double end = player->last_step_end_s();
  CHECK(end == Approx(100 * 2 + 1.1));
  const auto states = player->states(end);
  CHECK(states.total() == Approx(8 * end));
  CHECK(states[State::compute] == Approx(800));
  CHECK(states[State::straggler] == Approx(6 * (end - 100 - 0.6)));
  CHECK(states[State::data_storage] + states[State::data_h2d] == Approx(2 * (end - 100) + 6 * 0.6));
}

TEST_CASE("sizes of batches have the mean and the spread that they were asked for, and are those of their seed") {
  BatchSizes sizes(100, 0.5, 4, 3), again(100, 0.5, 4, 3), other(100, 0.5, 4, 4);
  double sum = 0, squares = 0;
  constexpr int draws = 100000;
  for (int i = 0; i < draws; ++i) {
    const double bytes = sizes.next();
    CHECK(bytes == again.next());
    sum += bytes;
    squares += bytes * bytes;
  }
  CHECK(sum / draws == Approx(400).epsilon(0.005));
  CHECK(std::sqrt(squares / draws - 400.0 * 400.0) == Approx(100).epsilon(0.03)); // 400 x 0.5 / sqrt(4)
  CHECK(sizes.next() != other.next());
}

TEST_CASE(
    "batches of the mean size stand alike at the ends of steps, one that has just begun with another size does not") {
  FakeClock fake;
  SkipClock clock(fake);
  FixedPath path(clock, 0.2, 1, 0.1);
  InputPipeline pipeline(clock, path, {1, 0.1, 1, 1, 2}, BatchSizes(1, 0.5, 1, 1), [] {});
  std::vector<std::vector<double>> standing;
  const auto step = [&] {
    pipeline.take(); // and the next batch begins at this instant
    standing.push_back(pipeline.snapshot());
  };
  for (int i = 1; i <= 10; ++i) {
    clock.at(i, step);
  }
  clock.at(8.5, [&] { pipeline.set_even(false); });
  pipeline.set_even(true);
  pipeline.open(100);
  fake.run();
  const auto same = [&](std::size_t a, std::size_t b) {
    return std::equal(standing[a].begin(), standing[a].end(), standing[b].begin(), standing[b].end(),
                      [](double x, double y) { return std::abs(x - y) < 1e-9; });
  };
  REQUIRE(standing.size() == 10);
  for (std::size_t i = 3; i < 8; ++i) {
    CHECK(same(i - 1, i));
  }
  CHECK_FALSE(same(7, 8));
  CHECK_FALSE(same(8, 9));
}
