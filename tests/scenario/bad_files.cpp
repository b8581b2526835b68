// Every file of tests/bad/ says in its first lines (#! ...) which messages it must get, word for word.
#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

namespace {

using namespace iccsim::scenario;
namespace fs = std::filesystem;

std::vector<std::string> expected_messages(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> messages;
  for (std::string line; std::getline(in, line) && line.compare(0, 3, "#! ") == 0;) {
    messages.push_back(line.substr(3));
  }
  return messages;
}

/// A message without the name of the bad file itself, and with files of the library relative to it.
std::string portable(std::string message, const fs::path& file) {
  for (const std::string& prefix : {file.string() + ": ", file.string() + ":", test::library().root.string() + "/"}) {
    if (message.compare(0, prefix.size(), prefix) == 0) {
      return message.substr(prefix.size());
    }
  }
  return message;
}

std::vector<fs::path> bad_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(ICCSIM_SOURCE_ROOT) / "tests" / "bad")) {
    if (entry.path().extension() == ".yaml") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

TEST_CASE("Every bad file gets exactly the messages that it says") {
  const std::vector<fs::path> files = bad_files();
  REQUIRE(files.size() >= 60);
  for (const fs::path& file : files) {
    Diagnostics diagnostics;
    const auto scenario = read_scenario(file, test::library(), {}, diagnostics);
    std::vector<std::string> messages;
    for (const Diagnostic& diagnostic : diagnostics.list()) {
      messages.push_back(portable(to_string(diagnostic), file));
    }
    INFO(file);
    CHECK_FALSE(scenario.has_value());
    CHECK(messages == expected_messages(file));
  }
}

TEST_CASE("A message is one line whatever the file holds") {
  for (const fs::path& file : bad_files()) {
    Diagnostics diagnostics;
    read_scenario(file, test::library(), {}, diagnostics);
    for (const Diagnostic& diagnostic : diagnostics.list()) {
      CHECK(to_string(diagnostic).find_first_of("\n\r") == std::string::npos);
    }
  }
}
