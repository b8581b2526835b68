#include "cli/whole_file.hpp"

#include "cli/invalid_input.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace iccsim::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const fs::path& path, const std::string& why) {
  throw InvalidInput(fmt::format("{}: cannot be written: {}", path.string(), why));
}

/// In the same directory, so that the rename stays within one file system; the process id keeps two runs apart.
fs::path temporary_beside(const fs::path& path) {
  fs::path temporary = path;
  temporary.replace_filename(fmt::format(".{}.{}.tmp", path.filename().string(), getpid()));
  return temporary;
}

} // namespace

void write_whole_file(const fs::path& path, const std::string& text) {
  const fs::path temporary = temporary_beside(path);
  std::error_code error;
  errno = 0;
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    const std::string why = errno != 0 ? std::strerror(errno) : "the write failed";
    fs::remove(temporary, error);
    cannot_write(path, why);
  }
  fs::rename(temporary, path, error);
  if (error) {
    const std::string why = error.message();
    fs::remove(temporary, error);
    cannot_write(path, why);
  }
}

void make_output_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    cannot_write(directory, error.message());
  }
  if (access(directory.c_str(), W_OK) != 0) {
    cannot_write(directory, std::strerror(errno));
  }
}

std::string read_whole_file(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    throw InvalidInput(path.string() + ": is a directory; expected a file");
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    throw InvalidInput(
        fmt::format("{}: cannot be read: {}", path.string(), errno != 0 ? std::strerror(errno) : "the file is empty"));
  }
  return text.str();
}

void print_result(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw InvalidInput(fmt::format("standard output: cannot be written: {}", std::strerror(errno)));
  }
}

} // namespace iccsim::cli
