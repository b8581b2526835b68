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
  return precision == Precision::fp4 ? 0.5 + 1.0 / 16 : scenario::bytes_per_element(precision);
}

Formats formats_of(const scenario::InferenceSpec& spec) {
  const Precision weights = spec.weight_precision.value_or(spec.precision);
  const Precision experts = spec.expert_precision.value_or(weights);
  Formats formats;
  formats.dense = computed(spec.precision, weights);
  formats.expert = computed(spec.precision, experts);
  formats.activation_bytes = scenario::bytes_per_element(formats.dense);
  formats.weight_bytes = stored_bytes(weights);
  formats.expert_bytes = stored_bytes(experts);
  formats.kv_bytes = scenario::bytes_per_element(spec.kv_precision.value_or(Precision::bf16));
  return formats;
}

} // namespace iccsim::workload::serving
