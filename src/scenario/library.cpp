// Where the library lies and what it offers.
#include "iccsim/scenario/scenario.hpp"

#include <algorithm>
#include <cstdlib>

namespace iccsim::scenario {
namespace {

namespace fs = std::filesystem;

bool is_library(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "platforms", error) && fs::is_directory(folder / "scenarios" / "models", error);
}

fs::path executable_folder() {
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : executable.parent_path();
}

/// `folder` or the nearest of its parents that is a library.
std::optional<fs::path> nearest_library(fs::path folder) {
  while (!folder.empty()) {
    if (is_library(folder)) {
      return folder;
    }
    if (folder == folder.parent_path()) {
      break;
    }
    folder = folder.parent_path();
  }
  return std::nullopt;
}

} // namespace

Library Library::locate() {
  if (const char* named = std::getenv("ICCSIM_LIBRARY"); named != nullptr && *named != '\0') {
    return {named};
  }
  const fs::path beside = executable_folder();
  const fs::path installed = beside.parent_path() / "share" / "iccsim";
  if (is_library(installed)) {
    return {installed};
  }
  return {nearest_library(beside).value_or(installed)};
}

std::vector<std::string> Library::names(const std::string& kind) const {
  const fs::path folder = kind == "models" ? root / "scenarios" / kind : root / "platforms" / kind;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".yaml") {
      names.push_back(entry->path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace iccsim::scenario
