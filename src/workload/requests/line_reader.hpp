// Lines of a text file of any size, one at a time.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace iccsim::workload {

class LineReader {
public:
  explicit LineReader(const std::filesystem::path& file);

  /// Why the file cannot be read; empty: it can.
  const std::string& problem() const { return problem_; }

  /// The next line that is not blank, without its end (LF or CRLF) and a byte order mark; false at the file's end. The
  /// view holds until the next call. A line beyond `longest_line` is cut there.
  bool next(std::string_view& line);

  /// Of the line that `next` gave, from 1.
  int number() const { return number_; }
  bool was_cut() const { return cut_; }

  static constexpr std::size_t longest_line = std::size_t{16} << 20; ///< 16 MiB: a million hashes

private:
  bool read_line();

  std::ifstream stream_;
  std::string problem_;
  std::string line_;
  int number_ = 0;
  bool cut_ = false;
};

} // namespace iccsim::workload
