// Times of arrival of an open process: requests come whether or not earlier ones have been answered.
#pragma once

#include "workload/requests/rate_curve.hpp"

#include "iccsim/scenario/inference.hpp"

#include <cstdint>
#include <optional>

namespace iccsim::workload {

/// A renewal process with mean gap 1 (exponential, gamma or constant) on a clock that runs at the rate: with a constant
/// rate its gaps are those of the process, with a Poisson process and a curve it is the non-homogeneous Poisson process
/// (time change; Cinlar, Introduction to Stochastic Processes, 1975, section 4.7).
class ArrivalClock {
public:
  /// `spec` without a problem, and not closed.
  ArrivalClock(const scenario::ArrivalSpec& spec, std::uint64_t seed);

  /// The first comes one gap after 0. Empty: no more.
  std::optional<double> next_s();

private:
  double gap();

  scenario::ArrivalProcess process_;
  double cv_;
  RateCurve curve_;
  std::uint64_t seed_;
  std::uint64_t number_ = 0;
  double expected_ = 0; ///< arrivals so far by the rate
};

} // namespace iccsim::workload
