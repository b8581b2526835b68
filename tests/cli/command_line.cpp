#include "cli/command_line.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>

namespace iccsim::cli::test {
namespace {

std::string shell_quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

} // namespace

ScratchDirectory::ScratchDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "iccsim-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no scratch directory at " + pattern);
  }
  path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string ScratchDirectory::write(const std::string& name, const std::string& text) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
  return file.string();
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

namespace {

Answer answer_of(std::string command, const std::vector<std::string>& arguments) {
  const ScratchDirectory scratch;
  command += shell_quoted(ICCSIM_EXECUTABLE);
  for (const auto& argument : arguments) {
    command += " " + shell_quoted(argument);
  }
  const auto output = scratch.path() / "out";
  const auto errors = scratch.path() / "err";
  command += " >" + shell_quoted(output) + " 2>" + shell_quoted(errors) + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(output), read_text(errors)};
}

} // namespace

Answer run_iccsim(const std::vector<std::string>& arguments) {
  return answer_of("", arguments);
}

Answer run_iccsim_interrupted_after(double seconds, const std::vector<std::string>& arguments) {
  return answer_of("timeout --foreground --preserve-status -s INT " + std::to_string(seconds) + " ", arguments);
}

} // namespace iccsim::cli::test
