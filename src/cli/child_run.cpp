#include "cli/child_run.hpp"

#include "cli/exit_status.hpp"

#include <boost/process.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <sys/wait.h>

namespace iccsim::cli {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
// Files, not pipes: nobody has to read while the child writes.
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

TemporaryFile make_temporary() {
  TemporaryFile file(std::tmpfile());
  if (!file) {
    throw std::runtime_error(std::string("no temporary file: ") + std::strerror(errno));
  }
  return file;
}

std::string contents(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char buffer[65536];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) {
    text.append(buffer, n);
  }
  return text;
}

std::vector<std::string> arguments(const std::string& file, const std::vector<std::string>& settings,
                                   std::optional<std::uint64_t> seed) {
  std::vector<std::string> arguments = {"run", "--json", "-q", "--no-what-if"};
  for (const auto& setting : settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  if (seed) {
    arguments.insert(arguments.end(), {"--seed", std::to_string(*seed)});
  }
  arguments.insert(arguments.end(), {"--", file});
  return arguments;
}

} // namespace

ChildOutcome run_in_child(const std::string& file, const std::vector<std::string>& settings,
                          std::optional<std::uint64_t> seed) {
  return run_self(arguments(file, settings, seed));
}

ChildOutcome run_self(const std::vector<std::string>& arguments) {
  namespace bp = boost::process;
  const TemporaryFile output = make_temporary();
  const TemporaryFile errors = make_temporary();
  bp::child child("/proc/self/exe", bp::args(arguments), bp::std_in<bp::null, bp::std_out> output.get(),
                  bp::std_err > errors.get());
  child.wait();
  ChildOutcome outcome;
  outcome.output = contents(output.get());
  outcome.errors = contents(errors.get());
  outcome.exit_status = child.exit_code();
  if (WIFSIGNALED(child.native_exit_code())) {
    outcome.exit_status = static_cast<int>(ExitStatus::internal_error);
    outcome.errors += std::string("ended by a signal: ") + strsignal(WTERMSIG(child.native_exit_code()));
  }
  return outcome;
}

} // namespace iccsim::cli
