#include "cli/resource_scale.hpp"

#include "cli/invalid_input.hpp"

#include "iccsim/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <optional>

namespace iccsim::cli {
namespace {

using platform::ResourceKind;

std::optional<ResourceKind> kind_named(const std::string& name) {
  for (const auto& row : EnumTable<ResourceKind>::rows) {
    if (row.name == name && row.value != ResourceKind::streams) {
      return row.value;
    }
  }
  return std::nullopt;
}

[[noreturn]] void refuse_kind(const std::string& option, const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& row : EnumTable<ResourceKind>::rows) {
    if (row.value != ResourceKind::streams) {
      names.emplace_back(row.name);
      list += (list.empty() ? "" : ", ") + names.back();
    }
  }
  const std::string nearest = scenario::nearest_spelling(name, names);
  throw InvalidInput(fmt::format("--scale-resource {}: no kind of resource is called '{}'; expected {}{}", option, name,
                                 list, nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

double factor_of(const std::string& option, const std::string& text) {
  char* end = nullptr;
  const double factor = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(factor) || factor <= 0) {
    throw InvalidInput(fmt::format("--scale-resource {}: expected KIND=FACTOR with a factor above 0, such as "
                                   "pcie_uplink=1.5",
                                   option));
  }
  return factor;
}

} // namespace

platform::ResourceScale resource_scale(const std::vector<std::string>& options) {
  platform::ResourceScale scale;
  for (const std::string& option : options) {
    const std::size_t equals = option.find('=');
    const std::string name = option.substr(0, equals);
    const double factor = factor_of(option, equals == std::string::npos ? "" : option.substr(equals + 1));
    const auto kind = kind_named(name);
    if (!kind) {
      refuse_kind(option, name);
    }
    const double before = scale.count(*kind) > 0 ? scale[*kind] : 1;
    scale[*kind] = before * factor;
  }
  return scale;
}

} // namespace iccsim::cli
