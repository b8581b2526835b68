// expect[]: what a report or a paper says.
#include "scenario/declare.hpp"
#include "scenario/specs.hpp"

#include <cmath>

namespace iccsim::scenario {
namespace {

using E = Expectation;

/// A number, or a quantity in the metric's own unit family: times become s, shares ratios, FLOPS TFLOPS.
void read_value(const Value& value, Reading& reading, E& expectation) {
  const std::string expected = "a number, or a quantity with its unit";
  if (!is_single_value(value, reading, expected)) {
    return;
  }
  const auto parsed = parse_any_quantity(value.tree->text);
  if (const auto* mistake = std::get_if<QuantityMistake>(&parsed)) {
    reading.fail(value, mistake->message, expected, mistake->hint);
    return;
  }
  const auto& quantity = std::get<AnyQuantity>(parsed);
  // result.json holds compute rates in TFLOPS only
  expectation.value = quantity.bare || quantity.dimension != Dimension::flops ? quantity.value : quantity.value / 1e12;
  if (std::abs(expectation.value) > range::sane) {
    reading.fail(value, quote(value.tree->text) + " is out of range", expected);
  }
}

} // namespace

const Keys<E>& expectation_keys() {
  static const Keys<E> keys = {
      required(text("metric", &E::metric, "a path in result.json")),
      required(custom<E>("value", "a number, or a quantity with its unit", "as the source prints it", read_value)),
      quantity("tolerance", &E::tolerance, Dimension::share, range::not_negative, "share of the value"),
      text("source", &E::source, "where it is printed"),
      flag("calibration", &E::calibration, "the row fixed a calibration, so it is no prediction"),
  };
  return keys;
}

} // namespace iccsim::scenario
