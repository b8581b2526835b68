// iccsim size: the fewest replicas that keep a service's promise, and the load that they bear.
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/invalid_input.hpp"
#include "cli/size_report.hpp"
#include "cli/whole_file.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>
#include <unistd.h>

namespace iccsim::cli {
namespace {

struct SizeOptions {
  std::string file;
  std::string job;
  LoadOptions load;
  int most_cards = 0;
  bool keep = false;
  bool no_curve = false;
  bool json = false;
  bool quiet = false;
};

ExitStatus size(const SizeOptions& options) {
  const SizeQuestion question = size_question(options.file, options.load, options.job);
  const int most = options.most_cards > 0 ? std::min(options.most_cards, question.most_cards) : question.most_cards;
  watch_for_interrupt();
  SizeTrials trials(question, !options.quiet && isatty(STDERR_FILENO) != 0);
  std::optional<SizeAnswer> answer;
  std::optional<LoadCurve> curve;
  if (!options.keep) {
    answer = find_size(question, trials, most);
  }
  const bool found = !answer || answer->counts;
  if (found && !options.no_curve) {
    curve =
        find_curve(question, trials, answer ? *answer->counts : question.counts(), std::thread::hardware_concurrency());
  }
  print_result(options.json ? size_json(question, answer, curve) : size_text(question, answer, curve));
  const bool kept = found && (!curve || curve->highest);
  return kept ? ExitStatus::done : ExitStatus::missed;
}

} // namespace

void add_size_command(CLI::App& app, ExitStatus& status) {
  auto* command =
      app.add_subcommand("size", "Find the fewest replicas that keep a service's SLO, and the load that they bear");
  auto options = std::make_shared<SizeOptions>();
  command->add_option("FILE", options->file, "the scenario")->required();
  command->add_option("--job", options->job, "which service, where there are several")->type_name("NAME");
  command->add_option("--max-cards", options->most_cards, "look no further (default: what the platform has)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command->add_flag("--keep", options->keep, "keep the file's replicas: only the curve of load against latency");
  auto* no_curve = command->add_flag("--no-curve", options->no_curve, "only the number of replicas");
  no_curve->excludes("--keep");
  command
      ->add_option("--set", options->load.settings,
                   "override a key: jobs.chat.requests.arrival.rate=\"20 /s\" "
                   "(repeatable)")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--seed", options->load.seed, "override the scenario's seed")->type_name("N");
  command->add_flag("--json", options->json, "print the answer, the tries and the curve as JSON");
  command->add_flag("-q,--quiet", options->quiet, "no progress");
  command->callback([options, &status] {
    try {
      status = size(*options);
    } catch (const SizeInterrupted&) {
      status = ExitStatus::interrupted;
    }
  });
}

} // namespace iccsim::cli
