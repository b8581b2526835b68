// Nearest spelling: optimal string alignment distance, case counted as half an edit.
#include "iccsim/scenario/diagnostics.hpp"

#include <algorithm>
#include <cctype>

namespace iccsim::scenario {
namespace {

constexpr int edit = 2;              ///< cost of an insertion, deletion, replacement or swap
constexpr int change_of_case = 1;    ///< 'Gpu' is nearer to 'gpu' than 'gpx' is
constexpr std::size_t longest = 100; ///< words beyond are no misspelt names, and the table is quadratic

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// '-' for '_' is as small a slip as a change of case.
char folded(char c) {
  return c == '-' ? '_' : lower(c);
}

int replacement(char a, char b) {
  return a == b ? 0 : folded(a) == folded(b) ? change_of_case : edit;
}

bool folded_alike(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return folded(x) == folded(y); });
}

int distance(const std::string& a, const std::string& b) {
  std::vector<int> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = static_cast<int>(j) * edit;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i) * edit;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + edit, row[j - 1] + edit, last[j - 1] + replacement(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + edit);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  const int sum = last[b.size()];
  return folded_alike(a, b) ? std::min(sum, edit) : sum; // one slip, however many letters
}

/// A third of the letters may differ, at least one.
int tolerated(const std::string& word) {
  return edit * std::max<int>(1, static_cast<int>(word.size()) / 3);
}

/// `candidate` goes on where `word` ends ('seq' for 'sequence', 'a100' for 'a100-80g').
bool begins(const std::string& word, const std::string& candidate) {
  return word.size() >= 3 && candidate.size() > word.size() &&
         std::equal(word.begin(), word.end(), candidate.begin(), [](char a, char b) { return folded(a) == folded(b); });
}

} // namespace

std::string nearest_spelling(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > longest) {
    return "";
  }
  std::string nearest, longer;
  int smallest = tolerated(word) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest) {
      continue;
    }
    if (const int d = distance(word, candidate); d < smallest) {
      smallest = d;
      nearest = candidate;
    }
    if (begins(word, candidate) && (longer.empty() || candidate.size() < longer.size())) {
      longer = candidate;
    }
  }
  // A beginning is a better guess than a word of which letters differ, unless those differ in case only.
  return longer.empty() || folded_alike(word, nearest) ? nearest : longer;
}

} // namespace iccsim::scenario
