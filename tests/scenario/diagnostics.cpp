#include "iccsim/scenario/diagnostics.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;

namespace {

Diagnostic at(std::string file, int line, int column, std::string message) {
  Diagnostic diagnostic;
  diagnostic.place.file = std::move(file);
  diagnostic.place.line = line;
  diagnostic.place.column = column;
  diagnostic.message = std::move(message);
  return diagnostic;
}

} // namespace

TEST_CASE("A diagnostic is one line in compiler style") {
  Diagnostic full = at("a.yaml", 3, 5, "'x' is not a number");
  full.path = "jobs[0].cards";
  full.expected = "a whole number";
  full.hint = "did you mean '8'?";
  CHECK(to_string(full) ==
        "a.yaml:3:5: error: jobs[0].cards: 'x' is not a number; expected a whole number; did you mean '8'?");
  CHECK(to_string(at("a.yaml", 0, 0, "no such file")) == "a.yaml: error: no such file");
}

TEST_CASE("A hostile path stays on its line") {
  Diagnostic hostile = at("a.yaml", 1, 1, "wrong");
  hostile.path = "a\nb" + std::string(10'000, 'x');
  const std::string line = to_string(hostile);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.size() < 300);
}

TEST_CASE("Diagnostics are sorted by place, exact repeats dropped") {
  Diagnostics diagnostics;
  diagnostics.add(at("b.yaml", 1, 1, "x"));
  diagnostics.add(at("a.yaml", 10, 1, "x"));
  diagnostics.add(at("a.yaml", 9, 2, "x"));
  diagnostics.add(at("a.yaml", 9, 2, "x"));
  diagnostics.add(at("a.yaml", 9, 2, "y"));
  diagnostics.sort();
  CHECK(diagnostics.size() == 4);
  CHECK(diagnostics.to_string() == "a.yaml:9:2: error: x\na.yaml:9:2: error: y\na.yaml:10:1: error: x\n"
                                   "b.yaml:1:1: error: x\n");
}
