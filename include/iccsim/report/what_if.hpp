// What a run says about its bottleneck, and what a second run with a faster one says.
#pragma once

#include "iccsim/metrics/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::report {

/// A bottleneck that jobs waited for.
struct Bottleneck {
  std::vector<std::string> kinds; ///< of resources; both directions of a link are one
  std::string title;              ///< "PCIe root-port bandwidth"
  std::string name;               ///< of the busiest resource: gpu-0/pcie0/up
  double saturated_s = 0;
  bool scalable = true; ///< false: streams and workers of the jobs themselves, which no part makes faster
};

/// The resource that was saturated longest of those that jobs waited for: some job (no collective's benchmark) lost
/// more than 1% of its card-seconds to storage, checkpoints or weights where their bytes cross the resource, or to
/// communication where that does. Nothing when none was saturated for more than 1% of the run.
std::optional<Bottleneck> bottleneck_of(const metrics::Result& result);

/// One job's figure in both runs.
struct WhatIfRow {
  std::string job;
  std::string figure; ///< its path below the job in result.json: mfu, au, ttft_s.p99
  double before = 0;
  double after = 0;
};

/// The same scenario with all resources of the bottleneck's kind so many times as fast.
struct WhatIf {
  Bottleneck bottleneck;
  double factor = 1.5;
  std::vector<WhatIfRow> jobs;
  std::optional<Bottleneck> next; ///< what binds then
  std::string not_tried;          ///< why there is no second run; empty: there is
};

/// Figures of jobs that both runs have. Throws std::invalid_argument when `faster_json` is no result.json.
WhatIf what_if(const metrics::Result& result, const Bottleneck& bottleneck, double factor,
               const std::string& faster_json);

/// "what if: 1.5x PCIe root-port bandwidth: pretrain MFU 31.0% -> 44.0%; then storage NIC bandwidth binds"
std::string what_if_line(const WhatIf& what_if);

} // namespace iccsim::report
