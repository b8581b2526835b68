// result.json flattened to paths and values, so that two of them can be laid side by side.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace iccsim::report {

struct Figure {
  std::string path;
  nlohmann::ordered_json value; ///< a number, text, truth value or null
  double scale = 0;             ///< the largest of the parts of the same sum; 0: it is no part of one
};

/// Elements of a list are named by their `name` or `metric` where they have one, so that an inserted one shifts
/// nothing.
std::vector<Figure> list_figures(const nlohmann::ordered_json& tree);

} // namespace iccsim::report
