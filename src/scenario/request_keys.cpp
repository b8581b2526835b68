// jobs[].requests of type inference
#include "scenario/inference_keys.hpp"
#include "scenario/list.hpp"

namespace iccsim::scenario {
namespace {

using R = RequestsSpec;
using D = Dimension;

constexpr double most_tokens = 100e6;
constexpr std::size_t most_points = 10'000;

const Keys<RatePoint>& point_keys() {
  using P = RatePoint;
  static const Keys<P> keys = {
      required(quantity("at", &P::at_s, D::time, range::not_negative, "since the job began")),
      required(quantity("rate", &P::rate_per_s, D::rate, range::not_negative, "of requests, then")),
  };
  return keys;
}

const Keys<ArrivalSpec>& arrival_keys() {
  using A = ArrivalSpec;
  static const Keys<A> keys = {
      choice("process", &A::process, "when requests come"),
      quantity("rate", &A::rate_per_s, D::rate, range::positive, "of requests, mean"),
      ratio("cv", &A::cv, range::positive, "gamma: coefficient of variation of the gaps"),
      integer("concurrency", &A::concurrency, "closed: clients", 1, 100e6),
      quantity("think", &A::think_s, D::time, range::not_negative, "closed: mean pause of a client"),
      list_of_sections("curve", &A::curve, point_keys, "rate over time, straight between the points", most_points),
      by_default(quantity("period", &A::period_s, D::time, range::positive, "the curve repeats"),
                 "its last rate holds"),
      quantity("ramp", &A::ramp_s, D::time, range::not_negative, "closed: clients start evenly over this time"),
  };
  return keys;
}

const Keys<LengthsSpec>& lengths_keys() {
  using L = LengthsSpec;
  static const Keys<L> keys = {
      choice("distribution", &L::distribution, "how lengths vary"),
      quantity("mean", &L::mean, D::count, range::between(0, most_tokens), "constant and lognormal"),
      ratio("cv", &L::cv, range::between(0, 100), "lognormal: coefficient of variation"),
      quantity("min", &L::low, D::count, range::between(0, most_tokens), "uniform; lognormal is cut there"),
      quantity("max", &L::high, D::count, range::between(0, most_tokens), "uniform; lognormal is cut there"),
      text("file", &L::file, "empirical: one number a line, relative to the scenario"),
  };
  return keys;
}

/// A mapping, or a bare count that is always the same.
template <typename Spec> Key<Spec> lengths(std::string name, LengthsSpec Spec::*member, std::string meaning) {
  Key<Spec> key = custom<Spec>(
      std::move(name), "a count or a mapping", std::move(meaning),
      [member](const Value& value, Reading& reading, Spec& spec) {
        if (!value.tree->is_scalar()) {
          read_mapping(value, reading, lengths_keys(), spec.*member);
        } else if (const auto count = read_quantity(value, reading, D::count, range::between(1, most_tokens))) {
          (spec.*member).mean = *count;
        }
      });
  key.info.children = [] { return infos_of(lengths_keys()); };
  return key;
}

const Keys<TurnsSpec>& turns_keys() {
  using T = TurnsSpec;
  static const Keys<T> keys = {
      required(lengths("count", &T::count, "turns of a conversation")),
      quantity("think", &T::think_s, D::time, range::not_negative, "mean pause before the next turn"),
  };
  return keys;
}

const Keys<SharedPrefixSpec>& shared_prefix_keys() {
  using S = SharedPrefixSpec;
  static const Keys<S> keys = {
      required(quantity("tokens", &S::tokens, D::count, range::between(1, most_tokens), "that a group shares")),
      integer("groups", &S::groups, "different beginnings", 1, 100e6),
      ratio("skew", &S::skew, range::between(0, 100), "Zipf exponent of their popularity; 0: all alike"),
  };
  return keys;
}

const Keys<PrioritySpec>& priority_keys() {
  using P = PrioritySpec;
  static const Keys<P> keys = {
      required(integer("priority", &P::priority, "higher goes first", -1'000'000, 1'000'000)),
      required(quantity("share", &P::share, D::share, range::positive_share, "of the requests")),
  };
  return keys;
}

} // namespace

const Keys<R>& requests_keys() {
  static const Keys<R> keys = {
      section("arrival", &R::arrival, arrival_keys, "when requests come"),
      lengths("prompt", &R::prompt, "tokens of a prompt"),
      lengths("output", &R::output, "tokens of an answer"),
      section("turns", &R::turns, turns_keys, "conversations: each prompt holds what was said before"),
      section("shared_prefix", &R::shared_prefix, shared_prefix_keys, "beginnings that requests share"),
      list_of_sections("priorities", &R::priorities, priority_keys, "classes of requests", 1000),
      by_default(quantity("count", &R::count, D::count, range::at_least_one, "requests"), "until the duration ends"),
      text("trace", &R::trace, "a file instead of the processes above, relative to the scenario"),
      choice("format", &R::format, "of the trace"),
      ratio("time_scale", &R::time_scale, range::positive, "the trace's times are multiplied by this"),
      integer("repeat", &R::repeat, "the trace is played so many times", 1, 1'000'000),
      integer("block_tokens", &R::block_tokens, "mooncake: tokens behind one hash", 1, 1'000'000),
  };
  return keys;
}

} // namespace iccsim::scenario
