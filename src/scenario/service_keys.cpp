// jobs[].replicas, .slo and .autoscale of type inference
#include "scenario/inference_keys.hpp"

namespace iccsim::scenario {
namespace {

using D = Dimension;

constexpr double most_cards = 1e6;

template <typename Member> Key<SloSpec> promise(std::string name, Member SloSpec::*member, std::string meaning) {
  return quantity(std::move(name), member, D::time, range::positive, std::move(meaning));
}

} // namespace

const Keys<ReplicasSpec>& replicas_keys() {
  using R = ReplicasSpec;
  static const Keys<R> keys = {
      integer("count", &R::count, "of equal replicas", 1, most_cards),
      integer("tensor", &R::tensor, "cards that share each layer", 1, most_cards),
      integer("pipeline", &R::pipeline, "stages of layers", 1, most_cards),
      integer("data", &R::data, "attention groups with requests and KV of their own", 1, most_cards),
      integer("expert", &R::expert, "cards that share the routed experts", 1, most_cards),
      by_default(integer("expert_tensor", &R::expert_tensor, "cards that cut each expert", 1, most_cards),
                 "tensor x data / expert"),
      integer("redundant_experts", &R::redundant_experts, "copies of busy experts, over all expert ranks", 0, 65536),
      flag("expert_balancing", &R::expert_balancing, "copies and places of experts follow the load"),
  };
  return keys;
}

const Keys<SloSpec>& slo_keys() {
  using S = SloSpec;
  static const Keys<S> keys = {
      promise("ttft_p50", &S::ttft_p50_s, "half of the first tokens come within"),
      promise("ttft_p90", &S::ttft_p90_s, "90% of the first tokens come within"),
      promise("ttft_p99", &S::ttft_p99_s, "99% of the first tokens come within"),
      promise("tpot_p50", &S::tpot_p50_s, "median time of one output token after the first"),
      promise("tpot_p90", &S::tpot_p90_s, "the same, of 90% of the requests"),
      promise("tpot_p99", &S::tpot_p99_s, "the same, of 99% of the requests"),
      promise("e2e_p99", &S::e2e_p99_s, "99% of the answers end within"),
  };
  return keys;
}

const Keys<AutoscaleSpec>& autoscale_keys() {
  using A = AutoscaleSpec;
  static const Keys<A> keys = {
      integer("min", &A::min, "replicas at least", 1, most_cards),
      required(integer("max", &A::max, "replicas at most", 1, most_cards)),
      by_default(ratio("target_queue", &A::target_queue, range::positive,
                       "requests waiting, a replica: as many replicas as that asks for"),
                 "not looked at"),
      by_default(ratio("target_requests", &A::target_requests, range::positive,
                       "requests waiting or in batches, a replica, likewise"),
                 "not looked at"),
      by_default(quantity("target_kv", &A::target_kv, D::share, range::positive_share, "mean KV occupancy, likewise"),
                 "not looked at"),
      quantity("tolerance", &A::tolerance, D::share, range::share, "a load so near to its target changes nothing"),
      quantity("interval", &A::interval_s, D::time, range::positive, "between looks"),
      quantity("scale_down_after", &A::scale_down_after_s, D::time, range::not_negative,
               "replicas that nothing has asked for so long end, each with its last request"),
      quantity("scale_up_after", &A::scale_up_after_s, D::time, range::not_negative,
               "replicas that were asked for all that time start"),
      quantity("start", &A::start_s, D::time, range::not_negative,
               "process start and warm-up beside the loading of weights"),
  };
  return keys;
}

} // namespace iccsim::scenario
