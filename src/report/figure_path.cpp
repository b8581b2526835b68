#include "report/result_tree.hpp"

#include <cctype>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;

std::optional<double> as_figure(const Json& leaf) {
  if (leaf.is_number()) {
    return leaf.get<double>();
  }
  if (leaf.is_boolean()) {
    return leaf.get<bool>() ? 1.0 : 0.0;
  }
  return std::nullopt;
}

std::optional<double> descend(const Json& tree, const std::string& path);

/// `path` below an array: `1].busbw` or `1.busbw`, with or without the opening bracket.
std::optional<double> descend_array(const Json& array, const std::string& path) {
  const std::size_t start = path[0] == '[' ? 1 : 0;
  std::size_t end = start;
  while (end < path.size() && std::isdigit(static_cast<unsigned char>(path[end])) != 0) {
    ++end;
  }
  if (end == start || end - start > 6) {
    return std::nullopt;
  }
  const std::size_t index = std::stoul(path.substr(start, end - start));
  if (index >= array.size()) {
    return std::nullopt;
  }
  const std::size_t rest = end < path.size() && path[end] == ']' ? end + 1 : end;
  return descend(array[index], path.substr(rest));
}

/// A key matches when the path goes on with '.', '[' or nothing after it, so `a.b` may be one name or two.
std::optional<double> descend_object(const Json& object, const std::string& path) {
  for (const auto& item : object.items()) {
    const std::string& key = item.key();
    if (path.compare(0, key.size(), key) != 0) {
      continue;
    }
    const std::string rest = path.substr(key.size());
    if (rest.empty() || rest[0] == '.' || rest[0] == '[') {
      if (auto figure = descend(item.value(), rest)) {
        return figure;
      }
    }
  }
  return std::nullopt;
}

std::optional<double> descend(const Json& tree, const std::string& path) {
  if (path.empty()) {
    return as_figure(tree);
  }
  const std::string rest = path[0] == '.' ? path.substr(1) : path;
  if (rest.empty()) {
    return std::nullopt;
  }
  if (tree.is_array()) {
    return descend_array(tree, rest);
  }
  return tree.is_object() ? descend_object(tree, rest) : std::nullopt;
}

} // namespace

std::optional<double> figure_at(const Json& tree, const std::string& path) {
  return path.empty() ? std::nullopt : descend(tree, path);
}

} // namespace iccsim::report
