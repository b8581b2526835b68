// Combinations of keys that make no sense, as a table of rules.
#pragma once

#include "scenario/reading.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario {

/// What a rule found.
struct Mistake {
  std::string message;
  std::string expected;
  std::string hint;
};

/// `inputs` are the keys that the rule reads, below the mapping that it is applied to; the mistake is reported at the
/// first, or at the deepest mapping on the way there. A rule is skipped when one of its inputs is itself wrong.
template <typename Facts> struct Rule {
  std::vector<std::string> inputs;
  std::optional<Mistake> (*check)(const Facts&);
};

template <typename Facts>
void apply(const std::vector<Rule<Facts>>& rules, const Facts& facts, const Value& root, Reading& reading) {
  for (const Rule<Facts>& rule : rules) {
    bool trusted = true;
    for (const std::string& input : rule.inputs) {
      trusted = trusted && reading.trusts(joined(root.path, input));
    }
    if (!trusted) {
      continue;
    }
    if (const std::optional<Mistake> mistake = rule.check(facts)) {
      const Value place = root.seek(rule.inputs.front());
      reading.diagnostics().add({place.key.place(), place.path, mistake->message, mistake->expected, mistake->hint});
    }
  }
}

} // namespace iccsim::scenario
