#include "iccsim/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace iccsim::scenario {
namespace {

auto order_of(const Diagnostic& d) {
  return std::tie(d.place.file, d.place.line, d.place.column, d.path, d.message, d.expected, d.hint);
}

std::string to_string(const Place& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

/// A path may hold a user's key of any length and content.
std::string on_one_line(const std::string& path) {
  constexpr std::size_t longest = 200;
  std::string out = path.size() > longest ? path.substr(0, longest) + "..." : path;
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return out;
}

} // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string line = to_string(diagnostic.place) + ": error: ";
  if (!diagnostic.path.empty()) {
    line += on_one_line(diagnostic.path) + ": ";
  }
  line += diagnostic.message;
  if (!diagnostic.expected.empty()) {
    line += "; expected " + diagnostic.expected;
  }
  if (!diagnostic.hint.empty()) {
    line += "; " + diagnostic.hint;
  }
  return line;
}

void Diagnostics::sort() {
  std::stable_sort(list_.begin(), list_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return order_of(a) < order_of(b); });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) { return order_of(a) == order_of(b); };
  list_.erase(std::unique(list_.begin(), list_.end(), same), list_.end());
}

std::string Diagnostics::to_string() const {
  Diagnostics sorted = *this;
  sorted.sort();
  std::string lines;
  for (const Diagnostic& diagnostic : sorted.list_) {
    lines += scenario::to_string(diagnostic) + "\n";
  }
  return lines;
}

} // namespace iccsim::scenario
