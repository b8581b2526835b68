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

std::vector<O> operations_of(A algorithm) {
  switch (algorithm) {
  case A::ring:
    return {O::all_reduce, O::all_gather, O::reduce_scatter, O::broadcast, O::send_recv};
  case A::tree:
    return {O::all_reduce, O::broadcast};
  case A::hierarchical:
    return {O::all_reduce, O::all_gather, O::reduce_scatter, O::broadcast, O::all_to_all};
  case A::halving_doubling:
    return {O::all_reduce, O::all_gather, O::reduce_scatter};
  case A::pairwise:
    return {O::all_to_all, O::send_recv};
  case A::in_network:
    return {O::all_reduce, O::all_gather, O::reduce_scatter, O::broadcast};
  case A::automatic:
    break;
  }
  return {O::all_reduce, O::all_gather, O::reduce_scatter, O::broadcast, O::all_to_all, O::send_recv};
}

std::optional<Mistake> algorithm_does_it(const CollectiveFacts& f) {
  const std::vector<O> operations = operations_of(f.spec.algorithm);
  if (std::find(operations.begin(), operations.end(), f.spec.operation) != operations.end()) {
    return std::nullopt;
  }
  std::vector<std::string> algorithms;
  for (const auto& row : EnumTable<A>::rows) {
    const std::vector<O> able = operations_of(row.value);
    if (std::find(able.begin(), able.end(), f.spec.operation) != able.end()) {
      algorithms.emplace_back(row.name);
    }
  }
  return Mistake{fmt::format("algorithm {} cannot do {}", name_of(f.spec.algorithm), name_of(f.spec.operation)),
                 any_of(algorithms), ""};
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
