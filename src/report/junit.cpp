#include "iccsim/report/junit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::report {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      // XML 1.0 has no way to write control characters, tab and line ends apart.
      out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

std::string case_xml(const TestCase& test) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(test.group), escaped(test.name));
  if (test.failure.empty()) {
    return text + "/>\n";
  }
  const char* tag = test.error ? "error" : "failure";
  return text + fmt::format(">\n      <{0} message=\"{1}\"/>\n    </testcase>\n", tag, escaped(test.failure));
}

} // namespace

std::string junit_xml(const std::string& suite, const std::vector<TestCase>& cases) {
  const auto count = [&](bool error) {
    return std::count_if(cases.begin(), cases.end(),
                         [&](const TestCase& test) { return !test.failure.empty() && test.error == error; });
  };
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n", escaped(suite),
                      cases.size(), count(false), count(true));
  for (const auto& test : cases) {
    text += case_xml(test);
  }
  return text + "  </testsuite>\n</testsuites>\n";
}

} // namespace iccsim::report
