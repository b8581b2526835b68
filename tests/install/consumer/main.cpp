// Reads a scenario with the installed library files and simulates it; prints its MFU.
#include <iccsim/engine/simulation.hpp>
#include <iccsim/report/report.hpp>
#include <iccsim/scenario/scenario.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  iccsim::scenario::Diagnostics diagnostics;
  const auto scenario = iccsim::scenario::read_scenario(argv[1], {LIBRARY_DIR}, {}, diagnostics);
  if (!scenario) {
    std::fputs(diagnostics.to_string().c_str(), stderr);
    return 2;
  }
  const auto result = iccsim::engine::simulate(*scenario, {});
  const auto text = iccsim::report::summary(result, {});
  std::fputs(text.c_str(), stdout);
  return text.find("MFU") == std::string::npos ? 1 : 0;
}
