#include "iccsim/report/memory_table.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/bar.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace iccsim::report {
namespace {

constexpr int bar_width = 24;

using Part = std::pair<const char*, double>;

std::array<Part, 5> parts_of(const metrics::MemoryFigures& memory) {
  return {{{"weights", memory.weights_bytes},
           {"gradients", memory.gradients_bytes},
           {"optimizer", memory.optimizer_bytes},
           {"activations", memory.activations_bytes},
           {"workspace", memory.workspace_bytes}}};
}

} // namespace

std::string memory_line(const metrics::MemoryFigures& memory) {
  // One unit for all parts: the line is read as a sum.
  constexpr double gb = 1e9;
  std::string parts;
  for (const auto& [name, bytes] : parts_of(memory)) {
    if (bytes > 0) {
      parts += fmt::format("{} {} {:.1f}", parts.empty() ? ":" : ",", name, bytes / gb);
    }
  }
  return fmt::format("{:.1f} of {:.1f} GB ({}) on the fullest card{}", memory.total_bytes / gb,
                     memory.capacity_bytes / gb, human_percent(memory.total_bytes / memory.capacity_bytes), parts);
}

std::string memory_table(const metrics::MemoryFigures& memory, std::size_t indent) {
  TextTable table({{}, {Align::right}, {Align::right}, {}});
  const auto add = [&](const char* name, double bytes) {
    const double share = bytes / memory.capacity_bytes;
    table.add({name, human_bytes(bytes), human_percent(share), bar(share, bar_width)});
  };
  for (const auto& [name, bytes] : parts_of(memory)) {
    add(name, bytes);
  }
  add("total", memory.total_bytes);
  table.add({"capacity", human_bytes(memory.capacity_bytes)});
  return table.to_string(indent);
}

} // namespace iccsim::report
