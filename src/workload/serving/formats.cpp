#include "formats.hpp"

namespace iccsim::workload::serving {

namespace {

using scenario::Precision;

/// Products run in the wider of the two: weights that are narrower than activations are widened on their way in.
Precision computed(Precision activations, Precision weights) {
  return scenario::bytes_per_element(weights) > scenario::bytes_per_element(activations) ? weights : activations;
}

} // namespace

double stored_bytes(Precision precision) {
  // Four-bit formats carry an 8-bit scale for each 16 (NVFP4) or 32 (MXFP4) elements; the scales of 8-bit blocks of
  // 128 x 128 elements do not count.
  if (precision == Precision::fp4) {
    return 0.5 + 1.0 / 16;
  }
  // GPTQ and AWQ keep a 16-bit scale and a 4-bit zero point for each group of 128.
  return precision == Precision::int4 ? 0.5 + 2.5 / 128 : scenario::bytes_per_element(precision);
}

Formats formats_of(const scenario::InferenceSpec& spec) {
  const Precision weights = spec.weight_precision.value_or(spec.precision);
  const Precision attention = spec.attention_precision.value_or(weights);
  // Integers of 4 bits are a format of weights alone.
  const Precision activations = spec.precision == Precision::int4 ? Precision::bf16 : spec.precision;
  const auto format = [activations](Precision stored) {
    const Precision unit = computed(activations, stored);
    return MatrixFormat{unit, stored_bytes(stored), scenario::bytes_per_element(unit)};
  };
  Formats formats;
  formats.dense = format(weights);
  formats.attention = format(attention);
  formats.output = format(spec.attention_output_precision.value_or(attention));
  formats.expert = format(spec.expert_precision.value_or(weights));
  formats.kv_bytes = scenario::bytes_per_element(spec.kv_precision.value_or(Precision::bf16));
  return formats;
}

} // namespace iccsim::workload::serving
