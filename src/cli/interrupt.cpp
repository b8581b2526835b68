#include "cli/interrupt.hpp"

#include "cli/exit_status.hpp"

#include <csignal>
#include <unistd.h>

namespace iccsim::cli {
namespace {

// A signal handler can reach nothing else: the one mutable global of the program.
volatile std::sig_atomic_t interrupt_count = 0;

void on_interrupt(int) {
  interrupt_count = interrupt_count + 1;
  if (interrupt_count > 1) {
    _exit(static_cast<int>(ExitStatus::interrupted));
  }
}

} // namespace

void watch_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
  return interrupt_count > 0;
}

} // namespace iccsim::cli
