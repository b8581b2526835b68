// Searches for the fewest of something that is enough, and the most of something that is not too much. Each look at a
// candidate is a simulation, so there are few.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>

namespace iccsim::cli {

/// What a look at a candidate says.
struct Verdict {
  bool meets = false;
  /// The worst latency over its promise; infinite where requests failed.
  double excess = std::numeric_limits<double>::infinity();
};

struct Fewest {
  std::optional<int> count; ///< empty: not even the most is enough, or more do not help
  bool hopeless = false;    ///< more were still allowed, but doubling them twice changed nothing
  bool monotone = true;     ///< false: one more than `count`, or two fewer, answers otherwise than it should
};

/// Doubles from `start` until it is enough or `most` is reached, then bisects. Enough is taken to stay enough with
/// more; the neighbours of the answer are looked at, since batches and routing break that now and then.
Fewest fewest(int start, int most, const std::function<Verdict(int)>& look);

/// The largest factor on the load that is met, to `tolerance` of itself, between 1/1024 and 1024. Empty: not even the
/// smallest is.
std::optional<double> largest_load(double tolerance, const std::function<Verdict(double)>& look);

} // namespace iccsim::cli
