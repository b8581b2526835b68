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
  landed_.push_back(id);
}

void AttentionGroup::release(SequenceId id, double now) {
  account(now);
  --handing_over_;
  Sequence& sequence = pool_[id];
  give_back(sequence.request.blocks, std::exchange(sequence.origin_blocks, 0), std::exchange(sequence.origin_held, 0));
}

void AttentionGroup::account(double now) {
  block_seconds_ += (now - accounted_s_) * static_cast<double>(kv_.in_use());
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
  seat_landed();
}

void AttentionGroup::seat_landed() {
  for (const SequenceId id : landed_) {
    Sequence& sequence = pool_[id];
    sequence.admitted = admissions_++;
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
  fresh_.push_back(sequence.last_token_s);
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
      fresh_.erase(std::find(fresh_.begin(), fresh_.end(), sequence.last_token_s));
    } else {
      sequence.last_token_s = last_decode_s_;
    }
    sequence.blocks = decodes_.blocks(sequence);
    const int tokens = decodes_.tokens(sequence);
    const int emitted = decodes_.emitted(sequence);
    emitted_tokens_ += emitted - decodes_.expected(sequence); // whole tokens only
    sequence.emitted = emitted;
    decodes_.remove(id);
    if (settings_.swap) {
      sequence.target = sequence.computed = tokens;
      sequence.swapped = true;
      events_.swap_out(id, tokens);
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

void AttentionGroup::plan_prompts() {
  int budget = settings_.chunked_prefill ? token_budget() : settings_.max_batched_tokens;
  continue_prompts(budget);
  if (!pushed_out_) {
    admit(budget);
  }
}

void AttentionGroup::continue_prompts(int& budget) {
  for (std::size_t i = 0; i < prefilling_.size() && budget > 0; ++i) {
    const SequenceId id = prefilling_[i];
    const int left = pool_[id].target - pool_[id].computed;
    const int tokens = settings_.chunked_prefill ? std::min(budget, left) : left;
    const std::int64_t blocks = std::max<std::int64_t>(0, blocks_for(pool_[id].computed + tokens) - pool_[id].blocks);
    if (!make_room(blocks, id)) {
      push_out(id);
      return;
    }
    kv_.take(blocks);
    pool_[id].blocks += blocks;
    chunks_.push_back({id, tokens});
    chunk_tokens_ += tokens;
    budget -= tokens;
  }
}

void AttentionGroup::admit(int& budget) {
  while (!waiting_.empty() && budget > 0 && places() < static_cast<std::size_t>(settings_.max_batch)) {
    const SequenceId id = waiting_.head().id;
    const bool remote = pool_[id].swapped || pool_[id].remote;
    if (!(remote ? admit_remote(id) : admit_prompt(id, budget))) {
      return;
    }
    waiting_.pop();
    events_.joined(id);
    if (pool_[id].phase == SequencePhase::moving) {
      events_.fetch(id);
    }
  }
}

bool AttentionGroup::admit_remote(SequenceId id) {
  Sequence& sequence = pool_[id];
  const std::int64_t blocks = blocks_for(sequence.target);
  if (blocks + watermark() > kv_.available()) {
    return false;
  }
  kv_.take(blocks);
  sequence.blocks = blocks;
  sequence.computed = sequence.target;
  sequence.swapped = sequence.remote = false;
  sequence.phase = SequencePhase::moving;
  ++moving_;
  return true;
}

std::int32_t AttentionGroup::blocks_per_hash(const workload::BlockChain& chain) const {
  const bool whole = !chain.empty() && chain.block_tokens() % settings_.kv_block == 0;
  return settings_.prefix_cache && whole ? chain.block_tokens() / settings_.kv_block : 0;
}

void AttentionGroup::look_up(Sequence& sequence, int found) {
  if (!sequence.seen) {
    events_.looked_up(sequence.request.prompt_tokens, found);
    sequence.seen = true;
  }
}

/// The next hashes lie in a tier below: they are fetched into blocks of its own before it joins the batch.
bool AttentionGroup::admit_stored(Sequence& sequence, std::int64_t found, std::int64_t stored) {
  const workload::BlockChain& chain = sequence.request.blocks;
  const std::int32_t per_hash = blocks_per_hash(chain);
  if (stored * per_hash + kv_.idle_blocks(chain, found) + watermark() > kv_.available()) {
    return false;
  }
  kv_.hold(chain, found);
  kv_.take(stored * per_hash);
  sequence.held = static_cast<int>(found);
  sequence.blocks = (found + stored) * per_hash;
  sequence.computed = static_cast<int>(found + stored) * chain.block_tokens();
  sequence.stored_from = static_cast<int>(found);
  sequence.stored_to = static_cast<int>(found + stored);
  sequence.phase = SequencePhase::moving;
  ++moving_;
  look_up(sequence, sequence.computed);
  return true;
}

bool AttentionGroup::admit_prompt(SequenceId id, int& budget) {
  Sequence& sequence = pool_[id];
  const workload::BlockChain& chain = sequence.request.blocks;
  const std::int32_t per_hash = blocks_per_hash(chain);
  // The last token is computed in any case: its logits are wanted.
  const std::int64_t limit =
      per_hash > 0 ? std::min<std::int64_t>(chain.size(), (sequence.target - 1) / chain.block_tokens()) : 0;
  const std::int64_t found = kv_.cached(chain, limit);
  const std::int64_t stored = settings_.below != nullptr ? settings_.below->stored(chain, found, limit) : 0;
  if (stored > 0) {
    return admit_stored(sequence, found, stored);
  }
  const int computed = static_cast<int>(found) * chain.block_tokens();
  const int left = sequence.target - computed;
  const int tokens = settings_.chunked_prefill ? std::min(budget, left) : left;
  if (!settings_.chunked_prefill && tokens > budget && !chunks_.empty()) {
    return false; // a prompt beyond the budget goes alone
  }
  const std::int64_t shared = found * per_hash;
  const std::int64_t blocks = blocks_for(computed + tokens) - shared;
  if (blocks + kv_.idle_blocks(chain, found) + watermark() > kv_.available()) {
    return false;
  }
  kv_.hold(chain, found);
  kv_.take(blocks);
  look_up(sequence, computed);
  sequence.held = static_cast<int>(found);
  sequence.blocks = shared + blocks;
  sequence.computed = computed;
  sequence.phase = SequencePhase::prefilling;
  sequence.admitted = admissions_++;
  prefilling_.push_back(id);
  chunks_.push_back({id, tokens});
  chunk_tokens_ += tokens;
  budget -= tokens;
  return true;
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
  return decodes_.passes_within(reserved_ + kv_.available(), decodes_.passes_to_end());
}

void AttentionGroup::commit(double now, std::int64_t passes, double first_s, double slope_s) {
  if (decoding_now_ && !decodes_.empty()) {
    commit_decodes(now, passes, first_s, slope_s);
  } else {
    account(now);
  }
  peak_blocks_ = std::max(peak_blocks_, kv_.in_use());
  for (const Chunk& chunk : chunks_) {
    commit_chunk(chunk, now);
  }
  SequenceId ended = 0;
  while (decodes_.ended(ended)) {
    Sequence& sequence = pool_[ended];
    sequence.blocks = decodes_.blocks(sequence);
    sequence.computed = decodes_.tokens(sequence);
    decodes_.remove(ended);
    end(ended, now);
  }
  chunks_.clear();
  chunk_tokens_ = 0;
  decoding_now_ = false;
  reserved_ = 0;
}

void AttentionGroup::commit_decodes(double now, std::int64_t passes, double first_s, double slope_s) {
  const double duration_s = first_s * double(passes) + slope_s * double(passes) * double(passes - 1) / 2;
  account(now);
  if (passes > 1) {
    block_seconds_ += decodes_.block_seconds(passes, first_s, slope_s) - duration_s * static_cast<double>(reserved_);
  }
  kv_.take(decodes_.blocks_needed(passes) - reserved_);
  report_gaps(now - duration_s, passes, first_s, slope_s);
  emitted_tokens_ += decodes_.growth() * static_cast<double>(passes);
  decodes_.advance(passes);
  last_decode_s_ = now;
  fresh_.clear();
}

void AttentionGroup::report_gaps(double started_s, std::int64_t passes, double first_s, double slope_s) {
  const double first_end_s = started_s + first_s;
  const std::size_t veterans = decodes_.size() - fresh_.size();
  if (veterans > 0) {
    events_.gaps(first_end_s - last_decode_s_, 0, 1, static_cast<double>(veterans));
  }
  for (const double last_token_s : fresh_) {
    events_.gaps(first_end_s - last_token_s, 0, 1, 1);
  }
  if (passes > 1) {
    events_.gaps(first_s + slope_s, slope_s, static_cast<double>(passes - 1), static_cast<double>(decodes_.size()));
  }
}

/// Its first full blocks of `tokens` computed ones may be shared from now on.
void AttentionGroup::publish(Sequence& sequence, int tokens) {
  const workload::BlockChain& chain = sequence.request.blocks;
  const std::int32_t per_hash = blocks_per_hash(chain);
  if (per_hash == 0) {
    return;
  }
  const std::int64_t full = std::min<std::int64_t>(chain.size(), tokens / chain.block_tokens());
  if (full > sequence.held) {
    kv_.publish(chain, sequence.held, full, per_hash);
    if (settings_.below != nullptr) {
      settings_.below->computed(chain, sequence.held, full, per_hash);
    }
    sequence.held = static_cast<int>(full);
  }
}

void AttentionGroup::give_back(const workload::BlockChain& chain, std::int64_t blocks, int held) {
  kv_.give_back(blocks - (held > 0 ? held * blocks_per_hash(chain) : 0));
  kv_.release(chain, held);
}

void AttentionGroup::give_back(Sequence& sequence) {
  give_back(sequence.request.blocks, std::exchange(sequence.blocks, 0), std::exchange(sequence.held, 0));
}

void AttentionGroup::commit_chunk(const Chunk& chunk, double now) {
  const SequenceId id = chunk.id;
  Sequence& sequence = pool_[id];
  sequence.computed += chunk.tokens;
  publish(sequence, sequence.computed);
  if (sequence.computed < sequence.target) {
    return;
  }
  prefilling_.erase(std::find(prefilling_.begin(), prefilling_.end(), id));
  emitted_tokens_ += 1;
  events_.prompt_token(now);
  if (sequence.emitted++ == 0) {
    sequence.first_token_s = now;
  } else {
    events_.gaps(now - sequence.last_token_s, 0, 1, 1);
  }
  sequence.last_token_s = now;
  if (sequence.emitted == sequence.request.output_tokens) {
    end(id, now);
  } else if (settings_.hands_over) {
    sequence.phase = SequencePhase::handing_over;
    sequence.origin = sequence.group;
    sequence.origin_blocks = std::exchange(sequence.blocks, 0);
    sequence.origin_held = std::exchange(sequence.held, 0);
    sequence.remote = sequence.handed = true;
    ++handing_over_;
    events_.handed_over(id, now);
  } else {
    start_decoding(id);
  }
}

void AttentionGroup::end(SequenceId id, double now) {
  Sequence& sequence = pool_[id];
  publish(sequence, sequence.computed);
  give_back(sequence);
  emitted_tokens_ -= sequence.request.output_tokens;
  events_.completed(id, now);
}

} // namespace iccsim::engine::serving
