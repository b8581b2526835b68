// A job's steps while others slow it: what they took on average, and how well that is known.
#pragma once

#include "engine/job/skippable.hpp"
#include "iccsim/engine/network.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// As soon as a mean seems to be known a window is closed: of steps that are unlike, few agree by chance before long.
inline constexpr std::size_t fewest_unlike = 40;

/// The standard error of the mean of `values`, a share of the mean, by the method of batch means (Law, Simulation
/// Modeling and Analysis, section 9.5.3): neighbouring values may depend on one another. 0 when all are alike; infinite
/// when they are too few to tell.
double error_of_mean(const std::vector<double>& values, std::size_t fewest = fewest_unlike);

/// Adds `times` times every class.
void add_scaled(StepRecord& sum, const std::vector<metrics::StateSeconds>& classes, double times);

/// Relative difference of the means of both halves; infinite when there are not two.
double halves_differ_by(const std::vector<double>& values);

/// Whole steps that ended while the window was open.
class StepWindow {
public:
  /// Begins anew with the end of the step in progress and `settling` more.
  void open(int settling);
  /// A step has ended.
  void step_ended(const StepTotals& totals, const ShapeUsage& usage);
  /// What comes after the last step that ended is none of the window's, up to the next call of step_ended().
  void interrupt();

  const std::vector<double>& seconds() const { return seconds_; }
  double mean_s() const { return sum().seconds / static_cast<double>(seconds_.size()); }
  bool empty() const { return seconds_.empty(); }
  /// error_of_mean() of seconds(), found once a step.
  double error(std::size_t fewest = fewest_unlike) const;
  /// Whether input neither piles up nor is used up, as far as these steps tell: steps take another time when it is.
  bool stock_steady() const;
  /// Of all steps together, up to the last that ended.
  StepRecord sum() const;
  ShapeUsage usage() const;

private:
  void drop();

  int settling_ = 0;
  bool begun_ = false;
  StepTotals first_;
  StepTotals last_;
  ShapeUsage first_usage_;
  ShapeUsage last_usage_;
  StepRecord closed_; ///< up to the last interruption
  ShapeUsage closed_usage_;
  std::vector<double> seconds_;
  mutable std::size_t error_fewest_ = 0; ///< 0: `error_` is not found yet
  mutable double error_ = 0;
  InputStock first_stock_; ///< when the window began
  bool stock_moved_ = false;
  std::size_t seen_ = 0; ///< steps since it was opened
};

/// Several windows together, each with the same weight however long it had to be: long ones are where steps differ, and
/// would count as if jobs lay like that for more of the time.
struct StepPool {
  double steps = 0;
  StepRecord sum;
  ShapeUsage usage;

  void add(const StepWindow& window);
  void add(const StepPool& other, double weight);
  StepRecord mean() const;
  double mean_s() const { return sum.seconds / steps; }
};

} // namespace iccsim::engine
