// Outcomes as a JUnit file, which continuous integration systems read.
#pragma once

#include <string>
#include <vector>

namespace iccsim::report {

struct TestCase {
  std::string group; ///< shown as the class
  std::string name;
  std::string failure; ///< "" when it passed
  bool error = false;  ///< it could not be run, rather than being off
};

std::string junit_xml(const std::string& suite, const std::vector<TestCase>& cases);

} // namespace iccsim::report
