#include "iccsim/workload/schedule.hpp"

#include "workload/schedule_player.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace iccsim::workload;
using iccsim::scenario::Schedule;
using iccsim::test::SchedulePlayer;

namespace {

struct Shape {
  Schedule schedule;
  int pipeline, chunks, microbatches;
};

std::vector<Shape> sweep() {
  std::vector<Shape> shapes;
  for (int p : {1, 2, 3, 4, 5, 8}) {
    for (int m : {1, 2, 3, 4, 7, 8, 16, 21}) {
      shapes.push_back({Schedule::one_f_one_b, p, 1, m});
      shapes.push_back({Schedule::zb_h1, p, 1, m});
      for (int v : {1, 2, 3}) {
        shapes.push_back({Schedule::gpipe, p, v, m});
        shapes.push_back({Schedule::interleaved, p, v, m});
      }
      if (p % 2 == 0 && m % 2 == 0 && m >= 2 * p) {
        shapes.push_back({Schedule::dualpipe, p, 1, m});
      }
    }
  }
  return shapes;
}

/// How often each pass of a (chunk, micro-batch) is in the order.
std::map<std::tuple<int, int>, std::map<Pass, int>> census(const std::vector<ScheduledTask>& order) {
  std::map<std::tuple<int, int>, std::map<Pass, int>> counts;
  for (const auto& task : order) {
    ++counts[{task.chunk, task.microbatch}][task.pass];
  }
  return counts;
}

std::string label(const Shape& s) {
  return std::string(iccsim::name_of(s.schedule)) + " p " + std::to_string(s.pipeline) + " v " +
         std::to_string(s.chunks) + " m " + std::to_string(s.microbatches);
}

} // namespace

TEST_CASE("no schedule deadlocks") {
  for (const Shape& s : sweep()) {
    INFO(label(s));
    CHECK(SchedulePlayer(s.schedule, s.pipeline, s.chunks, s.microbatches).play());
  }
}

TEST_CASE("every micro-batch passes every chunk once forwards and once backwards") {
  for (const Shape& s : sweep()) {
    INFO(label(s));
    const bool halves = s.schedule == Schedule::zb_h1 || s.schedule == Schedule::dualpipe;
    for (int stage = 0; stage < s.pipeline; ++stage) {
      const auto counts = census(stage_schedule(s.schedule, stage, s.pipeline, s.chunks, s.microbatches));
      CHECK(counts.size() == static_cast<std::size_t>(s.chunks * s.microbatches));
      bool once = true;
      for (auto [what, passes] : counts) {
        once = once && passes[Pass::forward] == 1;
        once = once && passes[Pass::backward] + passes[Pass::backward_input] == 1;
        once = once && passes[Pass::backward_input] == passes[Pass::backward_weight];
        once = once && (halves || passes[Pass::backward] == 1);
      }
      CHECK(once);
    }
  }
}

TEST_CASE("1F1B on four stages reads as in PipeDream's figure") {
  std::string text;
  for (const auto& task : stage_schedule(Schedule::one_f_one_b, 2, 4, 1, 4)) {
    text += (task.pass == Pass::forward ? "F" : "B") + std::to_string(task.microbatch) + " ";
  }
  CHECK(text == "F0 F1 B0 F2 B1 F3 B2 B3 ");
}

TEST_CASE("interleaved warm-up of Megatron-LM: two chunks, four stages, the first stage") {
  std::string text;
  for (const auto& task : stage_schedule(Schedule::interleaved, 0, 4, 2, 8)) {
    text += (task.pass == Pass::forward ? "F" : "B") + std::to_string(task.chunk) + "." +
            std::to_string(task.microbatch) + " ";
  }
  // (p - s - 1) 2 + (v - 1) p = 10 forwards, then one forward and one backward in turn.
  CHECK(text.substr(0, 5 * 14) == "F0.0 F0.1 F0.2 F0.3 F1.0 F1.1 F1.2 F1.3 F0.4 F0.5 F0.6 B1.0 F0.7 B1.1 ");
}

TEST_CASE("activations in flight") {
  for (int p : {2, 4, 8}) {
    const int m = 4 * p;
    for (int s = 0; s < p; ++s) {
      INFO("p " << p << " s " << s);
      CHECK(peak_in_flight(Schedule::gpipe, s, p, 1, m) == m);
      CHECK(peak_in_flight(Schedule::one_f_one_b, s, p, 1, m) == p - s);
      // Qi et al. 2023: ZB-H1 keeps 1F1B's peak.
      CHECK(peak_in_flight(Schedule::zb_h1, s, p, 1, m) == p);
      // DeepSeek-V3, table 2: p + 1 activations.
      CHECK(peak_in_flight(Schedule::dualpipe, s, p, 1, m) <= p + 1);
    }
    for (int v : {2, 3}) {
      // Korthikanti et al. 2022, eq. 5: L (1 + (p-1)/(p v)) layers on the first stage, of L/(p v) a chunk.
      CHECK(peak_in_flight(Schedule::interleaved, 0, p, v, m) == p * v + p - 1);
    }
    CHECK(peak_in_flight(Schedule::dualpipe, 0, p, 1, m) == p + 1);
  }
  CHECK(peak_in_flight(Schedule::one_f_one_b, 0, 8, 1, 3) == 3);
}

TEST_CASE("kept bytes weigh each chunk by its own size") {
  const auto order = stage_schedule(Schedule::gpipe, 0, 1, 2, 3);
  CHECK(peak_kept_bytes(order, {10.0, 1.0}) == Approx(33.0));
}
