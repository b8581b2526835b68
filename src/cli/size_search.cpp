#include "cli/size_search.hpp"

#include <algorithm>

namespace iccsim::cli {
namespace {

/// Twice as many that bring the worst latency no closer to its promise than this do not help.
constexpr double least_gain = 0.01;

constexpr double least_load = 1.0 / 1024, most_load = 1024;

/// Remembers what was looked at.
class Looks {
public:
  explicit Looks(const std::function<Verdict(int)>& look) : look_(look) {}

  const Verdict& at(int count) {
    const auto known = seen_.find(count);
    return known != seen_.end() ? known->second : seen_.emplace(count, look_(count)).first->second;
  }

private:
  const std::function<Verdict(int)>& look_;
  std::map<int, Verdict> seen_;
};

bool helped(const Verdict& before, const Verdict& now) {
  return now.excess < (1 - least_gain) * before.excess;
}

/// Doubles `high` until it is enough; `low` is the largest that was not.
bool climb(Looks& looks, int& low, int& high, int most, bool& hopeless) {
  int idle = 0;
  while (!looks.at(high).meets) {
    idle = low > 0 && !helped(looks.at(low), looks.at(high)) ? idle + 1 : 0;
    hopeless = idle >= 2 && high < most;
    if (hopeless || high >= most) {
      return false;
    }
    low = high;
    high = high > most / 2 ? most : 2 * high;
  }
  return true;
}

bool neighbours_agree(Looks& looks, int count, int most) {
  const bool more_is_enough = count >= most || looks.at(count + 1).meets;
  const bool fewer_is_not = count <= 2 || !looks.at(count - 2).meets;
  return more_is_enough && fewer_is_not;
}

} // namespace

Fewest fewest(int start, int most, const std::function<Verdict(int)>& look) {
  Looks looks(look);
  Fewest found;
  if (most < 1) {
    return found;
  }
  int low = 0;
  int high = std::clamp(start, 1, most);
  if (!climb(looks, low, high, most, found.hopeless)) {
    return found;
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (looks.at(middle).meets ? high : low) = middle;
  }
  found.count = high;
  found.monotone = neighbours_agree(looks, high, most);
  return found;
}

std::optional<double> largest_load(double tolerance, const std::function<Verdict(double)>& look) {
  double met = 1;
  if (look(met).meets) {
    while (met < most_load && look(2 * met).meets) {
      met *= 2;
    }
  } else {
    do {
      met /= 2;
    } while (met >= least_load && !look(met).meets);
    if (met < least_load) {
      return std::nullopt;
    }
  }
  double missed = 2 * met;
  while (missed / met > 1 + tolerance) {
    const double middle = (met + missed) / 2;
    (look(middle).meets ? met : missed) = middle;
  }
  return met;
}

} // namespace iccsim::cli
