// Which parts of a node fit together.
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

#include <fmt/format.h>

#include <set>

namespace iccsim::scenario {
namespace {

using N = NodeSpec;

std::optional<Mistake> scale_up_needs_bandwidth(const N& node) {
  if (node.scale_up.kind == ScaleUpKind::none || node.scale_up.kind == ScaleUpKind::links ||
      node.scale_up.bytes_per_s > 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("scale-up links of type {} have no bandwidth", name_of(node.scale_up.kind)),
                 "bandwidth: per card and direction", ""};
}

std::optional<Mistake> links_need_their_type(const N& node) {
  if ((node.scale_up.kind == ScaleUpKind::links) == !node.scale_up.links.empty()) {
    return std::nullopt;
  }
  return node.scale_up.links.empty()
             ? Mistake{"type links without links", "links: [ { a: 0, b: 1, bandwidth: ... } ]", ""}
             : Mistake{"links are listed for another type", "type: links", ""};
}

std::optional<Mistake> domain_fits_type(const N& node) {
  if (node.scale_up.domain_nodes == 1 || node.scale_up.kind == ScaleUpKind::switched ||
      node.scale_up.kind == ScaleUpKind::full_mesh) {
    return std::nullopt;
  }
  return Mistake{fmt::format("a scale-up domain of type {} cannot span nodes", name_of(node.scale_up.kind)),
                 "domain_nodes: 1, or type switch or full_mesh", ""};
}

const std::vector<Rule<N>>& rules() {
  static const std::vector<Rule<N>> table = {
      {{"scale_up.bandwidth", "scale_up.type"}, scale_up_needs_bandwidth},
      {{"scale_up.links", "scale_up.type"}, links_need_their_type},
      {{"scale_up.domain_nodes", "scale_up.type"}, domain_fits_type},
  };
  return table;
}

/// Devices of one kind that PCIe switches list: each exists, each hangs below one switch.
class Devices {
public:
  Devices(std::string key, std::size_t count) : key_(std::move(key)), count_(static_cast<int>(count)) {}

  void check(const Value& pcie_switch, const std::vector<int>& listed, Reading& reading) {
    for (std::size_t i = 0; i < listed.size(); ++i) {
      const Value place = pcie_switch.seek(key_);
      if (place.tree->items.size() != listed.size()) {
        return; // some element was no number and has been reported
      }
      if (listed[i] >= count_) {
        reading.fail(place.item(i), fmt::format("the node has no {} {}", key_, listed[i]),
                     count_ == 0 ? "nothing" : fmt::format("0 to {}", count_ - 1));
      } else if (!seen_.insert(listed[i]).second) {
        reading.fail(place.item(i), fmt::format("{} {} hangs below another switch already", key_, listed[i]),
                     "each device once");
      }
    }
  }

private:
  std::string key_;
  int count_;
  std::set<int> seen_;
};

void check_pcie(const Value& root, Reading& reading, const N& node) {
  Devices cards("cards", static_cast<std::size_t>(node.cards)), nics("nics", node.nics.size()),
      nvme("nvme", node.nvme.size());
  const Value list = root.seek("pcie");
  for (std::size_t i = 0; i < node.pcie.size() && i < list.tree->items.size(); ++i) {
    const Value item = list.item(i);
    cards.check(item, node.pcie[i].cards, reading);
    nics.check(item, node.pcie[i].nics, reading);
    nvme.check(item, node.pcie[i].nvme, reading);
    if (node.pcie[i].socket >= node.host.sockets) {
      reading.fail(item.seek("socket"), fmt::format("the host has no socket {}", node.pcie[i].socket),
                   fmt::format("0 to {}", node.host.sockets - 1));
    }
  }
}

void check_links(const Value& root, Reading& reading, const N& node) {
  const Value list = root.seek("scale_up.links");
  for (std::size_t i = 0; i < node.scale_up.links.size() && i < list.tree->items.size(); ++i) {
    const CardLinkSpec& link = node.scale_up.links[i];
    const Value item = list.item(i);
    for (const auto& [key, card] : {std::pair{"a", link.a}, std::pair{"b", link.b}}) {
      if (card >= node.cards) {
        reading.fail(item.seek(key), fmt::format("the node has no card {}", card),
                     fmt::format("0 to {}", node.cards - 1));
      }
    }
    if (link.a == link.b) {
      reading.fail(item.seek("b"), "a link from a card to itself", "two different cards");
    }
  }
}

} // namespace

void finish_node(const Value& root, Reading& reading, N& node) {
  apply(rules(), node, root, reading);
  const auto trusted = [&](const char* key) { return reading.trusts(joined(root.path, key)); };
  if (trusted("cards") && trusted("pcie") && trusted("nics") && trusted("nvme") && trusted("host")) {
    check_pcie(root, reading, node);
  }
  if (trusted("cards") && trusted("scale_up")) {
    check_links(root, reading, node);
  }
}

} // namespace iccsim::scenario
