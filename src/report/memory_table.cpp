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
  std::string parts;
  for (const auto& [name, bytes] : parts_of(memory)) {
    if (bytes > 0) {
      parts += fmt::format("{} {} {}", parts.empty() ? ":" : ",", name, human_bytes(bytes));
    }
  }
  return fmt::format("{} of {} ({}) on the fullest card{}", human_bytes(memory.total_bytes),
                     human_bytes(memory.capacity_bytes), human_percent(memory.total_bytes / memory.capacity_bytes),
                     parts);
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
