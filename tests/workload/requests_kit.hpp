// Requests of a service as the tests here ask for them.
#pragma once

#include "iccsim/workload/request_source.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace iccsim::requests_kit {

inline scenario::RequestsSpec poisson(double rate_per_s, double count) {
  scenario::RequestsSpec spec;
  spec.arrival.rate_per_s = rate_per_s;
  spec.count = count;
  spec.prompt.mean = 100;
  spec.output.mean = 10;
  return spec;
}

inline workload::SourceOptions options(std::uint64_t seed = 1) {
  workload::SourceOptions options;
  options.seed = seed;
  options.directory = ICCSIM_SOURCE_ROOT "/tests/workload/traces";
  return options;
}

inline std::unique_ptr<workload::RequestSource> source(const scenario::RequestsSpec& spec,
                                                       const workload::SourceOptions& with = options()) {
  scenario::Diagnostics diagnostics;
  auto made = workload::make_request_source(spec, with, diagnostics);
  INFO(diagnostics.to_string());
  REQUIRE(made);
  REQUIRE(diagnostics.empty());
  return made;
}

/// All requests, each answered `service_s` after it came, in the order in which they end.
inline std::vector<workload::Request> play(workload::RequestSource& source, double service_s = 0) {
  std::vector<workload::Request> all;
  std::size_t ended = 0;
  for (;;) {
    const auto at_s = source.next_arrival_s();
    if (ended < all.size() && (!at_s || all[ended].arrival_s + service_s <= *at_s)) {
      source.completed(all[ended], all[ended].arrival_s + service_s);
      ++ended;
    } else if (at_s) {
      all.push_back(*source.next());
      REQUIRE(all.back().arrival_s == *at_s);
    } else {
      return all;
    }
  }
}

inline std::vector<workload::Request> play(const scenario::RequestsSpec& spec,
                                           const workload::SourceOptions& with = options(), double service_s = 0) {
  return play(*source(spec, with), service_s);
}

inline std::vector<double> gaps(const std::vector<workload::Request>& requests) {
  std::vector<double> gaps;
  double before_s = 0;
  for (const auto& request : requests) {
    gaps.push_back(request.arrival_s - before_s);
    before_s = request.arrival_s;
  }
  return gaps;
}

struct Moments {
  double mean = 0, cv = 0;
};

inline Moments moments(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const double n = static_cast<double>(values.size());
  const double mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean};
}

} // namespace iccsim::requests_kit
