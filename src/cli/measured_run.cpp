#include "cli/measured_run.hpp"

#include "cli/exit_status.hpp"
#include "cli/temporary_file.hpp"

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

/// Streams of a child: nothing to read, its output and errors to files.
class Streams {
public:
  Streams(const TemporaryFile& output, const TemporaryFile& errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, fileno(output.get()), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, fileno(errors.get()), STDERR_FILENO);
  }
  ~Streams() { posix_spawn_file_actions_destroy(&actions_); }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

pid_t start(const std::vector<std::string>& arguments, const Streams& streams) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const auto& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str())); // posix_spawn changes nothing
  }
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawn(&child, "/proc/self/exe", streams.actions(), nullptr, pointers.data(), environ);
  if (error != 0) {
    throw std::runtime_error(std::string("no process for a run: ") + std::strerror(error));
  }
  return child;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

} // namespace

MeasuredRun measure_run(const std::string& file, const std::vector<std::string>& settings) {
  std::vector<std::string> arguments{"iccsim", "run", "--json", "-q", "--no-what-if"};
  for (const auto& setting : settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(), {"--", file});
  const TemporaryFile output;
  const TemporaryFile errors;
  const auto before = std::chrono::steady_clock::now();
  const pid_t child = start(arguments, Streams(output, errors));
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) {
      throw std::runtime_error(std::string("a run was lost: ") + std::strerror(errno));
    }
  }
  MeasuredRun run;
  run.cost.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  run.cost.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(ExitStatus::internal_error);
  run.cost.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  run.cost.peak_bytes = 1024.0 * static_cast<double>(usage.ru_maxrss); // kilobytes, getrusage(2)
  run.output = output.contents();
  run.errors = errors.contents();
  if (WIFSIGNALED(status)) {
    run.errors += std::string("ended by a signal: ") + strsignal(WTERMSIG(status));
  }
  return run;
}

} // namespace iccsim::cli
