// What the shell is told.
#pragma once

namespace iccsim::cli {

enum class ExitStatus : int {
  done = 0,           ///< and every expectation met
  missed = 1,         ///< an expectation or a comparison failed
  invalid_input = 2,  ///< command line, scenario, or a file that cannot be read or written
  internal_error = 3, ///< a defect of iccsim
  interrupted = 130,  ///< by the user; what was simulated so far is reported, marked incomplete
};

} // namespace iccsim::cli
