#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace iccsim::scenario::test {
namespace {

namespace fs = std::filesystem;

std::string without(std::string text, const std::string& part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) {
    text.erase(at, part.size());
  }
  return text;
}

std::string indented(const std::string& lines) {
  std::istringstream in(lines);
  std::string out, line;
  while (std::getline(in, line)) {
    out += "    " + line + "\n";
  }
  return out;
}

} // namespace

Library library() {
  return {fs::path(ICCSIM_SOURCE_ROOT) / "tests" / "scenario" / "library"};
}

TemporaryFile::TemporaryFile(const std::string& text) {
  static std::atomic<int> count{0};
  path_ = fs::temp_directory_path() / ("iccsim-" + std::to_string(getpid()) + "-" + std::to_string(count++) + ".yaml");
  std::ofstream(path_, std::ios::binary) << text;
}

TemporaryFile::~TemporaryFile() {
  std::error_code error;
  fs::remove(path_, error);
}

Outcome read(const std::string& yaml, const std::vector<Override>& overrides) {
  const TemporaryFile file(yaml);
  Diagnostics diagnostics;
  Outcome outcome;
  outcome.scenario = read_scenario(file.path(), library(), overrides, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    outcome.messages.push_back(without(to_string(diagnostic), file.path().string() + ":"));
  }
  return outcome;
}

Scenario read_good(const std::string& yaml, const std::vector<Override>& overrides) {
  Outcome outcome = read(yaml, overrides);
  CAPTURE(yaml, outcome.messages);
  REQUIRE(outcome.scenario.has_value());
  return *outcome.scenario;
}

std::string pretraining(const Parts& parts) {
  return "version: 1\n" + parts.top + "platform: " + parts.platform + "\njobs:\n  - name: pretrain\n" +
         "    type: pretraining\n    model: " + parts.model + "\n    cards: " + parts.cards +
         "\n    parallelism: " + parts.parallelism + "\n    batch: " + parts.batch + "\n    length: { steps: 10 }\n" +
         indented(parts.more);
}

const PretrainingSpec& pretraining_of(const Scenario& scenario) {
  return std::get<PretrainingSpec>(scenario.jobs.at(0).what);
}

} // namespace iccsim::scenario::test
