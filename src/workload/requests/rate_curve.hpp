// A rate over time, straight between its points, and the number of arrivals that it brings.
#pragma once

#include "iccsim/scenario/inference.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::workload {

class RateCurve {
public:
  /// The same rate always.
  explicit RateCurve(double rate_per_s);
  /// Before the first point its rate holds, after the last likewise; with a period the curve repeats, straight from
  /// the last point to the first of the next round.
  RateCurve(const std::vector<scenario::RatePoint>& points, double period_s);

  double rate_per_s(double at_s) const;
  /// Expected arrivals from 0 until then.
  double arrivals_until(double at_s) const;
  /// When so many are expected; empty: never, the curve has come to nothing before.
  std::optional<double> time_of(double arrivals) const;

  /// What is wrong with a curve; empty: nothing.
  static std::string problem(const std::vector<scenario::RatePoint>& points, double period_s);

private:
  struct Piece {
    double start_s, length_s;
    double rate_per_s, slope_per_s2; ///< at its start
    double arrivals_before, arrivals;
  };

  void add_piece(double from_s, double to_s, double from_rate, double to_rate);
  const Piece& piece_at(double at_s) const;
  std::optional<double> time_in_round(double arrivals) const;

  std::vector<Piece> pieces_;
  double round_s_ = 0; ///< where the pieces end
  double round_arrivals_ = 0;
  double last_rate_per_s_ = 0; ///< after the pieces, where nothing repeats
  bool repeats_ = false;
};

} // namespace iccsim::workload
