// Names that users give: usable in paths, each once.
#pragma once

#include "scenario/reading.hpp"

#include <map>
#include <string>

namespace iccsim::scenario {

/// Reports a `name` that a path could not hold (letters, digits, - and _, and dots where `dots`).
void check_name(const Value& value, const std::string& name, bool dots, Reading& reading);

/// The names of one list.
class UniqueNames {
public:
  explicit UniqueNames(std::string noun) : noun_(std::move(noun)) {}
  /// Reports a bad name, and one that an element before has.
  void check(const Value& value, const std::string& name, Reading& reading);

private:
  std::string noun_;
  std::map<std::string, int> line_of_;
};

} // namespace iccsim::scenario
