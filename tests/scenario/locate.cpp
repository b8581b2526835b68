// Keys are found again after a scenario was read.
#include "iccsim/scenario/locate.hpp"

#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;

namespace {

const std::string text = "version: 1\n"
                         "platform:\n"
                         "  nodes: [{ name: gpu, type: dgx-a100-80g, count: 2 }]\n"
                         "jobs:\n"
                         "  - name: a\n"
                         "  - name: chat\n"
                         "    replicas: { count: 1, tensor: 4 }\n";

/// "LINE:COLUMN", or the file's name where there is none.
std::string place(const std::string& path, const std::vector<Override>& overrides = {}) {
  const test::TemporaryFile file(text);
  const Place found = locate(file.path(), test::library(), overrides, path);
  return found.line == 0 ? found.file : std::to_string(found.line) + ":" + std::to_string(found.column);
}

} // namespace

TEST_CASE("locate finds values, and what lies nearest to those that are not there") {
  CHECK(place("jobs[1].replicas.tensor") == "7:35");
  CHECK(place("jobs[1].replicas.pipeline") == "7:15");
  CHECK(place("jobs[1].slo") == "6:5");
  CHECK(place("jobs[0]") == "5:5");
  CHECK(place("jobs[7].slo") == "5:3");
  CHECK(place("platform.nodes[0].count") == "3:51");
  CHECK(place("facility") == "1:1");
  CHECK(place("jobs[1].replicas.tensor", {{"jobs[1].replicas.tensor", "2"}}) == "--set");
  CHECK(locate("/nowhere.yaml", test::library(), {}, "jobs").file == "/nowhere.yaml");
}
