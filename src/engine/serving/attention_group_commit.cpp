// What an iteration has done when it ends.
#include "engine/serving/attention_group.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine::serving {

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
  for (std::uint32_t rank = 0; rank < decodes_.ranks().size(); ++rank) {
    const double members = static_cast<double>(decodes_.ranks()[rank]);
    double veterans = members;
    for (const Fresh& fresh : fresh_) {
      if (fresh.rank == rank) {
        events_.gaps(rank, first_end_s - fresh.last_token_s, 0, 1, 1);
        --veterans;
      }
    }
    if (veterans > 0) {
      events_.gaps(rank, first_end_s - last_decode_s_, 0, 1, veterans);
    }
    if (passes > 1 && members > 0) {
      events_.gaps(rank, first_s + slope_s, slope_s, static_cast<double>(passes - 1), members);
    }
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
    events_.gaps(sequence.rank, now - sequence.last_token_s, 0, 1, 1);
  }
  sequence.last_token_s = now;
  if (sequence.emitted == sequence.request.output_tokens) {
    end(id, now);
  } else if (settings_.hands_over) {
    sequence.phase = SequencePhase::handing_over;
    sequence.prefilled_s = now;
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
