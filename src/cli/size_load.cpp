#include "cli/size_load.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace iccsim::cli {
namespace {

using scenario::ArrivalProcess;
using scenario::RequestsSpec;

int clients(const RequestsSpec& requests, double factor) {
  return std::max(1, static_cast<int>(std::lround(requests.arrival.concurrency * factor)));
}

double peak_rate(const RequestsSpec& requests) {
  double peak = requests.arrival.rate_per_s;
  for (const auto& point : requests.arrival.curve) {
    peak = std::max(peak, point.rate_per_s);
  }
  return peak;
}

std::string curve_text(const std::vector<scenario::RatePoint>& curve, double factor) {
  std::vector<std::string> points;
  points.reserve(curve.size());
  for (const auto& point : curve) {
    points.push_back(fmt::format("{{at: {:.17g} s, rate: {:.17g} /s}}", point.at_s, point.rate_per_s * factor));
  }
  return fmt::format("[{}]", fmt::join(points, ", "));
}

} // namespace

bool is_closed(const RequestsSpec& requests) {
  return requests.trace.empty() && requests.arrival.process == ArrivalProcess::closed;
}

double whole_factor(const RequestsSpec& requests, double factor) {
  return is_closed(requests) ? 1.0 * clients(requests, factor) / requests.arrival.concurrency : factor;
}

std::string load_setting(const RequestsSpec& requests, std::size_t index, double factor) {
  const std::string at = fmt::format("jobs[{}].requests.", index);
  if (!requests.trace.empty()) {
    return fmt::format("{}time_scale={:.17g}", at, requests.time_scale / factor);
  }
  if (is_closed(requests)) {
    return fmt::format("{}arrival.concurrency={}", at, clients(requests, factor));
  }
  if (!requests.arrival.curve.empty()) {
    return fmt::format("{}arrival.curve={}", at, curve_text(requests.arrival.curve, factor));
  }
  return fmt::format("{}arrival.rate={:.17g} /s", at, requests.arrival.rate_per_s * factor);
}

std::vector<std::string> lone_settings(const RequestsSpec& requests, std::size_t index, double count) {
  constexpr double slow = 1e6;
  const std::string at = fmt::format("jobs[{}].requests.", index);
  std::vector<std::string> settings = {fmt::format("{}count={:.17g}", at, count)};
  settings.push_back(requests.trace.empty() ? at + "arrival={process: closed, concurrency: 1}"
                                            : fmt::format("{}time_scale={:.17g}", at, requests.time_scale * slow));
  return settings;
}

double load_value(const RequestsSpec& requests, double factor) {
  if (!requests.trace.empty()) {
    return factor / requests.time_scale;
  }
  return is_closed(requests) ? clients(requests, factor) : peak_rate(requests) * factor;
}

std::string load_name(const RequestsSpec& requests) {
  if (!requests.trace.empty()) {
    return "pace";
  }
  if (is_closed(requests)) {
    return "clients";
  }
  return requests.arrival.curve.empty() ? "rate" : "peak rate";
}

std::string load_text(const RequestsSpec& requests, double factor) {
  if (is_closed(requests)) {
    return report::counted(clients(requests, factor), "client");
  }
  const std::string value = report::human_number(load_value(requests, factor));
  if (!requests.trace.empty()) {
    return value + " x the trace";
  }
  return requests.arrival.curve.empty() ? value + " requests/s" : value + " requests/s at the peak";
}

} // namespace iccsim::cli
