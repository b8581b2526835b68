// jobs[] of type inference
#include "scenario/inference_keys.hpp"

#include "scenario/job_keys.hpp"
#include "scenario/reference.hpp"

namespace iccsim::scenario {
namespace {

using I = InferenceSpec;

void read_model_of(const Value& value, Reading& reading, I& job) {
  read_reference(value, LibraryKind::models, reading, model_keys(), job.model, finish_model);
}

void read_software_of(const Value& value, Reading& reading, I& job) {
  read_reference<SoftwareSpec>(value, LibraryKind::software, reading, software_keys(), job.software, nullptr);
}

/// Read at the end, since its pools start from `replicas` and `engine`.
Key<I> disaggregation_key() {
  Key<I> key = custom<I>("disaggregation", "a mapping", "prefill and decode on replicas of their own",
                         [](const Value&, Reading&, I&) {});
  key.info.children = describe_disaggregation_keys;
  return key;
}

} // namespace

const Keys<I>& inference_keys() {
  static const Keys<I> keys = {
      required(
          custom<I>("model", "a name from models: or scenarios/models/, or a mapping", "what answers", read_model_of)),
      section("replicas", &I::replicas, replicas_keys, "copies of the model, and how cards share one"),
      disaggregation_key(),
      choice("precision", &I::precision, "of the matrix products"),
      by_default(choice("weight_precision", &I::weight_precision, "of weights as stored"), "as precision"),
      by_default(choice("expert_precision", &I::expert_precision, "of routed experts"), "as weight_precision"),
      by_default(choice("attention_precision", &I::attention_precision, "of attention's projections as stored"),
                 "as weight_precision"),
      by_default(choice("attention_output_precision", &I::attention_output_precision, "of the last of them"),
                 "as attention_precision"),
      by_default(choice("kv_precision", &I::kv_precision, "of keys and values"), "16 bits"),
      by_default(custom<I>("software", "a name from platforms/software/ or a mapping", "the stack that runs it",
                           read_software_of),
                 default_serving_software),
      section("engine", &I::engine, engine_keys, "batches, KV memory and queue of one replica"),
      required(section("requests", &I::requests, requests_keys, "what is asked, and when")),
      section("slo", &I::slo, slo_keys, "latency promises"),
      choice("router", &I::router, "which replica gets a request"),
      optional_section("autoscale", &I::autoscale, autoscale_keys, "replicas that start and end with the load"),
      by_default(text("weights", &I::weights, "the storage that replicas load from"), "in memory at the start"),
      belongs_to<I>("parallelism", JobType::pretraining),
      belongs_to<I>("batch", JobType::pretraining),
      belongs_to<I>("length", JobType::pretraining),
      belongs_to<I>("recompute", JobType::pretraining),
      belongs_to<I>("overlap", JobType::pretraining),
      belongs_to<I>("checkpoint", JobType::pretraining),
      belongs_to<I>("dataset", JobType::training),
      belongs_to<I>("compute_per_step", JobType::training),
      belongs_to<I>("operation", JobType::collective),
      belongs_to<I>("bytes", JobType::collective),
  };
  return keys;
}

} // namespace iccsim::scenario
