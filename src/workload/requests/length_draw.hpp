// Lengths by their distribution: tokens of prompts and outputs, turns of conversations.
#pragma once

#include "workload/requests/draws.hpp"

#include "iccsim/scenario/inference.hpp"

#include <memory>
#include <vector>

namespace iccsim::workload {

/// No trace or distribution gives a request more tokens than this, so that lengths fit in an int and their sums in 64
/// bits.
constexpr int largest_length = 100'000'000;

class LengthDraw {
public:
  /// `file_lengths`: what the file of an empirical distribution holds, at least one number.
  explicit LengthDraw(const scenario::LengthsSpec& spec, std::vector<int> file_lengths = {});

  /// A whole number, 1 to largest_length.
  int operator()(Draws draws) const;

private:
  double drawn(Draws& draws) const;

  scenario::LengthDistribution distribution_;
  double mean_, low_, high_;
  double log_mean_ = 0, log_deviation_ = 0; ///< lognormal: of the logarithm
  std::vector<int> file_lengths_;
};

} // namespace iccsim::workload
