// Prompts: those that have begun, and who joins.
#include "engine/serving/attention_group.hpp"

#include <algorithm>

namespace iccsim::engine::serving {

void AttentionGroup::plan_prompts(bool admits) {
  int budget = settings_.chunked_prefill ? token_budget() : settings_.max_batched_tokens;
  continue_prompts(budget);
  if (admits && !pushed_out_) {
    admit(budget);
  }
}

void AttentionGroup::continue_prompts(int& budget) {
  for (std::size_t i = 0; i < prefilling_.size() && budget > 0; ++i) {
    const SequenceId id = prefilling_[i];
    const int left = pool_[id].target - pool_[id].computed;
    const int tokens = cut_prompts() ? std::min(budget, left) : left;
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

/// Its KV is on its way here.
void AttentionGroup::await(Sequence& sequence) {
  sequence.phase = SequencePhase::moving;
  ++moving_;
  fetching_ += sequence.comes_from_prefill() ? 0 : 1;
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
  await(sequence);
  return true;
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
  sequence.stored = settings_.below->locate(chain, found, found + stored);
  kv_.take(stored * per_hash);
  sequence.held = static_cast<int>(found);
  sequence.blocks = (found + stored) * per_hash;
  sequence.computed = static_cast<int>(found + stored) * chain.block_tokens();
  await(sequence);
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
  const int tokens = cut_prompts() ? std::min(budget, left) : left;
  const bool alone = chunks_.empty() && (!settings_.chunked_prefill || running() == 0);
  if (!cut_prompts() && tokens > budget && !alone) {
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

} // namespace iccsim::engine::serving
