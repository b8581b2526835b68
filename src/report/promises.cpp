#include "report/promises.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace iccsim::report {

std::vector<PromiseOutcome> promise_outcomes(const metrics::ServiceFigures& figures, const scenario::SloSpec& slo) {
  std::vector<PromiseOutcome> outcomes;
  const auto add = [&](const char* name, const std::optional<double>& within_s, double measured_s) {
    if (within_s) {
      outcomes.push_back({name, *within_s, measured_s});
    }
  };
  add("TTFT p50", slo.ttft_p50_s, figures.ttft.p50_s);
  add("TTFT p90", slo.ttft_p90_s, figures.ttft.p90_s);
  add("TTFT p99", slo.ttft_p99_s, figures.ttft.p99_s);
  add("TPOT p50", slo.tpot_p50_s, figures.tpot.p50_s);
  add("TPOT p90", slo.tpot_p90_s, figures.tpot.p90_s);
  add("TPOT p99", slo.tpot_p99_s, figures.tpot.p99_s);
  add("E2E p99", slo.e2e_p99_s, figures.e2e.p99_s);
  return outcomes;
}

bool answers(const metrics::ServiceFigures& figures) {
  return figures.requests_completed + figures.requests_failed + figures.requests_unfinished > 0;
}

std::string slo_answer(const metrics::ServiceFigures& figures, const scenario::SloSpec& slo) {
  const auto outcomes = promise_outcomes(figures, slo);
  const bool met = figures.meets_slo;
  std::string text;
  for (const auto& outcome : outcomes) {
    const bool all_kept = std::all_of(outcomes.begin(), outcomes.end(), [](const auto& o) { return o.kept(); });
    if (met || all_kept || !outcome.kept()) {
      text += fmt::format("{}{} {} of {}", text.empty() ? "" : ", ", outcome.name, human_seconds(outcome.measured_s),
                          human_seconds(outcome.within_s));
    }
  }
  text += fmt::format("; {} of the requests kept to it", human_percent(figures.slo_attainment));
  if (!met && figures.requests_failed > 0) {
    text += fmt::format(", {} failed", human_count(figures.requests_failed));
  }
  if (!met && figures.requests_unfinished > 0) {
    text += fmt::format(", {} unfinished at the end", human_count(figures.requests_unfinished));
  }
  return (met ? "met: " : "MISSED: ") + text;
}

} // namespace iccsim::report
