// Where a child's streams go: files, not pipes, so that nobody has to read while it writes.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace iccsim::cli {

/// Without a name; gone when it is closed.
class TemporaryFile {
public:
  /// Throws std::runtime_error when none can be made.
  TemporaryFile();

  std::FILE* get() const { return file_.get(); }
  /// From its beginning to its end.
  std::string contents() const;

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

} // namespace iccsim::cli
