#include "cli/what_if.hpp"

#include "cli/child_run.hpp"
#include "cli/exit_status.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace iccsim::cli {
namespace {

constexpr double factor = 1.5;
constexpr double longest_first_run_s = 30; ///< of wall time: the second takes about as long

std::vector<std::string> arguments(const FirstRun& first, const report::Bottleneck& bottleneck) {
  std::vector<std::string> list = {"run", "--json", "-q", "--no-what-if", "--network", first.network};
  for (const auto& setting : first.load.settings) {
    list.insert(list.end(), {"--set", setting});
  }
  if (first.load.seed) {
    list.insert(list.end(), {"--seed", std::to_string(*first.load.seed)});
  }
  for (const auto& scale : first.scales) {
    list.insert(list.end(), {"--scale-resource", scale});
  }
  for (const auto& kind : bottleneck.kinds) {
    list.insert(list.end(), {"--scale-resource", fmt::format("{}={}", kind, factor)});
  }
  list.insert(list.end(), {"--", first.file});
  return list;
}

report::WhatIf not_tried(const report::Bottleneck& bottleneck, std::string why) {
  report::WhatIf answer;
  answer.bottleneck = bottleneck;
  answer.not_tried = std::move(why);
  return answer;
}

} // namespace

std::optional<report::WhatIf> ask_what_if(const metrics::Result& result, const FirstRun& first) {
  const auto bottleneck = report::bottleneck_of(result);
  if (!result.complete || !bottleneck) {
    return std::nullopt;
  }
  if (!bottleneck->scalable) {
    return not_tried(*bottleneck, "no faster part would help, more or faster readers would");
  }
  if (result.wall_s > longest_first_run_s) {
    return not_tried(*bottleneck, "the run took too long to try it 1.5x as fast as well: --scale-resource does");
  }
  const ChildOutcome child = run_self(arguments(first, *bottleneck));
  const bool done = child.exit_status == static_cast<int>(ExitStatus::done) ||
                    child.exit_status == static_cast<int>(ExitStatus::missed);
  if (!done) {
    return not_tried(*bottleneck, "the run with more of it did not end");
  }
  return report::what_if(result, *bottleneck, factor, child.output);
}

} // namespace iccsim::cli
