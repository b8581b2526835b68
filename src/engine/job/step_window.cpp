#include "engine/job/step_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace iccsim::engine {

namespace {

constexpr std::size_t batches = 5;
constexpr std::size_t most_seen = 500; ///< steps, that a stock is waited for
constexpr double alike = 1e-4;         // relative: steps as unequal as this say what there is to say
constexpr std::size_t fewest_alike = 3;

double mean_of(const double* begin, const double* end) {
  return std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
}

} // namespace

void add_scaled(StepRecord& sum, const std::vector<metrics::StateSeconds>& classes, double times) {
  sum.classes.resize(std::max(sum.classes.size(), classes.size()));
  for (std::size_t c = 0; c < classes.size(); ++c) {
    sum.classes[c].add_scaled(classes[c], times);
  }
}

double error_of_mean(const std::vector<double>& values, std::size_t fewest) {
  if (values.size() < fewest_alike) {
    return std::numeric_limits<double>::infinity();
  }
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double mean = mean_of(values.data(), values.data() + values.size());
  if (*most - *least <= alike * mean) {
    return 0;
  }
  if (values.size() < fewest) {
    return std::numeric_limits<double>::infinity();
  }
  const std::size_t size = values.size() / batches;
  const double* begin = values.data() + values.size() % batches;
  double squares = 0;
  for (std::size_t b = 0; b < batches; ++b) {
    const double deviation = mean_of(begin + b * size, begin + (b + 1) * size) - mean;
    squares += deviation * deviation;
  }
  return std::sqrt(squares / (batches * (batches - 1))) / mean;
}

double halves_differ_by(const std::vector<double>& values) {
  if (values.size() < 2) {
    return std::numeric_limits<double>::infinity();
  }
  const double* begin = values.data();
  const double* end = begin + values.size();
  // By time: the middle step belongs to the half that holds more of it.
  double half = std::accumulate(begin, end, 0.0) / 2;
  const double* middle = begin;
  while (half > *middle / 2) {
    half -= *middle++;
  }
  middle = std::min(std::max(middle, begin + 1), end - 1);
  return std::abs(mean_of(begin, middle) / mean_of(middle, end) - 1);
}

void StepWindow::open(int settling) {
  settling_ = settling;
  seen_ = 0;
  drop();
}

void StepWindow::drop() {
  begun_ = false;
  stock_moved_ = false;
  closed_ = {};
  closed_usage_ = {};
  seconds_.clear();
  error_fewest_ = 0;
}

double StepWindow::error(std::size_t fewest) const {
  if (error_fewest_ != fewest) {
    error_ = error_of_mean(seconds_, fewest);
    error_fewest_ = fewest;
  }
  return error_;
}

void StepWindow::step_ended(const StepTotals& totals, const ShapeUsage& usage) {
  if (settling_ > 0) {
    --settling_;
    return;
  }
  ++seen_;
  if (!seconds_.empty() && std::abs(totals.stock.batches - first_stock_.batches) > 1 && seen_ < most_seen) {
    drop(); // the stock has been filling up or was used up
  }
  if (seconds_.empty() && !begun_) {
    first_stock_ = totals.stock;
  }
  stock_moved_ = stock_moved_ || totals.stock.batches != first_stock_.batches;
  if (begun_) {
    seconds_.push_back(totals.end_s - last_.end_s);
    error_fewest_ = 0;
  } else {
    first_ = totals;
    first_usage_ = usage;
    begun_ = true;
  }
  last_ = totals;
  last_usage_ = usage;
}

bool StepWindow::stock_steady() const {
  return (!stock_moved_ && first_stock_.at_rest()) || seconds_.size() >= fewest_unlike || seen_ >= most_seen;
}

void StepWindow::interrupt() {
  if (begun_) {
    closed_ = sum();
    closed_usage_ = usage();
    begun_ = false;
  }
}

StepRecord StepWindow::sum() const {
  StepRecord sum = closed_;
  if (begun_) {
    sum.seconds += last_.end_s - first_.end_s;
    add_scaled(sum, last_.classes, 1);
    add_scaled(sum, first_.classes, -1);
  }
  return sum;
}

ShapeUsage StepWindow::usage() const {
  ShapeUsage usage = closed_usage_;
  if (begun_) {
    usage.add_bytes(last_usage_.since(first_usage_), 1);
  }
  return usage;
}

void StepPool::add(const StepWindow& window) {
  const StepRecord more = window.sum();
  const double weight = 1 / more.seconds;
  steps += weight * static_cast<double>(window.seconds().size());
  sum.seconds += 1;
  add_scaled(sum, more.classes, weight);
  usage.add_bytes(window.usage(), weight);
}

void StepPool::add(const StepPool& other, double weight) {
  steps += weight * other.steps;
  sum.seconds += weight * other.sum.seconds;
  add_scaled(sum, other.sum.classes, weight);
  usage.add_bytes(other.usage, weight);
}

StepRecord StepPool::mean() const {
  StepRecord mean;
  mean.seconds = mean_s();
  add_scaled(mean, sum.classes, 1 / steps);
  return mean;
}

} // namespace iccsim::engine
