// The program as a user starts it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace iccsim::cli::test {

struct Answer {
  int status = 0;
  std::string output; ///< standard output
  std::string errors; ///< standard error
};

/// Runs iccsim with these arguments; texts of both streams are taken whole.
Answer run_iccsim(const std::vector<std::string>& arguments);
/// The same, with Ctrl-C after `seconds`.
Answer run_iccsim_interrupted_after(double seconds, const std::vector<std::string>& arguments);

/// A directory of its own that goes away with the object.
class ScratchDirectory {
public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file there and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

private:
  std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& file);

} // namespace iccsim::cli::test
