// iccsim verify: published figures against simulated ones, all cores at work.
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/scenario_files.hpp"
#include "cli/verify_rows.hpp"
#include "cli/whole_file.hpp"

#include "iccsim/report/verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace iccsim::cli {
namespace {

struct VerifyOptions {
  std::vector<std::string> paths;
  std::string junit;
  bool json = false;
  bool quiet = false;
};

/// "verify: 120 of 640" on one moving line of a terminal; nothing elsewhere.
void show_count(std::size_t done, std::size_t all) {
  fmt::print(stderr, "\rverify: {} of {}{}", done, all, done == all ? "\r\033[K" : "");
  std::fflush(stderr);
}

/// Every file on some core; the outcomes stay in the order of the files.
class Verification {
public:
  Verification(const std::vector<std::string>& files, bool show)
      : files_(files), outcomes_(files.size()), show_(show) {}

  std::vector<FileVerification> run() {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < std::min(cores, files_.size()); ++i) {
      workers.emplace_back([this] { work(); });
    }
    for (auto& worker : workers) {
      worker.join();
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    return std::move(outcomes_);
  }

private:
  void work() {
    for (std::size_t i = next_++; i < files_.size() && !interrupted(); i = next_++) {
      try {
        outcomes_[i] = verify_file(files_[i]);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        failure_ = std::current_exception();
        return;
      }
      const std::lock_guard<std::mutex> lock(mutex_);
      ++done_;
      if (show_) {
        show_count(done_, files_.size());
      }
    }
  }

  const std::vector<std::string>& files_;
  std::vector<FileVerification> outcomes_;
  bool show_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_; ///< guards what follows
  std::size_t done_ = 0;
  std::exception_ptr failure_;
};

/// A run that failed says more than a figure that is off.
ExitStatus status_of(const std::vector<FileVerification>& files, const std::vector<report::VerificationRow>& rows) {
  const auto any = [&](ExitStatus status) {
    return std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.status == status; });
  };
  for (const auto status : {ExitStatus::interrupted, ExitStatus::internal_error, ExitStatus::invalid_input}) {
    if (any(status)) {
      return status;
    }
  }
  const bool met = std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.pass(); });
  return met ? ExitStatus::done : ExitStatus::missed;
}

ExitStatus verify(const VerifyOptions& options) {
  const auto files = files_with_expectations(options.paths);
  watch_for_interrupt();
  const auto outcomes = Verification(files, !options.quiet && isatty(STDERR_FILENO) != 0).run();
  std::vector<report::VerificationRow> rows;
  for (const auto& outcome : outcomes) {
    rows.insert(rows.end(), outcome.rows.begin(), outcome.rows.end());
  }
  if (!options.junit.empty()) {
    write_whole_file(options.junit, report::junit_xml("iccsim verify", report::verification_cases(rows)));
  }
  print_result(options.json ? report::verification_json(rows) : report::verification_text(rows));
  return interrupted() ? ExitStatus::interrupted : status_of(outcomes, rows);
}

} // namespace

void add_verify_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("verify", "Run scenarios with `expect` and compare with what was published");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("PATH", options->paths, "scenarios, or directories of them")->required();
  command->add_option("--junit", options->junit, "write the outcome as JUnit XML")->type_name("FILE");
  command->add_flag("--json", options->json, "print rows and statistics as JSON");
  command->add_flag("-q,--quiet", options->quiet, "no progress");
  command->callback([options, &status] { status = verify(*options); });
}

} // namespace iccsim::cli
