// Plays pipeline schedules with unit costs and free communication: an oracle for their order.
#pragma once

#include "iccsim/workload/schedule.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace iccsim::test {

struct UnitCosts {
  double forward = 1;
  double backward_input = 1;
  double backward_weight = 1;
};

/// What playing gave; nothing when the orders deadlock.
struct Played {
  double span = 0; ///< from the first start to the last end
  double busy = 0; ///< work of one stage (all stages are equal)
  double bubble() const { return span - busy; }
};

class SchedulePlayer {
public:
  SchedulePlayer(scenario::Schedule schedule, int pipeline, int chunks, int microbatches, UnitCosts costs = {})
      : dualpipe_(schedule == scenario::Schedule::dualpipe), pipeline_(pipeline),
        virtual_stages_(dualpipe_ ? pipeline : pipeline * chunks), costs_(costs) {
    for (int stage = 0; stage < pipeline; ++stage) {
      orders_.push_back(workload::stage_schedule(schedule, stage, pipeline, chunks, microbatches));
    }
  }

  const std::vector<workload::ScheduledTask>& order(int stage) const { return orders_[stage]; }

  std::optional<Played> play() {
    std::vector<std::size_t> next(orders_.size(), 0);
    std::vector<double> clock(orders_.size(), 0);
    for (bool moved = true; moved;) {
      moved = false;
      for (int stage = 0; stage < pipeline_; ++stage) {
        while (step(stage, next[stage], clock[stage])) {
          moved = true;
        }
      }
    }
    Played played;
    for (int stage = 0; stage < pipeline_; ++stage) {
      if (next[stage] != orders_[stage].size()) {
        return std::nullopt;
      }
      played.span = std::max(played.span, clock[stage]);
    }
    for (const auto& task : orders_[0]) {
      played.busy += cost(task);
    }
    return played;
  }

private:
  using Task = workload::ScheduledTask;
  using Key = std::tuple<bool, int, int>; // backward, virtual stage, micro-batch

  double cost(const Task& task) const {
    switch (task.pass) {
    case workload::Pass::forward:
      return costs_.forward;
    case workload::Pass::backward:
      return costs_.backward_input + costs_.backward_weight;
    case workload::Pass::backward_input:
      return costs_.backward_input;
    case workload::Pass::backward_weight:
      return costs_.backward_weight;
    }
    return 0;
  }

  int virtual_stage(int stage, const Task& task) const {
    if (dualpipe_) {
      return task.chunk == 0 ? stage : pipeline_ - 1 - stage;
    }
    return task.chunk * pipeline_ + stage;
  }

  Key key(int stage, const Task& task) const {
    return {task.pass != workload::Pass::forward, virtual_stage(stage, task), task.microbatch};
  }

  std::optional<double> end_of(const Key& key) const {
    const auto found = ends_.find(key);
    return found == ends_.end() ? std::nullopt : std::optional<double>(found->second);
  }

  /// When the inputs of `task` are there; nothing while they are not.
  std::optional<double> ready(int stage, const Task& task) const {
    if (task.pass == workload::Pass::backward_weight) {
      return end_of(key(stage, task));
    }
    const int v = virtual_stage(stage, task);
    if (task.pass == workload::Pass::forward) {
      return v == 0 ? std::optional<double>(0) : end_of({false, v - 1, task.microbatch});
    }
    const auto own = end_of({false, v, task.microbatch});
    const auto later = v + 1 == virtual_stages_ ? own : end_of({true, v + 1, task.microbatch});
    return own && later ? std::optional<double>(std::max(*own, *later)) : std::nullopt;
  }

  /// Runs the next task of `stage` (and its pair, in lockstep) if it can.
  bool step(int stage, std::size_t& next, double& clock) {
    const auto& tasks = orders_[stage];
    if (next == tasks.size()) {
      return false;
    }
    const std::size_t count = tasks[next].paired_with_next ? 2 : 1;
    double start = clock;
    for (std::size_t i = next; i < next + count; ++i) {
      const auto at = ready(stage, tasks[i]);
      if (!at) {
        return false;
      }
      start = std::max(start, *at);
    }
    double end = start;
    for (std::size_t i = next; i < next + count; ++i) {
      end += cost(tasks[i]);
    }
    for (std::size_t i = next; i < next + count; ++i) {
      if (tasks[i].pass != workload::Pass::backward_weight) {
        ends_[key(stage, tasks[i])] = end;
      }
    }
    next += count;
    clock = end;
    return true;
  }

  bool dualpipe_;
  int pipeline_;
  int virtual_stages_;
  UnitCosts costs_;
  std::vector<std::vector<Task>> orders_;
  std::map<Key, double> ends_;
};

} // namespace iccsim::test
