// Which algorithm can do which collective.
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

using A = CollectiveAlgorithm;
using O = CollectiveOperation;

struct CollectiveFacts {
  const JobSpec& job;
  const CollectiveSpec& spec;
};

/// What each algorithm can do; `auto` takes whichever can.
struct AbilityRow {
  A algorithm;
  std::vector<O> operations;
};

const std::vector<AbilityRow>& abilities() {
  static const std::vector<AbilityRow> rows = {
      {A::ring, {O::all_reduce, O::all_gather, O::reduce_scatter, O::broadcast}},
      {A::tree, {O::all_reduce, O::broadcast}},
      {A::hierarchical, {O::all_reduce, O::all_gather, O::reduce_scatter, O::all_to_all}},
      {A::halving_doubling, {O::all_reduce, O::all_gather, O::reduce_scatter}},
      {A::pairwise, {O::all_to_all, O::send_recv}},
      {A::in_network, {O::all_reduce}},
  };
  return rows;
}

bool can(const AbilityRow& row, O operation) {
  return std::find(row.operations.begin(), row.operations.end(), operation) != row.operations.end();
}

std::optional<Mistake> algorithm_does_it(const CollectiveFacts& f) {
  std::vector<std::string> able = {std::string(name_of(A::automatic))};
  for (const AbilityRow& row : abilities()) {
    if (can(row, f.spec.operation)) {
      able.emplace_back(name_of(row.algorithm));
    }
  }
  const std::string wanted(name_of(f.spec.algorithm));
  if (std::find(able.begin(), able.end(), wanted) != able.end()) {
    return std::nullopt;
  }
  return Mistake{fmt::format("algorithm {} cannot do {}", wanted, name_of(f.spec.operation)), any_of(able), ""};
}

std::optional<Mistake> enough_cards(const CollectiveFacts& f) {
  return f.job.cards >= 2 ? std::nullopt
                          : std::optional(Mistake{"a collective of one card moves nothing", "at least 2 cards", ""});
}

} // namespace

void check_collective(const Value& job, Reading& reading, const JobSpec& spec) {
  static const std::vector<Rule<CollectiveFacts>> rules = {
      {{"algorithm", "operation"}, algorithm_does_it},
      {{"cards"}, enough_cards},
  };
  apply(rules, CollectiveFacts{spec, std::get<CollectiveSpec>(spec.what)}, job, reading);
}

} // namespace iccsim::scenario
