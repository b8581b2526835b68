#include "iccsim/workload/memory.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

namespace iccsim::workload {

using scenario::PretrainingSpec;
using scenario::Recompute;
using scenario::Sharding;

namespace {

/// Something a user can change, spelled as in a scenario; `apply` returns false when it changes nothing.
struct Remedy {
  std::string spelling;
  std::function<bool(PretrainingSpec&)> apply;
};

Remedy recompute(Recompute to) {
  return {fmt::format("recompute: {}", name_of(to)), [to](PretrainingSpec& spec) {
            const bool changes = spec.recompute < to;
            spec.recompute = to;
            return changes;
          }};
}

Remedy sharding(Sharding to) {
  return {fmt::format("sharding: {}", name_of(to)), [to](PretrainingSpec& spec) {
            const bool changes = spec.parallelism.sharding < to;
            spec.parallelism.sharding = to;
            return changes;
          }};
}

Remedy sequence_parallelism() {
  return {"sequence: true", [](PretrainingSpec& spec) {
            const bool changes = !spec.parallelism.sequence && spec.parallelism.tensor > 1;
            spec.parallelism.sequence = true;
            return changes;
          }};
}

Remedy smallest_microbatch() {
  return {"micro: 1", [](PretrainingSpec& spec) {
            const bool changes = spec.batch.micro > 1;
            spec.batch.micro = 1;
            return changes;
          }};
}

Remedy tensor(int degree) {
  return {fmt::format("tensor: {}", degree), [degree](PretrainingSpec& spec) {
            const bool changes = spec.parallelism.tensor < degree;
            spec.parallelism.tensor = degree;
            return changes;
          }};
}

Remedy pipeline(int degree) {
  return {fmt::format("pipeline: {}", degree), [degree](PretrainingSpec& spec) {
            const bool changes = spec.parallelism.pipeline < degree;
            spec.parallelism.pipeline = degree;
            return changes;
          }};
}

/// Cheapest in time first, so that a combination takes no more than it needs.
std::vector<Remedy> remedies(const PretrainingSpec& spec) {
  std::vector<Remedy> list = {sequence_parallelism(), sharding(Sharding::optimizer), recompute(Recompute::selective),
                              smallest_microbatch()};
  for (int degree = 2 * spec.parallelism.tensor; degree <= 8; degree *= 2) { // a node's scale-up domain
    list.push_back(tensor(degree));
  }
  list.push_back(pipeline(2 * spec.parallelism.pipeline));
  list.push_back(recompute(Recompute::full));
  list.push_back(sharding(Sharding::gradients));
  list.push_back(sharding(Sharding::parameters));
  return list;
}

/// Bytes of the fullest card, or nothing when `spec` cannot run on `cards`.
std::optional<double> needed_bytes(const PretrainingSpec& spec, int cards) {
  if (!plan_problem(spec, cards).empty()) {
    return std::nullopt;
  }
  return fullest_stage_memory(spec, Plan(spec, cards)).total();
}

std::string giga(double bytes) {
  return fmt::format("{:.1f} GB", bytes / 1e9);
}

/// Remedies that suffice alone, with what each leaves: "recompute: full (41.2 GB)".
std::string single_remedies(const PretrainingSpec& spec, int cards, double capacity_bytes) {
  std::string found;
  for (const Remedy& remedy : remedies(spec)) {
    PretrainingSpec changed = spec;
    if (!remedy.apply(changed)) {
      continue;
    }
    const auto bytes = needed_bytes(changed, cards);
    if (bytes && *bytes <= capacity_bytes) {
      found += fmt::format("{}{} ({})", found.empty() ? "" : ", or ", remedy.spelling, giga(*bytes));
    }
  }
  return found;
}

/// The spellings of remedies taken together; a later one of the same key replaces an earlier one.
class TakenRemedies {
public:
  void add(const std::string& spelling) {
    const std::string key = spelling.substr(0, spelling.find(':') + 1);
    list_.erase(std::remove_if(list_.begin(), list_.end(),
                               [&](const std::string& taken) { return taken.compare(0, key.size(), key) == 0; }),
                list_.end());
    list_.push_back(spelling);
  }
  bool empty() const { return list_.empty(); }
  std::string text() const { return fmt::format("{}", fmt::join(list_, ", ")); }

private:
  std::vector<std::string> list_;
};

/// Takes every remedy that helps, in turn, until it fits.
std::string combined_remedies(PretrainingSpec spec, int cards, double capacity_bytes) {
  double least = *needed_bytes(spec, cards);
  TakenRemedies taken;
  for (const Remedy& remedy : remedies(spec)) {
    PretrainingSpec changed = spec;
    const auto bytes = remedy.apply(changed) ? needed_bytes(changed, cards) : std::nullopt;
    if (!bytes || *bytes >= least) {
      continue;
    }
    spec = changed;
    least = *bytes;
    taken.add(remedy.spelling);
    if (least <= capacity_bytes) {
      return fmt::format("no single change makes it fit, but {} together would ({})", taken.text(), giga(least));
    }
  }
  if (taken.empty()) {
    return "no change that was tried helps; more cards, or cards with more memory, are needed";
  }
  return fmt::format("even {} together leave {}; more cards, or cards with more memory, are needed", taken.text(),
                     giga(least));
}

} // namespace

std::string explain_misfit(const PretrainingSpec& spec, int cards, double capacity_bytes) {
  if (!plan_problem(spec, cards).empty()) {
    return "";
  }
  const MemoryEstimate need = fullest_stage_memory(spec, Plan(spec, cards));
  if (need.total() <= capacity_bytes) {
    return "";
  }
  const std::string single = single_remedies(spec, cards, capacity_bytes);
  const std::string remedy =
      single.empty() ? combined_remedies(spec, cards, capacity_bytes) : "what would make it fit: " + single;
  return fmt::format("needs {} on a card of pipeline stage {} (weights {}, gradients {}, optimizer {}, activations {}, "
                     "workspace {}), {} more than the {} it has; {}",
                     giga(need.total()), need.stage, giga(need.weights_bytes), giga(need.gradients_bytes),
                     giga(need.optimizer_bytes), giga(need.activations_bytes), giga(need.workspace_bytes),
                     giga(need.total() - capacity_bytes), giga(capacity_bytes), remedy);
}

} // namespace iccsim::workload
