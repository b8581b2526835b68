// Latency promises beside what came of them.
#pragma once

#include "iccsim/metrics/service_figures.hpp"
#include "iccsim/scenario/inference.hpp"

#include <string>
#include <vector>

namespace iccsim::report {

struct PromiseOutcome {
  std::string name; ///< "TTFT p99"
  double within_s = 0;
  double measured_s = 0; ///< not a number: of no request
  bool kept() const { return !(measured_s > within_s); }
};

/// One for each promise that the SLO makes.
std::vector<PromiseOutcome> promise_outcomes(const metrics::ServiceFigures& figures, const scenario::SloSpec& slo);

/// Whether there is anything to say: requests came.
bool answers(const metrics::ServiceFigures& figures);

/// "met: TTFT p99 1.20 s of 2.00 s; ..." or "MISSED: ...", missed ones alone then.
std::string slo_answer(const metrics::ServiceFigures& figures, const scenario::SloSpec& slo);

} // namespace iccsim::report
