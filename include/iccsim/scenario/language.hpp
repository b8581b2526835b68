// The scenario language describes itself: every key as it is declared for the reader.
#pragma once

#include <string>
#include <vector>

namespace iccsim::scenario {

/// One key.
struct KeyDescription {
  std::string path; ///< jobs[].parallelism.tensor; [] stands for an element of a list
  std::string type; ///< "a time in ns, us, ... or d", "true or false", "gpipe, 1f1b, ... or dualpipe", "a mapping"
  std::string default_value; ///< as a user would write it; empty: none
  std::string range;         ///< "at least 1"; empty: any
  std::string meaning;       ///< half a line
  bool required = false;
  bool built = true; ///< false: the key is known, this version refuses it
};

/// Every key of a scenario and of the mappings that it can hold, depth first in the order of declaration.
std::vector<KeyDescription> describe_language();

} // namespace iccsim::scenario
