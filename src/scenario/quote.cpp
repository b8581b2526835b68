#include "scenario/quote.hpp"

namespace iccsim::scenario {
namespace {

constexpr std::size_t longest_quote = 60;

/// Where to cut so that no UTF-8 sequence is split.
std::size_t cut_point(std::string_view text) {
  std::size_t end = longest_quote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return end;
}

} // namespace

std::string quote(std::string_view text) {
  const bool cut = text.size() > longest_quote;
  std::string out = "'";
  for (const char c : cut ? text.substr(0, cut_point(text)) : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return out + (cut ? "...'" : "'");
}

std::string any_of(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::string did_you_mean(const std::string& word) {
  return word.empty() ? std::string() : "did you mean " + quote(word) + "?";
}

} // namespace iccsim::scenario
