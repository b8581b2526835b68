// Ends a command whose input is wrong; main prints the text and returns ExitStatus::invalid_input.
#pragma once

#include <stdexcept>

namespace iccsim::cli {

/// The text is complete sentences or diagnostics for the user, one a line.
struct InvalidInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace iccsim::cli
