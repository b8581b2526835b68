#include "workload/requests/timestamp.hpp"

#include <charconv>

namespace iccsim::workload {
namespace {

/// Takes `digits` digits from the front.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits || text.find_first_not_of("0123456789") < digits) {
    return false;
  }
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

std::int64_t days_since_1970(int year, int month, int day) {
  // Days of the Gregorian calendar before a year, less those before 1970 (719,162).
  const std::int64_t before = year - 1;
  std::int64_t days = 365 * before + before / 4 - before / 100 + before / 400 - 719162;
  for (int earlier = 1; earlier < month; ++earlier) {
    days += days_in(year, earlier);
  }
  return days + day - 1;
}

bool take_date(std::string_view& text, std::int64_t& days) {
  int year = 0, month = 0, day = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day)) {
    return false;
  }
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) {
    return false;
  }
  days = days_since_1970(year, month, day);
  return true;
}

bool take_time(std::string_view& text, int& seconds) {
  int hour = 0, minute = 0, second = 0;
  if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) || !take(text, ':') ||
      !take_number(text, 2, second)) {
    return false;
  }
  seconds = (hour * 60 + minute) * 60 + second;
  return hour < 24 && minute < 60 && second <= 60; // 60: a leap second
}

bool take_fraction(std::string_view& text, double& fraction_s) {
  if (!take(text, '.')) {
    return true;
  }
  double digit_s = 0.1;
  const std::size_t before = text.size();
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    fraction_s += digit_s * (text.front() - '0');
    digit_s /= 10;
    text.remove_prefix(1);
  }
  return text.size() < before;
}

bool take_offset(std::string_view& text, int& offset_s) {
  if (text.empty() || take(text, 'Z')) {
    return true;
  }
  const bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) {
    return false;
  }
  int hours = 0, minutes = 0;
  if (!take_number(text, 2, hours) || !take(text, ':') || !take_number(text, 2, minutes)) {
    return false;
  }
  offset_s = (west ? -1 : 1) * (hours * 60 + minutes) * 60;
  return true;
}

} // namespace

std::optional<Timestamp> read_timestamp(std::string_view text) {
  std::int64_t days = 0;
  int seconds = 0, offset_s = 0;
  Timestamp timestamp;
  if (!take_date(text, days) || !(take(text, ' ') || take(text, 'T')) || !take_time(text, seconds) ||
      !take_fraction(text, timestamp.fraction_s) || !take_offset(text, offset_s) || !text.empty()) {
    return std::nullopt;
  }
  timestamp.seconds = days * 86400 + seconds - offset_s;
  return timestamp;
}

} // namespace iccsim::workload
