#include "workload/requests/line_reader.hpp"

#include <cerrno>
#include <cstring>

namespace iccsim::workload {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

} // namespace

LineReader::LineReader(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    problem_ = "is a directory";
    return;
  }
  errno = 0;
  stream_.open(file, std::ios::binary);
  if (!stream_) {
    problem_ = std::string("cannot be read: ") + std::strerror(errno != 0 ? errno : EIO);
  }
}

bool LineReader::read_line() {
  line_.clear();
  cut_ = false;
  std::streambuf& bytes = *stream_.rdbuf();
  int byte = bytes.sbumpc();
  if (byte == std::char_traits<char>::eof()) {
    return false;
  }
  for (; byte != std::char_traits<char>::eof() && byte != '\n'; byte = bytes.sbumpc()) {
    if (line_.size() < longest_line) {
      line_.push_back(static_cast<char>(byte));
    } else {
      cut_ = true;
    }
  }
  ++number_;
  return true;
}

bool LineReader::next(std::string_view& line) {
  while (problem_.empty() && read_line()) {
    line = line_;
    if (number_ == 1 && line.substr(0, byte_order_mark.size()) == byte_order_mark) {
      line.remove_prefix(byte_order_mark.size());
    }
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    if (!is_blank(line)) {
      return true;
    }
  }
  return false;
}

} // namespace iccsim::workload
