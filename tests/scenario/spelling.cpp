#include "iccsim/scenario/diagnostics.hpp"

#include <catch2/catch.hpp>

using iccsim::scenario::nearest_spelling;

TEST_CASE("The nearest spelling is what a user may have meant") {
  const std::vector<std::string> keys = {"tensor", "pipeline",      "virtual", "context",
                                         "expert", "expert_tensor", "sequence"};
  CHECK(nearest_spelling("tensr", keys) == "tensor");
  CHECK(nearest_spelling("Tensor", keys) == "tensor");
  CHECK(nearest_spelling("EXPERT-TENSOR", keys) == "expert_tensor");
  CHECK(nearest_spelling("pipelien", keys) == "pipeline");
  CHECK(nearest_spelling("expert-tensor", keys) == "expert_tensor");
  CHECK(nearest_spelling("seq", keys) == "sequence");
  CHECK(nearest_spelling("exp", keys) == "expert");
  CHECK(nearest_spelling("colour", keys).empty());
  CHECK(nearest_spelling("", keys).empty());
  CHECK(nearest_spelling(std::string(1'000'000, 'x'), keys).empty());
}

TEST_CASE("A word that is spelled right is its own nearest spelling") {
  const std::vector<std::string> names = {"a100-40g", "a100-80g", "h100", "h200", "h20", "h800"};
  for (const std::string& name : names) {
    CHECK(nearest_spelling(name, names) == name);
  }
  CHECK(nearest_spelling("a100", names) == "a100-40g");
}
