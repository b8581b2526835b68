#include "cli/child_run.hpp"

#include "cli/exit_status.hpp"
#include "cli/temporary_file.hpp"

#include <boost/process.hpp>

#include <cstring>
#include <sys/wait.h>

namespace iccsim::cli {
namespace {

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
  const TemporaryFile output;
  const TemporaryFile errors;
  bp::child child("/proc/self/exe", bp::args(arguments), bp::std_in<bp::null, bp::std_out> output.get(),
                  bp::std_err > errors.get());
  child.wait();
  ChildOutcome outcome;
  outcome.output = output.contents();
  outcome.errors = errors.contents();
  outcome.exit_status = child.exit_code();
  if (WIFSIGNALED(child.native_exit_code())) {
    outcome.exit_status = static_cast<int>(ExitStatus::internal_error);
    outcome.errors += std::string("ended by a signal: ") + strsignal(WTERMSIG(child.native_exit_code()));
  }
  return outcome;
}

} // namespace iccsim::cli
