#include "cli/library.hpp"

namespace iccsim::cli {

scenario::Library library() {
  auto located = scenario::Library::locate();
  std::error_code error;
  if (std::filesystem::is_directory(located.root / "platforms", error)) {
    return located;
  }
  const std::filesystem::path source_tree = ICCSIM_SOURCE_ROOT;
  return std::filesystem::is_directory(source_tree / "platforms", error) ? scenario::Library{source_tree} : located;
}

} // namespace iccsim::cli
