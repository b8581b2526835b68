// The file of an empirical distribution: one whole number a line.
#pragma once

#include "workload/requests/file_problem.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace iccsim::workload {

/// Blank lines, and what follows a #, are passed over. Each line that is no number from 1 to largest_length goes to
/// `sink`, and a file without numbers too.
std::vector<int> read_length_file(const std::filesystem::path& file, const std::string& path, const ProblemSink& sink);

} // namespace iccsim::workload
