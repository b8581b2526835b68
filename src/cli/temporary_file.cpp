#include "cli/temporary_file.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace iccsim::cli {

TemporaryFile::TemporaryFile() : file_(std::tmpfile()) {
  if (!file_) {
    throw std::runtime_error(std::string("no temporary file: ") + std::strerror(errno));
  }
}

std::string TemporaryFile::contents() const {
  std::string text;
  std::rewind(file_.get());
  char buffer[65536];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file_.get())) > 0;) {
    text.append(buffer, n);
  }
  return text;
}

} // namespace iccsim::cli
