#include "engine/serving/attention_group.hpp"

#include "engine/serving/accepted_tokens.hpp"
#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine::serving {
namespace {

KvMemory::Dropped keeper(KvBelow* below) {
  if (below == nullptr) {
    return {};
  }
  return [below](std::uint64_t hash, std::int32_t blocks) { below->keep(hash, blocks); };
}

} // namespace

AttentionGroup::AttentionGroup(const GroupSettings& settings, SequencePool& pool, GroupEvents& events, double now)
    : settings_(settings), pool_(pool), events_(events), kv_(settings.kv_blocks, keeper(settings.below)),
      decodes_(pool, settings.kv_block, settings.draft_tokens), accounted_s_(now) {}

void AttentionGroup::enqueue(SequenceId id) {
  Sequence& sequence = pool_[id];
  sequence.phase = SequencePhase::waiting;
  waiting_.push({settings_.by_priority ? sequence.request.priority : 0, sequence.ticket, id});
}

bool AttentionGroup::may_join(SequenceId id) const {
  return waiting_.head().id == id && places() < static_cast<std::size_t>(settings_.max_batch) && token_budget() > 0;
}

void AttentionGroup::land(SequenceId id, double now) {
  account(now);
  pool_[id].phase = SequencePhase::landed;
  publish(pool_[id], pool_[id].computed);
  --moving_;
  fetching_ -= pool_[id].comes_from_prefill() ? 0 : 1;
  landed_.push_back(id);
}

void AttentionGroup::release(SequenceId id, double now) {
  account(now);
  --handing_over_;
  Sequence& sequence = pool_[id];
  give_back(sequence.request.blocks, std::exchange(sequence.origin_blocks, 0), std::exchange(sequence.origin_held, 0));
}

void AttentionGroup::account(double now) {
  if (now <= accounted_s_) {
    return;
  }
  block_seconds_ += (now - accounted_s_) * static_cast<double>(kv_.in_use());
  peak_blocks_ = std::max(peak_blocks_, kv_.in_use());
  accounted_s_ = now;
}

int AttentionGroup::token_budget() const {
  const std::int64_t decodes = static_cast<std::int64_t>(decodes_.size()) * (1 + settings_.draft_tokens);
  return static_cast<int>(std::max<std::int64_t>(0, settings_.max_batched_tokens - decodes));
}

/// Blocks that admission leaves free, so that the next passes need not push somebody out: vLLM's first scheduler keeps
/// one in a hundred, its chunking one none.
std::int64_t AttentionGroup::watermark() const {
  return settings_.chunked_prefill || running() == 0 ? 0 : kv_.capacity() / 100;
}

void AttentionGroup::begin_plan(double now) {
  account(now);
  chunks_.clear();
  chunk_tokens_ = 0;
  decoding_now_ = false;
  pushed_out_ = false;
  reserved_ = 0;
  seat_landed(now);
}

/// A token that came with a prompt elsewhere is streamed to the client by who decodes, once it has the KV and begins
/// (SGLang and vLLM with prefill and decode apart; Dynamo alike).
void AttentionGroup::seat_landed(double now) {
  for (const SequenceId id : landed_) {
    Sequence& sequence = pool_[id];
    sequence.admitted = admissions_++;
    if (sequence.comes_from_prefill()) {
      sequence.first_token_s = sequence.last_token_s = sequence.streamed_s = now;
    }
    if (sequence.computed == sequence.target) {
      start_decoding(id);
    } else {
      sequence.phase = SequencePhase::prefilling;
      prefilling_.push_back(id);
    }
  }
  landed_.clear();
}

void AttentionGroup::start_decoding(SequenceId id) {
  Sequence& sequence = pool_[id];
  const std::uint64_t key =
      settings_.seed ^ (sequence.request.number << 20) ^ static_cast<std::uint64_t>(sequence.emitted);
  const int left = sequence.request.output_tokens - sequence.emitted;
  decodes_.add(id, speculative_passes(platform::mix_hash(key), left, settings_.draft_tokens, settings_.acceptance));
  fresh_.push_back({sequence.rank, sequence.last_token_s});
}

/// The sequence that joined last, of the lowest priority where priorities count.
SequenceId AttentionGroup::last_joined() const {
  const auto goes_first = [this](SequenceId a, SequenceId b) {
    const Sequence& x = pool_[a];
    const Sequence& y = pool_[b];
    if (settings_.by_priority && x.request.priority != y.request.priority) {
      return x.request.priority < y.request.priority;
    }
    return x.admitted > y.admitted;
  };
  SequenceId last = decodes_.empty() ? prefilling_.back() : decodes_.members().front();
  for (const std::vector<SequenceId>* list : {&decodes_.members(), &prefilling_}) {
    for (const SequenceId id : *list) {
      last = goes_first(id, last) ? id : last;
    }
  }
  return last;
}

void AttentionGroup::reserve_pass() {
  reserved_ = decodes_.blocks_needed(1);
  kv_.take(reserved_);
}

void AttentionGroup::push_out(SequenceId id) {
  Sequence& sequence = pool_[id];
  if (sequence.phase == SequencePhase::decoding) {
    if (decoding_now_) {
      kv_.give_back(reserved_);
    }
    const bool fresh = sequence.start_pass == decodes_.pass();
    if (fresh) {
      fresh_.erase(std::find_if(fresh_.begin(), fresh_.end(), [&](const Fresh& f) {
        return f.rank == sequence.rank && f.last_token_s == sequence.last_token_s;
      }));
    } else {
      sequence.last_token_s = last_decode_s_;
    }
    sequence.blocks = decodes_.blocks(sequence);
    const int tokens = decodes_.tokens(sequence);
    const int emitted = decodes_.emitted(sequence);
    emitted_tokens_ += emitted - decodes_.expected(sequence); // whole tokens only
    sequence.emitted = emitted;
    decodes_.remove(id);
    if (settings_.swap && events_.swap_out(id, tokens)) {
      sequence.target = sequence.computed = tokens;
      sequence.swapped = true;
    }
    if (decoding_now_) {
      reserve_pass();
    }
  } else {
    prefilling_.erase(std::find(prefilling_.begin(), prefilling_.end(), id));
    const auto planned = std::find_if(chunks_.begin(), chunks_.end(), [id](const Chunk& c) { return c.id == id; });
    if (planned != chunks_.end()) {
      chunk_tokens_ -= planned->tokens;
      chunks_.erase(planned);
    }
    ++sequence.epoch;
  }
  give_back(sequence);
  if (!sequence.swapped) {
    sequence.computed = 0;
    sequence.target = sequence.request.prompt_tokens + sequence.emitted;
  }
  pushed_out_ = true;
  enqueue(id);
  events_.pushed_out(id);
}

/// Pushes out sequences until `blocks` are there; false when that would take `for_id` itself.
bool AttentionGroup::make_room(std::int64_t blocks, SequenceId for_id) {
  while (blocks > kv_.available()) {
    const SequenceId last = last_joined();
    if (last == for_id) {
      return false;
    }
    push_out(last);
  }
  return true;
}

void AttentionGroup::plan_decodes() {
  while (decodes_.blocks_needed(1) > kv_.available()) {
    push_out(last_joined());
  }
  decoding_now_ = true;
  reserve_pass();
}

std::int32_t AttentionGroup::blocks_per_hash(const workload::BlockChain& chain) const {
  const bool whole = !chain.empty() && chain.block_tokens() % settings_.kv_block == 0;
  return settings_.prefix_cache && whole ? chain.block_tokens() / settings_.kv_block : 0;
}

workload::IterationLoad AttentionGroup::load() const {
  workload::IterationLoad load;
  for (const Chunk& chunk : chunks_) {
    const double tokens = chunk.tokens;
    load.prompt_tokens += tokens;
    load.prompt_pairs += tokens * (pool_[chunk.id].computed + (tokens + 1) / 2);
  }
  load.prompt_sequences = static_cast<double>(chunks_.size());
  if (decoding_now_) {
    load.decode_sequences = static_cast<double>(decodes_.size());
    load.decode_tokens = load.decode_sequences * (1 + settings_.draft_tokens);
    load.decode_context = decodes_.context();
  }
  return load;
}

std::int64_t AttentionGroup::passes() {
  constexpr std::int64_t no_limit = std::int64_t{1} << 40;
  if (decodes_.empty()) {
    return no_limit;
  }
  if (pushed_out_) {
    return 1; // requests may be admitted after it
  }
  // What leaves for a tier below sets out with the pass that needs its place, so that pass begins a stretch.
  const std::int64_t blocks = settings_.below != nullptr ? kv_.free() : kv_.available();
  return std::max<std::int64_t>(1, decodes_.passes_within(reserved_ + blocks, decodes_.passes_to_end()));
}

void AttentionGroup::give_back(const workload::BlockChain& chain, std::int64_t blocks, int held) {
  kv_.give_back(blocks - (held > 0 ? held * blocks_per_hash(chain) : 0));
  kv_.release(chain, held);
}

void AttentionGroup::give_back(Sequence& sequence) {
  give_back(sequence.request.blocks, std::exchange(sequence.blocks, 0), std::exchange(sequence.held, 0));
}

} // namespace iccsim::engine::serving
