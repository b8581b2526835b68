// stragglers[] and faults[]: what is not as healthy as the rest.
#include "scenario/declare.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using D = Dimension;

constexpr double most_slowdown = 1e6; // a card that takes days for a second is not slow, it is gone

/// Whether the cluster has the link is known later: the place to name is that of the text.
void read_link(const Value& value, Reading& reading, FaultSpec& fault) {
  fault.place = value.tree->spot.place();
  fault.link = read_text(value, reading).value_or(fault.link);
}

void read_bandwidth(const Value& value, Reading& reading, FaultSpec& fault) {
  const auto share = read_quantity(value, reading, D::share, range::not_negative);
  if (share && *share > 1) {
    reading.fail(value, fmt::format("{} is more than the link has", quote(value.tree->text)), "at most 100 %");
    return;
  }
  fault.bandwidth = share.value_or(fault.bandwidth);
}

/// A link that is gone, and stays so, would hold up for good who sends over it: no flow has another way around a
/// resource in this version.
void check_fault(const Value& at, Reading& reading, const FaultSpec& fault) {
  if (fault.until_s && *fault.until_s <= fault.at_s && reading.trusts(joined(at.path, "until"))) {
    reading.fail(at.seek("until"), "the fault is over before it starts", "a time after 'at'");
  }
  if (fault.bandwidth == 0 && !fault.until_s && reading.trusts(joined(at.path, "bandwidth")) &&
      reading.trusts(joined(at.path, "until"))) {
    reading.fail(at.seek("bandwidth"),
                 "a link without any bandwidth, and no 'until', would hold up for good whoever sends over it",
                 "greater than 0 %",
                 "say with 'until' when the link is back, or write what is left of it, such as 1 %");
  }
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
      required(ratio("slowdown", &S::slowdown, range::between(1, most_slowdown),
                     "compute takes so many times as long; the largest of a card's counts")),
  };
  return keys;
}

const Keys<FaultSpec>& fault_keys() {
  using F = FaultSpec;
  static const Keys<F> keys = {
      required(custom<F>("link", "a text", "as results name it: gpu-17/nic3/out; gpu-17/nic3 is both directions",
                         read_link)),
      required(quantity("at", &F::at_s, D::time, range::not_negative, "when it starts")),
      required(custom<F>("bandwidth", expected_quantity(D::share),
                         "share of its own bandwidth that the link has then, the smallest of faults that overlap; 0 % "
                         "needs 'until': what it carries stands still",
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
    check_fault(faults.item(i), reading, scenario.faults[i]);
  }
}

} // namespace iccsim::scenario
