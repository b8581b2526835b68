// Mean step times of window after window, while what a window sees depends on where jobs lie to one another.
#pragma once

#include "engine/job/step_window.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// Windows at equal distances over two or more beats of sliding jobs see all positions twice. Whether the first half of
/// them says what the second says tells whether their mean is known, where one window never tells.
class WindowHistory {
public:
  void add(const StepWindow& window);
  /// Relative difference of the mean step times of both halves; infinite before there are enough windows.
  double halves_differ_by() const;

private:
  struct Sum {
    double steps = 0;
    double seconds = 0;
  };

  std::vector<Sum> up_to_; ///< each window, and all before
};

} // namespace iccsim::engine
