#include "scenario/node_parts.hpp"

namespace iccsim::scenario {
namespace {

using D = Dimension;

/// A quantity of the part inside a row with a count.
template <typename Row, typename Part>
Key<Row> part_quantity(std::string name, Part Row::*part, double Part::*member, D dimension, Range range,
                       std::string meaning) {
  return custom<Row>(std::move(name), expected_quantity(dimension), std::move(meaning),
                     [=](const Value& value, Reading& reading, Row& row) {
                       if (const auto read = read_quantity(value, reading, dimension, range)) {
                         row.*part.*member = *read;
                       }
                     });
}

template <typename Spec> Key<Spec> indices(std::string name, std::vector<int> Spec::*member, std::string meaning) {
  return list_of(
      std::move(name), member, "a list of whole numbers", std::move(meaning),
      [](const Value& v, Reading& r) { return read_integer(v, r, range::between(0, 1023)); }, 1024);
}

void read_use(const Value& value, Reading& reading, NicRow& row) {
  if (const auto word = read_word(value, reading, {"compute", "storage"})) {
    row.nic.storage = *word == 1;
  }
}

const Keys<CardLinkSpec>& link_keys() {
  using L = CardLinkSpec;
  static const Keys<L> keys = {
      required(integer("a", &L::a, "a card of the node, from 0", 0, 1023)),
      required(integer("b", &L::b, "another", 0, 1023)),
      required(quantity("bandwidth", &L::bytes_per_s, D::bandwidth, range::positive, "one direction")),
  };
  return keys;
}

} // namespace

const Keys<ScaleUpSpec>& scale_up_keys() {
  using S = ScaleUpSpec;
  static const Keys<S> keys = {
      choice("type", &S::kind, "how the cards are joined"),
      quantity("bandwidth", &S::bytes_per_s, D::bandwidth, range::positive,
               "per card and direction, all links together"),
      quantity("latency", &S::latency_s, D::time, range::not_negative, "card to card"),
      quantity("efficiency", &S::efficiency, D::share, range::positive_share,
               "share of the link rate that payload gets in large messages"),
      integer("domain_nodes", &S::domain_nodes, "nodes that one domain spans", 1, 100'000),
      flag("in_network_reduction", &S::in_network_reduction, "the switch adds (NVLink SHARP)"),
      list_of_sections("links", &S::links, link_keys, "the direct links of type links", 4096),
  };
  return keys;
}

const Keys<PcieSwitchSpec>& pcie_keys() {
  using P = PcieSwitchSpec;
  static const Keys<P> keys = {
      indices("cards", &P::cards, "below this switch"),
      indices("nics", &P::nics, "below this switch"),
      indices("nvme", &P::nvme, "below this switch"),
      integer("socket", &P::socket, "that the uplink leads to", 0, 63),
      required(quantity("slot", &P::slot_bytes_per_s, D::bandwidth, range::positive, "each device, one direction")),
      required(quantity("uplink", &P::uplink_bytes_per_s, D::bandwidth, range::positive, "root port, one direction")),
  };
  return keys;
}

const Keys<NicRow>& nic_keys() {
  using R = NicRow;
  static const Keys<R> keys = {
      integer("count", &R::count, "of such NICs", 1, 1024),
      required(
          part_quantity("bandwidth", &R::nic, &NicSpec::bytes_per_s, D::bandwidth, range::positive, "one direction")),
      part_quantity("latency", &R::nic, &NicSpec::latency_s, D::time, range::not_negative,
                    "send to first byte on the wire, both ends together"),
      custom<R>("use", "compute or storage", "storage NICs are no rails of the compute fabric", read_use),
  };
  return keys;
}

const Keys<NvmeRow>& nvme_keys() {
  using R = NvmeRow;
  static const Keys<R> keys = {
      integer("count", &R::count, "of such drives", 1, 1024),
      required(part_quantity("capacity", &R::drive, &NvmeSpec::bytes, D::bytes, range::positive, "of one drive")),
      required(
          part_quantity("read", &R::drive, &NvmeSpec::read_bytes_per_s, D::bandwidth, range::positive, "sequential")),
      required(
          part_quantity("write", &R::drive, &NvmeSpec::write_bytes_per_s, D::bandwidth, range::positive, "sequential")),
  };
  return keys;
}

const Keys<HostSpec>& host_keys() {
  using H = HostSpec;
  static const Keys<H> keys = {
      integer("sockets", &H::sockets, "CPU sockets", 1, 64),
      integer("cores", &H::cores, "in all sockets", 0, 65536),
      quantity("memory", &H::memory_bytes, D::bytes, range::not_negative, "host memory"),
      quantity("memory_bandwidth", &H::memory_bytes_per_s, D::bandwidth, range::not_negative, "all sockets together"),
      quantity("socket_link", &H::socket_link_bytes_per_s, D::bandwidth, range::not_negative,
               "between two sockets, one direction"),
  };
  return keys;
}

} // namespace iccsim::scenario
