// Files that mean no good end in one message, quickly and without a crash. What is too large to keep is made here.
#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <random>

#include <unistd.h>

using namespace iccsim::scenario;
using namespace iccsim::scenario::test;

namespace {

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

std::string only_message(const std::string& text) {
  const Outcome outcome = read(text);
  REQUIRE(outcome.messages.size() == 1);
  return outcome.messages[0];
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("A file beyond the size limit is refused") {
  CHECK(contains(only_message("a: " + std::string(5 << 20, 'x')), "the file is too large; expected at most 4 MiB"));
}

TEST_CASE("A text beyond the limit is refused") {
  CHECK(contains(only_message("title: " + std::string(100'000, 'x') + "\n"), "a text of 100000 bytes"));
}

TEST_CASE("Deep nesting is refused before it recurses") {
  for (const char* open : {"[", "{a: ", "[{a: ", "- ", "? "}) {
    CHECK(contains(only_message(repeated(open, 100'000)), "nested too deeply"));
  }
}

TEST_CASE("Many values are refused") {
  CHECK(contains(only_message("a: [" + repeated("x,", 1'000'000) + "]"), "too many values"));
  CHECK(contains(only_message(repeated("x\n", 1'000'000)), "error"));
}

TEST_CASE("Aliases are counted before they are copied") {
  std::string bomb = "a0: &a0 " + std::string(1000, 'x') + "\n";
  for (int i = 1; i < 60; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below + ", " + below + "]\n";
  }
  CHECK(contains(only_message(bomb), "too many values"));
}

TEST_CASE("What is no file is said") {
  Diagnostics diagnostics;
  CHECK_FALSE(read_scenario("/no/such/file.yaml", library(), {}, diagnostics));
  CHECK_FALSE(read_scenario("/", library(), {}, diagnostics));
  CHECK_FALSE(read_scenario("/dev/zero", library(), {}, diagnostics));
  CHECK_FALSE(read_scenario("", library(), {}, diagnostics));
  CHECK(diagnostics.to_string() == ": error: no such file; expected a YAML file\n"
                                   "/: error: this is a folder, not a file; expected a YAML file\n"
                                   "/dev/zero: error: this is not a regular file; expected a YAML file\n"
                                   "/no/such/file.yaml: error: no such file; expected a YAML file\n");
}

TEST_CASE("A file that may not be read is said") {
  const TemporaryFile file(pretraining());
  std::filesystem::permissions(file.path(), std::filesystem::perms::none);
  Diagnostics diagnostics;
  const auto scenario = read_scenario(file.path(), library(), {}, diagnostics);
  if (geteuid() != 0) { // root may read everything
    CHECK(contains(diagnostics.to_string(), "the file cannot be opened"));
  } else {
    CHECK(scenario.has_value());
  }
}

TEST_CASE("Mutated files are read or refused, never anything else") {
  const std::string seed = pretraining();
  const std::string spice = "[]{}:,-&*!|>'\"%@`#?~\n\t \\0159.eE<=xX";
  std::mt19937 random(20240229);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = seed;
    for (int edits = 1 + static_cast<int>(random() % 4); edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
      case 0:
        text[at] = spice[random() % spice.size()];
        break;
      case 1:
        text.erase(at, 1 + random() % 8);
        break;
      default:
        text.insert(at, 1, spice[random() % spice.size()]);
      }
    }
    const Outcome outcome = read(text);
    CHECK(outcome.scenario.has_value() == outcome.messages.empty());
    refused += !outcome.scenario.has_value();
  }
  CHECK(refused > 500); // else the edits reach nothing
}
