#include "cli/progress_meter.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace iccsim::cli {
namespace {

constexpr std::chrono::milliseconds bar_interval{100};
constexpr std::chrono::seconds line_interval{5};
constexpr int bar_width = 24;
constexpr double share_for_estimate = 0.01;

double seconds_of(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string ascii_bar(double share) {
  const int filled = static_cast<int>(std::clamp(share, 0.0, 1.0) * bar_width);
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(bar_width - filled), '.') + "]";
}

} // namespace

std::string progress_text(const engine::Progress& progress, double wall_s) {
  using namespace report;
  std::string text =
      fmt::format("{:3.0f}%  simulated {}", 100 * progress.done_share, human_seconds(progress.simulated_s));
  if (progress.horizon_s > 0) {
    text += " of " + human_seconds(progress.horizon_s);
  }
  text += fmt::format(", {} steps", human_count(progress.steps));
  if (progress.done_share >= share_for_estimate && progress.done_share < 1) {
    text += ", about " + human_seconds(wall_s * (1 - progress.done_share) / progress.done_share) + " left";
  }
  return text;
}

ProgressMeter::Style ProgressMeter::style_for(bool quiet) {
  if (quiet) {
    return Style::none;
  }
  return isatty(STDERR_FILENO) != 0 ? Style::bar : Style::lines;
}

ProgressMeter::ProgressMeter(Style style) : style_(style), start_(Clock::now()), last_shown_(start_) {}

ProgressMeter::~ProgressMeter() {
  clear_bar();
}

void ProgressMeter::clear_bar() {
  if (bar_on_screen_) {
    std::fputs("\r\033[K", stderr);
    bar_on_screen_ = false;
  }
}

void ProgressMeter::say(const std::string& line) {
  clear_bar();
  std::fputs((line + "\n").c_str(), stderr);
}

void ProgressMeter::show(const engine::Progress& progress) {
  const auto now = Clock::now();
  const Clock::duration interval =
      style_ == Style::bar ? Clock::duration(bar_interval) : Clock::duration(line_interval);
  if (style_ == Style::none || now - last_shown_ < interval) {
    return;
  }
  last_shown_ = now;
  const std::string text = progress_text(progress, seconds_of(now - start_));
  if (style_ == Style::bar) {
    std::fputs(("\r\033[K" + ascii_bar(progress.done_share) + " " + text).c_str(), stderr);
    std::fflush(stderr);
    bar_on_screen_ = true;
  } else {
    std::fputs((text + "\n").c_str(), stderr);
  }
}

} // namespace iccsim::cli
