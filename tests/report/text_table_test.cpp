#include "iccsim/report/text_table.hpp"
#include "report/bar.hpp"
#include "report/labelled_lines.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::report;

TEST_CASE("columns line up, left and right, also beside block characters") {
  TextTable table({{Align::left}, {Align::right}, {Align::left}});
  table.add({"name", "1", "x"});
  table.add({"█▌", "1,000"});
  CHECK(table.to_string(2) == "  name      1  x\n  █▌    1,000\n");
}

TEST_CASE("a cell beyond its limit is cut with an ellipsis, by characters and not by bytes") {
  TextTable table({{Align::left, 4}});
  table.add({"abcdef"});
  table.add({"████"});
  table.add({"█████"});
  CHECK(table.to_string(0) == "abc…\n████\n███…\n");
}

TEST_CASE("bars count eighths of a column") {
  CHECK(bar(0, 8).empty());
  CHECK(bar(1, 3) == "███");
  CHECK(bar(0.5, 3) == "█▌");
  CHECK(bar(1e-9, 8) == "▏");
  CHECK(bar(7, 2) == "██");
  CHECK(display_width(bar(0.37, 20)) <= 20);
}

TEST_CASE("long texts wrap below their label") {
  LabelledLines lines;
  std::string words;
  for (int i = 0; i < 30; ++i) {
    words += "word ";
  }
  lines.add("plan", words);
  lines.add("memory", "short");
  const std::string text = lines.to_string(2);
  CHECK(text.find("  plan    word word") == 0);
  CHECK(text.find("\n          word") != std::string::npos);
  CHECK(text.find("\n  memory  short\n") != std::string::npos);
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    CHECK(end - start <= page_width);
    start = end + 1;
  }
}

TEST_CASE("wrapping keeps every word, and a word longer than the width whole") {
  const auto pieces = wrap("a reallyreallylongword b", 6);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[1] == "reallyreallylongword");
  CHECK(wrap("", 5).empty());
}
