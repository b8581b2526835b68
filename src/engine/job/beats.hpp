// Steps of two jobs that take nearly equal times, or nearly simple multiples: they slide past one another.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace iccsim::engine {

/// Seconds in which the steps of two jobs shift past one another once, when `p` steps of one take about as long as `q`
/// of the other (up to 3). Infinite when they keep their places, or when no such multiples are within 5%.
double beat_s(double a_s, double b_s);

/// Of jobs `a` and `b`.
struct Beat {
  double s = 0; ///< 0: there is none
  std::size_t a = 0;
  std::size_t b = 0;
};

/// The longest of any two of these steps that lasts `most_steps` of the longer of both at most.
Beat longest_beat(const std::vector<double>& steps_s, double most_steps);

/// By how much, relative, the mean of `steps_s`, which took `span_s`, may be off since that is no whole number of
/// beats: as much as that of a sine of their spread, seen for so long. 0 where no step more or less would be closer.
double uneven_error(const std::vector<double>& steps_s, double span_s, double beat_s);

/// By how much the means of two jobs' steps, played side by side, may be off against one another, a share of them: they
/// wait for the same links, so that their difference is known better than either. It is that of a line through the
/// differences of their ends, by how far these lie from it.
double difference_error(const std::vector<double>& a_s, const std::vector<double>& b_s);

/// The shortest beat of any two of these steps that lasts `longer_than_s`, and by which they drift indeed: by more than
/// `error(a, b)`, a share of a step. Where that is not so others may move jobs that keep their places to and fro.
/// Infinite: there is none.
double shortest_drift_s(const std::vector<double>& steps_s, double longer_than_s,
                        const std::function<double(std::size_t a, std::size_t b)>& error);

/// Whether any two of these steps shift past one another within `most_steps` of the longer of both: none keep their
/// places, none slide more slowly.
bool all_slide(const std::vector<double>& steps_s, double most_steps);

} // namespace iccsim::engine
