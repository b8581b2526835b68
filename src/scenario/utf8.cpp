#include "scenario/utf8.hpp"

namespace iccsim::scenario {
namespace {

/// Bytes of the sequence that `first` starts, and the bounds of its second byte (RFC 3629, section 4).
struct Lead {
  std::size_t length;
  unsigned char low, high;
};

Lead lead_of(unsigned char first) {
  if (first < 0x80)
    return {1, 0, 0};
  if (first < 0xC2)
    return {0, 0, 0};
  if (first < 0xE0)
    return {2, 0x80, 0xBF};
  if (first == 0xE0)
    return {3, 0xA0, 0xBF};
  if (first == 0xED)
    return {3, 0x80, 0x9F};
  if (first < 0xF0)
    return {3, 0x80, 0xBF};
  if (first == 0xF0)
    return {4, 0x90, 0xBF};
  if (first < 0xF4)
    return {4, 0x80, 0xBF};
  if (first == 0xF4)
    return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool is_sequence(std::string_view text, std::size_t at, const Lead& lead) {
  if (lead.length == 0 || at + lead.length > text.size()) {
    return false;
  }
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if (byte < (i == 1 ? lead.low : 0x80) || byte > (i == 1 ? lead.high : 0xBF)) {
      return false;
    }
  }
  return true;
}

} // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
    if (!is_sequence(text, at, lead)) {
      return at;
    }
    at += lead.length;
  }
  return std::nullopt;
}

} // namespace iccsim::scenario
