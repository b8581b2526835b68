// platforms/nodes/NAME.yaml
#include "scenario/file_keys.hpp"
#include "scenario/node_parts.hpp"
#include "scenario/reference.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using N = NodeSpec;
using D = Dimension;

void read_chip_of(const Value& value, Reading& reading, N& node) {
  read_reference(value, LibraryKind::chips, reading, chip_keys(), node.chip, finish_chip);
}

/// Rows with `count` in the file become as many entries.
template <typename Row, typename Part, std::vector<Part> N::*member, Part Row::*part>
Key<N> counted(std::string name, const Keys<Row>& (*keys)(), std::string meaning) {
  Key<N> key = custom<N>(
      std::move(name), "a list of mappings", std::move(meaning), [keys](const Value& value, Reading& reading, N& node) {
        if (!is_list(value, reading, most_rows, "a list of mappings")) {
          return;
        }
        for (std::size_t i = 0; i < value.tree->items.size(); ++i) {
          Row row;
          read_mapping(value.item(i), reading, keys(), row);
          (node.*member).insert((node.*member).end(), static_cast<std::size_t>(row.count), row.*part);
        }
      });
  key.info.children = [keys] { return infos_of(keys()); };
  return key;
}

} // namespace

const Keys<N>& node_keys() {
  static const Keys<N> keys = together<N>(
      file_keys<N>(),
      {
          text("title", &N::title, "one line for people"),
          required(custom<N>("chip", "a name from platforms/chips/ or a mapping", "the cards' chip", read_chip_of)),
          required(integer("cards", &N::cards, "of the node", 1, 1024)),
          section("scale_up", &N::scale_up, scale_up_keys, "the links that join cards beside PCIe"),
          list_of_sections("pcie", &N::pcie, pcie_keys, "PCIe switches, or root ports without one", most_rows),
          counted<NicRow, NicSpec, &N::nics, &NicRow::nic>("nics", nic_keys, "network interfaces"),
          section("host", &N::host, host_keys, "CPUs and their memory"),
          counted<NvmeRow, NvmeSpec, &N::nvme, &NvmeRow::drive>("nvme", nvme_keys, "local drives"),
          quantity("power", &N::power_w, D::power, range::not_negative, "nameplate"),
          texts("sources", &N::sources, "where the numbers are printed"),
      });
  return keys;
}

} // namespace iccsim::scenario
