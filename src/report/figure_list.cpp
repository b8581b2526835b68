#include "report/figure_list.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;

/// Card-seconds by state are parts of one sum, so a tiny one may differ by the rounding of a large one.
double scale_of(const Json& tree, const std::string& path) {
  double largest = 0;
  const std::string parts_of_a_sum = "states_s";
  if (path.size() < parts_of_a_sum.size() ||
      path.compare(path.size() - parts_of_a_sum.size(), std::string::npos, parts_of_a_sum) != 0) {
    return largest;
  }
  for (const auto& value : tree) {
    if (value.is_number()) {
      largest = std::max(largest, std::abs(value.get<double>()));
    }
  }
  return largest;
}

std::string element_name(const Json& element, std::size_t index) {
  for (const char* key : {"name", "metric"}) {
    if (element.is_object() && element.contains(key) && element[key].is_string()) {
      return element[key].get<std::string>();
    }
  }
  return std::to_string(index);
}

void add_figures(const Json& tree, const std::string& path, double scale, std::vector<Figure>& figures) {
  if (!tree.is_structured()) {
    figures.push_back({path, tree, scale});
    return;
  }
  const double inner_scale = scale_of(tree, path);
  std::size_t index = 0;
  for (const auto& item : tree.items()) {
    const std::string inner = tree.is_array() ? path + "[" + element_name(item.value(), index) + "]"
                                              : (path.empty() ? item.key() : path + "." + item.key());
    add_figures(item.value(), inner, inner_scale, figures);
    ++index;
  }
}

} // namespace

std::vector<Figure> list_figures(const Json& tree) {
  std::vector<Figure> figures;
  add_figures(tree, "", 0, figures);
  return figures;
}

} // namespace iccsim::report
