// platforms/software/NAME.yaml
#include "scenario/calibration_keys.hpp"
#include "scenario/file_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using S = SoftwareSpec;

constexpr std::size_t most_chips = 1024;

/// `overlap` fills members of the stack itself.
void read_overlap(const Value& value, Reading& reading, S& software) {
  static const Keys<S> keys = {
      flag("gradients", &S::overlap_gradients, "reduced beneath the backward pass"),
      flag("parameters", &S::overlap_parameters, "gathered beneath the forward pass"),
      flag("pipeline", &S::overlap_pipeline, "sent beneath compute"),
      quantity("tensor", &S::overlap_tensor, Dimension::share, range::share, "hidden beneath matrix products"),
      quantity("expert", &S::overlap_expert, Dimension::share, range::share, "hidden beneath compute"),
      quantity("context", &S::overlap_context, Dimension::share, range::share, "hidden beneath attention"),
  };
  read_mapping(value, reading, keys, software);
}

void read_chips(const Value& value, Reading& reading, S& software) {
  if (!value.tree->is_mapping() || value.tree->entries.size() > most_chips) {
    reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)),
                 fmt::format("a mapping from names of chips to calibrations, at most {}", most_chips));
    return;
  }
  for (const Tree::Entry& entry : value.tree->entries) {
    read_calibration(value.child(entry), reading, software.chips[entry.key]);
  }
}

void read_fallback(const Value& value, Reading& reading, S& software) {
  read_calibration(value, reading, software.fallback.emplace());
}

} // namespace

const Keys<S>& software_keys() {
  static const Keys<S> keys = [] {
    Key<S> chips = custom<S>("chips", "a mapping from names of chips to calibrations",
                             "how well the stack's kernels run on a chip", read_chips);
    chips.info.children = [] { return infos_of(calibration_keys()); };
    return together<S>(
        file_keys<S>(),
        {
            text("title", &S::title, "one line for people"),
            flag("fused_attention", &S::fused_attention, "scores never reach device memory"),
            flag("fused_softmax", &S::fused_softmax, "scale, mask and softmax in one kernel"),
            flag("fused_experts", &S::fused_expert_bias,
                 "experts' padding, casts, weighing, biases and clamps belong to their fused kernels"),
            flag("fused_elementwise", &S::fused_elementwise, "bias and activation, dropout and add in one kernel"),
            flag("causal_skips", &S::causal_skips, "the masked half of the scores is not computed"),
            flag("dropout", &S::dropout, "attention and hidden dropout are active"),
            quantity("fp32_gradients", &S::fp32_gradients, Dimension::share, range::share,
                     "1: gradients are reduced in fp32, 0: in the training precision"),
            ratio("gradient_accumulation_bytes", &S::gradient_accumulation_bytes, range::not_negative,
                  "device-memory bytes a parameter to add a micro-batch's gradient"),
            flag("sharded_reduce_scatter", &S::sharded_reduce_scatter, "false: ZeRO-1 reduces with all_reduce"),
            flag("pipeline_scatter_gather", &S::pipeline_scatter_gather,
                 "each tensor rank sends its share of an activation"),
            quantity("tensor_backward_hidden", &S::tensor_backward_hidden, Dimension::share, range::share,
                     "share of the backward's tensor traffic that is always hidden"),
            quantity("sharded_parameters_hidden", &S::sharded_parameters_hidden, Dimension::share, range::share,
                     "share of ZeRO-3's gathers that overlap hides"),
            quantity("fp8_dispatch", &S::fp8_dispatch, Dimension::share, range::share,
                     "1: expert dispatch travels in 8 bits, 0: in 16"),
            flag("dispatch_once", &S::dispatch_once,
                 "tokens cross the fabric once for each scale-up domain that holds one of their experts"),
            flag("gathers_tokens", &S::gathers_tokens,
                 "serving: every rank of attention data parallelism gathers the tokens of all, for its experts"),
            flag("windowed_kv", &S::windowed_kv, "serving: windowed layers keep KV of their window alone"),
            flag("dense_short_prompts", &S::dense_short_prompts,
                 "serving: prompts no longer than an indexer's choice attend to all of their tokens"),
            ratio("logit_bytes", &S::logit_bytes, range::not_negative, "device-memory bytes of a logit"),
            custom<S>("overlap", "a mapping", "what runs beneath compute unless a job says otherwise", read_overlap),
            std::move(chips),
            custom<S>("fallback", "a mapping", "the calibration of chips not listed", read_fallback),
            texts("sources", &S::sources, "where the numbers come from"),
        });
  }();
  return keys;
}

} // namespace iccsim::scenario
