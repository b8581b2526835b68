// The model files of the library against the totals that their sources print.
#include "iccsim/scenario/scenario.hpp"
#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace iccsim::scenario;
using namespace iccsim::workload;

TEST_CASE("every model file holds as many parameters as its source prints") {
  const Library library{ICCSIM_SOURCE_ROOT};
  int compared = 0;
  for (const std::string& name : library.names("models")) {
    INFO(name);
    Diagnostics diagnostics;
    const auto model = read_model(name, library, diagnostics);
    INFO(diagnostics.to_string());
    REQUIRE(model);
    if (model->published_parameters > 0) {
      CHECK(total_parameters(*model) == Approx(model->published_parameters).epsilon(0.005));
      ++compared;
    }
  }
  CHECK(compared >= 12);
}
