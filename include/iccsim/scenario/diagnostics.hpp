// Mistakes of the user as values with a place. Collected, then reported together.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace iccsim::scenario {

/// Where in a file; line and column count from 1, 0 means "not in a file" (a --set override).
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// One mistake.
struct Diagnostic {
  Place place;
  std::string path;     ///< the key's path: jobs[0].parallelism.tensor; empty for a whole file
  std::string message;  ///< what is wrong: "unknown key 'tensr'"
  std::string expected; ///< what would be right; may be empty
  std::string hint;     ///< "did you mean 'x'?", or a remedy; may be empty
};

/// `file:line:column: path: message; expected ...; did you mean ...?` on one line.
std::string to_string(const Diagnostic& diagnostic);

/// The errors of one reading, in file order.
class Diagnostics {
public:
  void add(Diagnostic diagnostic) { list_.push_back(std::move(diagnostic)); }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  const std::vector<Diagnostic>& list() const { return list_; }
  /// Orders by file, line, column; drops exact repeats.
  void sort();
  /// One line each, sorted.
  std::string to_string() const;

private:
  std::vector<Diagnostic> list_;
};

/// The candidate nearest to `word` by edit distance, or "" when none is near enough to suggest.
std::string nearest_spelling(const std::string& word, const std::vector<std::string>& candidates);

} // namespace iccsim::scenario
