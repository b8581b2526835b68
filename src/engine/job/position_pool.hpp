// Steps of a job that lies to its neighbours now like this and now like that: what they take on average.
#pragma once

#include "engine/job/step_window.hpp"

namespace iccsim::engine {

/// Jobs with steps of about equal length keep their places to one another until a pause shifts them: windows between
/// two pauses say the same again, however many there are, and the next pause makes it another. So windows are put
/// together by position, and each position has the same weight.
class PositionPool {
public:
  /// `fewest`: see error_of_mean(). `elsewhere`: jobs lie to one another in another way than when the last window was
  /// open.
  void add(const StepWindow& window, std::size_t fewest, bool elsewhere);

  bool empty() const { return here_.steps == 0; }
  double positions() const { return empty() ? 0 : before_.count + 1; }
  /// Of all positions.
  StepPool all() const;
  /// Of the last: between what was seen of it and all() by how far each may be off, as far as positions tell so far
  /// (the estimator of James and Stein; Efron and Morris, J. Am. Stat. Assoc. 70, 1975).
  StepPool here() const;
  /// Of what was seen of the last position alone.
  double seen_here_s() const { return here_.mean_s(); }
  /// Standard error of the mean over all positions, a share of it; infinite when they are too few to tell.
  double error() const;

private:
  /// Mean step times of positions.
  struct Means {
    double count = 0;
    double sum_s = 0;
    double squares = 0; ///< s^2
    double noise = 0;   ///< squared errors, relative

    void add(double mean_s, double error_square);
    double mean_s() const { return sum_s / count; }
    /// Relative, of one position.
    double variance() const;
  };

  Means with_here() const;
  double here_error_square() const { return here_squares_ / (here_windows_ * here_windows_); }

  Means before_;
  StepPool before_pool_; ///< of all positions but the last; each weighs 1 s
  StepPool here_;        ///< each window weighs 1 s
  double here_windows_ = 0;
  double here_squares_ = 0; ///< of the errors of windows, relative
};

} // namespace iccsim::engine
