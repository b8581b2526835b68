#include "cli/scenario_files.hpp"

#include "cli/invalid_input.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace iccsim::cli {
namespace {

namespace fs = std::filesystem;

/// A top-level key stands at the start of a line; enough to tell a scenario from a model file without parsing both.
bool mentions_expectations(const fs::path& file) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, 7, "expect:") == 0) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".yaml" || extension == ".yml") &&
        mentions_expectations(entry.path())) {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

std::vector<std::string> files_with_expectations(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      throw InvalidInput(path + ": no such file or directory");
    }
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const auto below = files_below(path);
    if (below.empty()) {
      throw InvalidInput(path + ": holds no scenario with `expect`");
    }
    files.insert(files.end(), below.begin(), below.end());
  }
  return files;
}

} // namespace iccsim::cli
