// What is wrong with a file that the requests name, and who hears of it.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"

#include <functional>
#include <string>
#include <utility>

namespace iccsim::workload {

using ProblemSink = std::function<void(const scenario::Diagnostic&)>;

/// Line and column from 1; a line of 0 is the whole file.
inline scenario::Diagnostic file_problem(std::string file, int line, int column, std::string path, std::string message,
                                         std::string expected) {
  scenario::Diagnostic problem;
  problem.place.file = std::move(file);
  problem.place.line = line;
  problem.place.column = column;
  problem.path = std::move(path);
  problem.message = std::move(message);
  problem.expected = std::move(expected);
  return problem;
}

} // namespace iccsim::workload
