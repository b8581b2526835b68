// What an inference job derives from what it says: pools of replicas, the default stack, cards.
#include "scenario/inference_keys.hpp"
#include "scenario/quote.hpp"
#include "scenario/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

constexpr double most_replicas = 1e6;
constexpr long long most_cards = 100'000'000; ///< as of any job

using EngineHolder = std::optional<EngineSpec>;

/// `engine` inside a pool: keys that differ from the job's.
Keys<EngineHolder> pool_engine_keys(const EngineSpec& of_job) {
  Key<EngineHolder> key = custom<EngineHolder>("engine", "a mapping", "what differs from the job's engine",
                                               [of_job](const Value& value, Reading& reading, EngineHolder& engine) {
                                                 engine = of_job;
                                                 read_mapping(value, reading, engine_keys(), *engine);
                                               });
  key.info.children = [] { return infos_of(engine_keys()); };
  return {key};
}

/// A count of replicas shaped like the job's, or a mapping that says what differs.
void read_pool(const Value& value, Reading& reading, const InferenceSpec& spec, ReplicasSpec& replicas,
               EngineHolder& engine) {
  replicas = spec.replicas;
  replicas.count = 1;
  if (value.tree->is_scalar()) {
    if (const auto count = read_integer(value, reading, range::between(1, most_replicas))) {
      replicas.count = *count;
    }
    return;
  }
  const Keys<EngineHolder> engine_rows = pool_engine_keys(spec.engine);
  std::vector<BoundKey> keys = bind(replicas_keys(), replicas);
  const std::vector<BoundKey> more = bind(engine_rows, engine);
  keys.insert(keys.end(), more.begin(), more.end());
  read_mapping(value, reading, keys);
}

void read_disaggregation(const Value& value, Reading& reading, InferenceSpec& spec) {
  DisaggregationSpec split;
  const auto pool = [&](const char* name, const char* meaning, ReplicasSpec DisaggregationSpec::*replicas,
                        EngineHolder DisaggregationSpec::*engine) {
    return required(
        custom<DisaggregationSpec>(name, "a count or a mapping", meaning,
                                   [&spec, replicas, engine](const Value& v, Reading& r, DisaggregationSpec& s) {
                                     read_pool(v, r, spec, s.*replicas, s.*engine);
                                   }));
  };
  const Keys<DisaggregationSpec> keys = {
      pool("prefill", "replicas that compute prompts", &DisaggregationSpec::prefill,
           &DisaggregationSpec::prefill_engine),
      pool("decode", "replicas that write answers", &DisaggregationSpec::decode, &DisaggregationSpec::decode_engine),
  };
  read_mapping(value, reading, keys, split);
  spec.disaggregation = split;
}

/// `replicas.count` beside `disaggregation` is either left out or its sum.
void count_pools(const Value& job, Reading& reading, InferenceSpec& spec) {
  const long long sum = 1LL * spec.disaggregation->prefill.count + spec.disaggregation->decode.count;
  const Tree::Entry* replicas = job.tree->find("replicas");
  const bool given = replicas != nullptr && replicas->value.find("count") != nullptr;
  const bool sure = reading.trusts(job.path + ".replicas.count") && reading.trusts(job.path + ".disaggregation");
  if (given && sure && spec.replicas.count != sum) {
    reading.fail(job.seek("replicas.count"),
                 fmt::format("{} replicas, and disaggregation splits them into {} + {}", spec.replicas.count,
                             spec.disaggregation->prefill.count, spec.disaggregation->decode.count),
                 fmt::format("{}, or no count", sum));
  }
  spec.replicas.count = static_cast<int>(std::min<long long>(sum, static_cast<long long>(most_replicas)));
}

/// The default stack is looked up as if the job named it.
void read_default_software(const Value& job, Reading& reading, InferenceSpec& spec) {
  Tree name;
  name.kind = Tree::Kind::scalar;
  name.spot = job.tree->spot;
  name.text = default_serving_software;
  read_reference<SoftwareSpec>(Value(name, joined(job.path, "software")), LibraryKind::software, reading,
                               software_keys(), spec.software, nullptr);
}

void price_drafts(const Value& job, Reading& reading, InferenceSpec& spec) {
  if (!spec.engine.speculative.draft.empty() && reading.trusts(joined(job.path, "model"))) {
    price_draft(job.seek("engine.speculative.draft"), reading, spec.model, spec.engine.speculative);
  }
}

/// Pools that name a draft model of their own; the others have the job's.
void price_drafts_of_pools(const Value& job, Reading& reading, InferenceSpec& spec) {
  for (const auto& [pool, engine] : {std::pair{"prefill", &spec.disaggregation->prefill_engine},
                                     std::pair{"decode", &spec.disaggregation->decode_engine}}) {
    const bool own = *engine && (*engine)->speculative.draft != spec.engine.speculative.draft;
    if (own && reading.trusts(joined(job.path, "model"))) {
      price_draft(job.seek(fmt::format("disaggregation.{}.engine.speculative.draft", pool)), reading, spec.model,
                  (*engine)->speculative);
    }
  }
}

long long cards_of(const ReplicasSpec& replicas) {
  return 1LL * replicas.tensor * replicas.data * replicas.pipeline;
}

/// As wide as a job may be; counts of a million multiply beyond what 64 bits hold.
long long times(long long cards, long long count) {
  return count > most_cards / std::max(1LL, cards) ? most_cards + 1 : cards * count;
}

long long cards_of(const InferenceSpec& spec) {
  if (spec.disaggregation) {
    return times(cards_of(spec.disaggregation->prefill), spec.disaggregation->prefill.count) +
           times(cards_of(spec.disaggregation->decode), spec.disaggregation->decode.count);
  }
  const int most = spec.autoscale ? std::max(spec.autoscale->max, spec.replicas.count) : spec.replicas.count;
  return times(cards_of(spec.replicas), most);
}

/// `cards` follow from the replicas; given ones must agree.
void count_cards(const Value& job, Reading& reading, JobSpec& spec) {
  for (const char* input : {".replicas", ".disaggregation", ".autoscale", ".cards"}) {
    if (!reading.trusts(job.path + input)) {
      reading.distrust(job.path + ".cards"); // what the job needs is not known
      spec.cards = 0;
      return;
    }
  }
  const long long cards = cards_of(std::get<InferenceSpec>(spec.what));
  const bool given = job.tree->find("cards") != nullptr;
  if (cards > most_cards) {
    reading.fail(job.seek("replicas"), "the replicas hold more cards than any job may",
                 fmt::format("at most {} cards", most_cards));
    reading.distrust(job.path + ".cards");
    return;
  }
  if (given && spec.cards != cards) {
    reading.fail(job.seek("cards"), fmt::format("{} cards, and the replicas hold {}", spec.cards, cards),
                 fmt::format("{}, or no cards at all", cards));
  }
  spec.cards = static_cast<int>(cards);
}

} // namespace

std::vector<KeyInfo> describe_disaggregation_keys() {
  std::vector<KeyInfo> pools;
  for (const auto& [name, meaning] : {std::pair{"prefill", "replicas that compute prompts: how many, or a mapping"},
                                      std::pair{"decode", "replicas that write answers: how many, or a mapping"}}) {
    KeyInfo info = declare::info(name, "a count or a mapping", "", "", meaning);
    info.about.required = true;
    info.children = [] {
      std::vector<KeyInfo> keys = infos_of(replicas_keys());
      keys.push_back(infos_of(pool_engine_keys({})).front());
      return keys;
    };
    pools.push_back(std::move(info));
  }
  return pools;
}

void finish_inference(const Value& job, Reading& reading, JobSpec& spec) {
  auto& inference = std::get<InferenceSpec>(spec.what);
  if (job.tree->find("software") == nullptr && reading.trusts(joined(job.path, "software"))) {
    read_default_software(job, reading, inference);
  }
  price_drafts(job, reading, inference);
  if (const Tree::Entry* split = job.tree->find("disaggregation")) {
    read_disaggregation(job.child(*split), reading, inference);
    count_pools(job, reading, inference);
    price_drafts_of_pools(job, reading, inference);
  }
  count_cards(job, reading, spec);
}

} // namespace iccsim::scenario
