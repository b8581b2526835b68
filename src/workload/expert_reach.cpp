#include "workload/expert_reach.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload {
namespace {

/// Binomial coefficients as a ratio: of the choices of `limit` groups among `groups`, the share that takes `in` from a
/// part of `held` groups (the hypergeometric distribution).
double share_of_choices(int groups, int limit, int held, int in) {
  const auto log_choose = [](int n, int k) {
    return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
  };
  if (in > held || limit - in > groups - held) {
    return 0;
  }
  return std::exp(log_choose(held, in) + log_choose(groups - held, limit - in) - log_choose(groups, limit));
}

/// Chance that a part of `held` whole groups has none of a token's experts.
double missed_groups(const scenario::MoeSpec& moe, int limit, int held) {
  double missed = 0;
  for (int in = 0; in <= std::min(held, limit); ++in) {
    missed += share_of_choices(moe.groups, limit, held, in) * std::pow(1.0 - double(in) / limit, moe.top_k);
  }
  return missed;
}

/// The same for a part of `share` of one group: its group is allowed, or not.
double missed_share(const scenario::MoeSpec& moe, int limit, double share) {
  const double allowed = double(limit) / moe.groups;
  return 1.0 - allowed + allowed * std::pow(1.0 - share / limit, moe.top_k);
}

} // namespace

double reached_parts(const scenario::MoeSpec& moe, double parts) {
  const int limit = moe.group_limit > 0 ? std::min(moe.group_limit, moe.groups) : moe.groups;
  const double held = moe.groups / parts;
  if (held <= 1.0) {
    return parts * (1.0 - missed_share(moe, limit, held));
  }
  // Parts that end within a group: between the whole numbers of groups.
  const int whole = int(std::floor(held));
  const double beyond = held - whole;
  const double missed = (1.0 - beyond) * missed_groups(moe, limit, whole) +
                        (beyond > 0 ? beyond * missed_groups(moe, limit, whole + 1) : 0.0);
  return parts * (1.0 - missed);
}

} // namespace iccsim::workload
