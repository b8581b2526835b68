#include "cli/measured_run.hpp"

#include "cli/exit_status.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace iccsim::cli {
namespace {

/// Streams of a child that nobody listens to.
class Silence {
public:
  Silence() {
    posix_spawn_file_actions_init(&actions_);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions_, stream, "/dev/null", O_RDWR, 0);
    }
  }
  ~Silence() { posix_spawn_file_actions_destroy(&actions_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

pid_t start(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const auto& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str())); // posix_spawn changes nothing
  }
  pointers.push_back(nullptr);
  const Silence silence;
  pid_t child = 0;
  const int error = posix_spawn(&child, "/proc/self/exe", silence.actions(), nullptr, pointers.data(), environ);
  if (error != 0) {
    throw std::runtime_error(std::string("no process for a run: ") + std::strerror(error));
  }
  return child;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

} // namespace

RunCost measure_run(const std::string& file, const std::vector<std::string>& settings) {
  std::vector<std::string> arguments{"iccsim", "run", "-q", "--no-what-if"};
  for (const auto& setting : settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(), {"--", file});
  const auto before = std::chrono::steady_clock::now();
  const pid_t child = start(arguments);
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) {
      throw std::runtime_error(std::string("a run was lost: ") + std::strerror(errno));
    }
  }
  RunCost cost;
  cost.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(ExitStatus::internal_error);
  cost.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  cost.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.peak_bytes = 1024.0 * static_cast<double>(usage.ru_maxrss); // kilobytes, getrusage(2)
  return cost;
}

} // namespace iccsim::cli
