// stragglers[] and faults[]: what is not as healthy as the rest.
#include "scenario/declare.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using D = Dimension;

/// 0 would be a link that is gone, and no flow has another way around a resource in this version.
void read_bandwidth(const Value& value, Reading& reading, FaultSpec& fault) {
  const auto share = read_quantity(value, reading, D::share, range::share);
  if (share && *share == 0) {
    reading.fail(value, "a link without any bandwidth would hold up for good whoever sends over it", "greater than 0 %",
                 "write the share that is left, such as 1 %");
    return;
  }
  fault.bandwidth = share.value_or(fault.bandwidth);
}

void check_straggler(const Value& at, Reading& reading, const StragglerSpec& straggler, const PlatformSpec& platform) {
  long long first = 0;
  for (const NodePoolSpec& pool : platform.pools) {
    if (straggler.node < first + pool.count) {
      if (straggler.card && *straggler.card >= pool.node.cards && reading.trusts(joined(at.path, "card"))) {
        reading.fail(at.seek("card"), fmt::format("a node of pool {} has {} cards", pool.name, pool.node.cards),
                     fmt::format("at most {}", pool.node.cards - 1), "cards of a node count from 0");
      }
      return;
    }
    first += pool.count;
  }
  reading.fail(at.seek("node"), fmt::format("the cluster has {} nodes", first), fmt::format("at most {}", first - 1),
               "nodes count from 0, over all pools");
}

} // namespace

const Keys<StragglerSpec>& straggler_keys() {
  using S = StragglerSpec;
  static const Keys<S> keys = {
      required(integer("node", &S::node, "counts over all pools, in their order, from 0", 0)),
      declare::row(declare::info("card", "a whole number", "", "at least 0",
                                 "position in the node, from 0; default: every card of it"),
                   &S::card,
                   [](const Value& v, Reading& r) { return read_integer(v, r, range::between(0, largest_integer)); }),
      required(ratio("slowdown", &S::slowdown, range::at_least_one, "compute takes so many times as long")),
  };
  return keys;
}

const Keys<FaultSpec>& fault_keys() {
  using F = FaultSpec;
  static const Keys<F> keys = {
      required(text("link", &F::link, "as results name it: gpu-17/nic3/out; gpu-17/nic3 is both directions")),
      required(quantity("at", &F::at_s, D::time, range::not_negative, "when it starts")),
      required(custom<F>("bandwidth", expected_quantity(D::share), "share of its own bandwidth that the link has then",
                         read_bandwidth)),
      quantity("until", &F::until_s, D::time, range::positive, "when it is over; default: never"),
  };
  return keys;
}

void check_health(const Value& root, Reading& reading, const Scenario& scenario) {
  const Value stragglers = root.seek("stragglers");
  for (std::size_t i = 0; i < scenario.stragglers.size() && i < stragglers.tree->items.size(); ++i) {
    const Value at = stragglers.item(i);
    if (reading.trusts("platform") && reading.trusts(joined(at.path, "node"))) {
      check_straggler(at, reading, scenario.stragglers[i], scenario.platform);
    }
  }
  const Value faults = root.seek("faults");
  for (std::size_t i = 0; i < scenario.faults.size() && i < faults.tree->items.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    const Value at = faults.item(i);
    if (fault.until_s && *fault.until_s <= fault.at_s && reading.trusts(joined(at.path, "until"))) {
      reading.fail(at.seek("until"), "the fault is over before it starts", "a time after 'at'");
    }
  }
}

} // namespace iccsim::scenario
