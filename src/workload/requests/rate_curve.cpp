#include "workload/requests/rate_curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace iccsim::workload {

RateCurve::RateCurve(double rate_per_s) : last_rate_per_s_(rate_per_s) {}

RateCurve::RateCurve(const std::vector<scenario::RatePoint>& points, double period_s)
    : last_rate_per_s_(points.back().rate_per_s), repeats_(period_s > 0) {
  const auto& first = points.front();
  const auto& last = points.back();
  if (repeats_) {
    // The stretch from the last point to the first of the next round lies over the seam of two rounds.
    const double gap_s = period_s - last.at_s + first.at_s;
    const double slope = gap_s > 0 ? (first.rate_per_s - last.rate_per_s) / gap_s : 0;
    const double at_seam = last.rate_per_s + slope * (period_s - last.at_s);
    add_piece(0, first.at_s, at_seam, first.rate_per_s);
    for (std::size_t i = 1; i < points.size(); ++i) {
      add_piece(points[i - 1].at_s, points[i].at_s, points[i - 1].rate_per_s, points[i].rate_per_s);
    }
    add_piece(last.at_s, period_s, last.rate_per_s, at_seam);
    return;
  }
  add_piece(0, first.at_s, first.rate_per_s, first.rate_per_s);
  for (std::size_t i = 1; i < points.size(); ++i) {
    add_piece(points[i - 1].at_s, points[i].at_s, points[i - 1].rate_per_s, points[i].rate_per_s);
  }
}

void RateCurve::add_piece(double from_s, double to_s, double from_rate, double to_rate) {
  const double length_s = to_s - from_s;
  if (length_s <= 0) {
    return; // two points at one time: the rate jumps
  }
  const double arrivals = length_s * (from_rate + to_rate) / 2;
  pieces_.push_back({from_s, length_s, from_rate, (to_rate - from_rate) / length_s, round_arrivals_, arrivals});
  round_s_ = to_s;
  round_arrivals_ += arrivals;
}

const RateCurve::Piece& RateCurve::piece_at(double at_s) const {
  const auto next = std::upper_bound(pieces_.begin(), pieces_.end(), at_s,
                                     [](double value, const Piece& piece) { return value < piece.start_s; });
  return next == pieces_.begin() ? pieces_.front() : *(next - 1);
}

double RateCurve::rate_per_s(double at_s) const {
  const double in_round_s = repeats_ ? std::fmod(at_s, round_s_) : at_s;
  if (pieces_.empty() || (!repeats_ && at_s >= round_s_)) {
    return last_rate_per_s_;
  }
  const auto& piece = piece_at(in_round_s);
  return piece.rate_per_s + piece.slope_per_s2 * (in_round_s - piece.start_s);
}

double RateCurve::arrivals_until(double at_s) const {
  if (pieces_.empty() || (!repeats_ && at_s >= round_s_)) {
    return round_arrivals_ + (at_s - round_s_) * last_rate_per_s_;
  }
  const double rounds = repeats_ ? std::floor(at_s / round_s_) : 0;
  const double in_round_s = at_s - rounds * round_s_;
  const auto& piece = piece_at(in_round_s);
  const double in_piece_s = in_round_s - piece.start_s;
  return rounds * round_arrivals_ + piece.arrivals_before +
         in_piece_s * (piece.rate_per_s + piece.slope_per_s2 * in_piece_s / 2);
}

std::optional<double> RateCurve::time_of(double arrivals) const {
  if (repeats_) {
    const double rounds = std::floor(arrivals / round_arrivals_);
    return rounds * round_s_ + time_in_round(arrivals - rounds * round_arrivals_).value_or(round_s_);
  }
  if (const auto at_s = time_in_round(arrivals)) {
    return at_s;
  }
  if (last_rate_per_s_ <= 0) {
    return std::nullopt;
  }
  return round_s_ + (arrivals - round_arrivals_) / last_rate_per_s_;
}

std::optional<double> RateCurve::time_in_round(double arrivals) const {
  const auto piece = std::partition_point(pieces_.begin(), pieces_.end(), [arrivals](const Piece& candidate) {
    return candidate.arrivals_before + candidate.arrivals <= arrivals;
  });
  if (piece == pieces_.end()) {
    return std::nullopt;
  }
  // The root of rate x t + slope x t^2 / 2 = wanted, in the form that does not cancel for small slopes.
  const double wanted = arrivals - piece->arrivals_before;
  const double root =
      std::sqrt(std::max(0.0, piece->rate_per_s * piece->rate_per_s + 2 * piece->slope_per_s2 * wanted));
  const double sum = piece->rate_per_s + root;
  return piece->start_s + (sum > 0 ? std::min(piece->length_s, 2 * wanted / sum) : 0);
}

std::string RateCurve::problem(const std::vector<scenario::RatePoint>& points, double period_s) {
  double before_s = 0;
  double most = 0;
  for (const auto& point : points) {
    if (!(point.at_s >= before_s) || !std::isfinite(point.at_s)) {
      return fmt::format("its times go back: {:g} s after {:g} s", point.at_s, before_s);
    }
    if (!(point.rate_per_s >= 0) || !std::isfinite(point.rate_per_s)) {
      return fmt::format("a rate of {:g} /s", point.rate_per_s);
    }
    before_s = point.at_s;
    most = std::max(most, point.rate_per_s);
  }
  if (most <= 0) {
    return "no point has a rate above 0";
  }
  if (period_s > 0 && period_s < before_s) {
    return fmt::format("the period of {:g} s ends before its last point at {:g} s", period_s, before_s);
  }
  if (period_s > 0 && RateCurve(points, period_s).round_arrivals_ <= 0) {
    return "no arrivals in a period";
  }
  return "";
}

} // namespace iccsim::workload
