// jobs[] of type pretraining
#include "scenario/input_keys.hpp"
#include "scenario/job_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/reference.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using T = PretrainingSpec;

constexpr double most_ranks = 1e6;

const Keys<ParallelismSpec>& parallelism_keys() {
  using P = ParallelismSpec;
  static const Keys<P> keys = {
      integer("tensor", &P::tensor, "cards that share each layer", 1, most_ranks),
      integer("pipeline", &P::pipeline, "stages of layers", 1, most_ranks),
      integer("virtual", &P::virtual_stages, "model chunks of a pipeline rank", 1, 10'000),
      integer("context", &P::context, "cards that share each sequence", 1, most_ranks),
      integer("expert", &P::expert, "cards that share the experts of a layer", 1, most_ranks),
      by_default(integer("expert_tensor", &P::expert_tensor, "tensor parallelism inside experts", 1, most_ranks),
                 "as tensor"),
      flag("sequence", &P::sequence, "sequence parallelism beside tensor"),
      choice("sharding", &P::sharding, "what data-parallel ranks share out"),
      by_default(integer("sharding_group", &P::sharding_group, "ranks that share one sharded copy", 1, most_ranks),
                 "all data-parallel ranks"),
      by_default(choice("schedule", &P::schedule, "of the pipeline"), "1f1b, interleaved when virtual > 1"),
      by_default(integer("first_stage_layers", &P::first_stage_layers, "of the first pipeline rank", 1, 100'000),
                 "even split"),
      by_default(integer("last_stage_layers", &P::last_stage_layers, "of the last pipeline rank", 1, 100'000),
                 "even split"),
      flag("uneven", &P::uneven, "layers that do not divide are spread over the stages"),
  };
  return keys;
}

const Keys<BatchSpec>& batch_keys() {
  using B = BatchSpec;
  static const Keys<B> keys = {
      required(integer("global", &B::global, "sequences of a step")),
      integer("micro", &B::micro, "sequences of a micro-batch", 1, 1e6),
      required(integer("sequence", &B::sequence, "tokens of a sequence", 1, 100e6)),
  };
  return keys;
}

const Keys<OverlapSpec>& overlap_keys() {
  using O = OverlapSpec;
  static const Keys<O> keys = {
      flag("gradients", &O::gradients, "reduced beneath the backward pass"),
      flag("parameters", &O::parameters, "gathered beneath the forward pass"),
      flag("pipeline", &O::pipeline, "sent beneath compute"),
      flag("tensor", &O::tensor, "hidden beneath matrix products"),
      flag("expert", &O::expert, "all-to-all beneath compute"),
      flag("context", &O::context, "keys and values beneath attention"),
  };
  return keys;
}

void read_model_of(const Value& value, Reading& reading, T& job) {
  read_reference(value, LibraryKind::models, reading, model_keys(), job.model, finish_model);
}

void read_software_of(const Value& value, Reading& reading, T& job) {
  read_reference<SoftwareSpec>(value, LibraryKind::software, reading, software_keys(), job.software, nullptr);
}

} // namespace

const Keys<T>& pretraining_keys() {
  static const Keys<T> keys = {
      required(custom<T>("model", "a name from models: or scenarios/models/, or a mapping", "what is trained",
                         read_model_of)),
      section("parallelism", &T::parallelism, parallelism_keys, "how the cards share the work"),
      required(section("batch", &T::batch, batch_keys, "what a step processes")),
      choice("precision", &T::precision, "of the matrix products"),
      by_default(custom<T>("software", "a name from platforms/software/ or a mapping", "the stack that runs it",
                           read_software_of),
                 default_software),
      choice("recompute", &T::recompute, "activations that are not kept"),
      section("overlap", &T::overlap, overlap_keys, "what runs beneath compute; default: as the software does"),
      required(section("length", &T::length, length_keys, "exactly one of steps, tokens and time")),
      choice("algorithm", &T::algorithm, "of every collective of the job"),
      optional_section("dataset", &T::dataset, dataset_keys, "what is read; a sample is a sequence"),
      optional_section("checkpoint", &T::checkpoint, checkpoint_keys, "what is written, and how often"),
      belongs_to<T>("compute_per_step", JobType::training),
      belongs_to<T>("operation", JobType::collective),
      belongs_to<T>("bytes", JobType::collective),
      belongs_to<T>("repeat", JobType::collective),
      belongs_to<T>("replicas", JobType::inference),
      belongs_to<T>("requests", JobType::inference),
      belongs_to<T>("engine", JobType::inference),
      belongs_to<T>("slo", JobType::inference),
      belongs_to<T>("kv_precision", JobType::inference),
      belongs_to<T>("disaggregation", JobType::inference),
  };
  return keys;
}

} // namespace iccsim::scenario
