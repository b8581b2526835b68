#include "cli/library_tables.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "iccsim/workload/transformer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace iccsim::cli {
namespace {

using report::Align;
using report::human_bytes;
using report::human_bytes_per_s;
using report::human_count;
using report::human_number;
using report::human_quantity;
using scenario::Diagnostics;
using scenario::Library;

using Cells = std::vector<std::string>;

std::string peak_text(const scenario::ChipSpec& chip, scenario::Precision precision) {
  const auto found = chip.peak_flops.find(precision);
  return found == chip.peak_flops.end() ? "-" : human_number(found->second / 1e12);
}

Cells chip_cells(const scenario::ChipSpec& chip) {
  using P = scenario::Precision;
  return {chip.name,
          chip.title,
          std::to_string(chip.year),
          peak_text(chip, P::fp16),
          peak_text(chip, P::bf16),
          peak_text(chip, P::fp8),
          human_bytes(chip.memory_bytes),
          human_bytes_per_s(chip.memory_bytes_per_s),
          human_number(chip.tdp_w) + " W"};
}

/// 8 x 50.0 GB/s, for the NICs of the compute fabric.
std::string rails_text(const scenario::NodeSpec& node) {
  const auto is_rail = [](const scenario::NicSpec& nic) { return !nic.storage; };
  const auto count = std::count_if(node.nics.begin(), node.nics.end(), is_rail);
  const auto first = std::find_if(node.nics.begin(), node.nics.end(), is_rail);
  return count == 0 ? "-" : fmt::format("{} x {}", count, human_bytes_per_s(first->bytes_per_s));
}

Cells node_cells(const scenario::NodeSpec& node) {
  const auto& scale_up = node.scale_up;
  const std::string domain = scale_up.domain_nodes > 1 ? fmt::format(" over {} nodes", scale_up.domain_nodes) : "";
  const bool joined = scale_up.kind != scenario::ScaleUpKind::none;
  return {node.name,
          node.title,
          fmt::format("{} x {}", node.cards, node.chip.name),
          std::string(name_of(scale_up.kind)) + domain,
          joined && scale_up.bytes_per_s > 0 ? human_bytes_per_s(scale_up.bytes_per_s) : "-",
          rails_text(node),
          human_number(node.power_w / 1000) + " kW"};
}

Cells cluster_cells(const std::string& name, const scenario::PlatformSpec& cluster) {
  std::string pools;
  double cards = 0;
  for (const auto& pool : cluster.pools) {
    pools += fmt::format("{}{} x {}", pools.empty() ? "" : " + ", pool.count, pool.node.name);
    cards += static_cast<double>(pool.count) * pool.node.cards;
  }
  return {name, pools, human_count(cards), std::string(name_of(cluster.fabric.kind)),
          human_number(cluster.fabric.oversubscription) + ":1"};
}

Cells model_cells(const scenario::ModelSpec& model) {
  const std::string experts = model.has_moe() ? fmt::format("{} of {}", model.moe.top_k, model.moe.experts) : "-";
  return {model.name,
          model.title,
          human_quantity(workload::total_parameters(model)),
          human_quantity(workload::active_parameters(model)),
          std::to_string(model.layers),
          std::to_string(model.hidden),
          fmt::format("{}/{}", model.heads, model.kv_heads),
          experts};
}

Cells software_cells(const scenario::SoftwareSpec& software) {
  std::string chips;
  for (const auto& [chip, calibration] : software.chips) {
    chips += (chips.empty() ? "" : " ") + chip;
  }
  return {software.name, software.title, chips.empty() ? "-" : chips};
}

/// One kind of the library: its header, and how a name becomes a row (empty: the file cannot be read).
struct Kind {
  std::string name;
  Cells header;
  std::function<Cells(const std::string&, const Library&, Diagnostics&)> row;
};

template <typename Read, typename Show> auto row_from(Read read, Show show) {
  return [=](const std::string& name, const Library& library, Diagnostics& diagnostics) {
    const auto spec = read(name, library, diagnostics);
    return spec ? show(*spec) : Cells{};
  };
}

std::vector<Kind> kinds() {
  return {
      {"chips",
       {"chip", "title", "year", "fp16 TFLOPS", "bf16 TFLOPS", "fp8 TFLOPS", "memory", "bandwidth", "power"},
       row_from(scenario::read_chip, chip_cells)},
      {"nodes",
       {"node", "title", "cards", "scale-up", "per card", "NICs", "power"},
       row_from(scenario::read_node, node_cells)},
      {"fabrics", {"fabric"}, [](const std::string& name, const Library&, Diagnostics&) { return Cells{name}; }},
      {"clusters",
       {"cluster", "nodes", "cards", "fabric", "oversubscription"},
       [](const std::string& name, const Library& library, Diagnostics& diagnostics) {
         const auto cluster = scenario::read_cluster(name, library, diagnostics);
         return cluster ? cluster_cells(name, *cluster) : Cells{};
       }},
      {"models",
       {"model", "title", "parameters", "active", "layers", "hidden", "heads/kv", "experts"},
       row_from(scenario::read_model, model_cells)},
      {"software", {"software", "title", "calibrated for"}, row_from(scenario::read_software, software_cells)},
  };
}

/// Names and titles to the left, figures to the right.
std::vector<report::TextTable::Column> columns_for(const Kind& kind) {
  std::vector<report::TextTable::Column> columns(kind.header.size(), {Align::right, 0});
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].align = i < 2 || kind.name == "software" || kind.name == "nodes" ? Align::left : Align::right;
  }
  if (columns.size() > 1) {
    columns[1].limit = 44;
  }
  return columns;
}

} // namespace

std::vector<std::string> library_kinds() {
  std::vector<std::string> names;
  for (const auto& kind : kinds()) {
    names.push_back(kind.name);
  }
  return names;
}

std::string library_table(const std::string& kind_name, const Library& library, Diagnostics& diagnostics) {
  for (const auto& kind : kinds()) {
    if (kind.name != kind_name) {
      continue;
    }
    report::TextTable table(columns_for(kind));
    table.add(kind.header);
    for (const auto& name : library.names(kind.name)) {
      if (auto cells = kind.row(name, library, diagnostics); !cells.empty()) {
        table.add(std::move(cells));
      }
    }
    return table.to_string(0);
  }
  return "";
}

} // namespace iccsim::cli
