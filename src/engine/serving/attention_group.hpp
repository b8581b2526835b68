// The scheduler of one attention data-parallel group: who is in the next iteration, with which tokens.
//
// Iteration-level batching with paged KV as vLLM's V1 engine does it: decodes first, then the chunks of prompts that
// have begun, then requests from the queue while tokens, places and blocks last. Whoever lacks a block pushes out the
// sequence that joined last; in that iteration none is admitted.
#pragma once

#include "engine/serving/decode_set.hpp"
#include "engine/serving/kv_memory.hpp"
#include "engine/serving/kv_tiers.hpp"
#include "engine/serving/waiting_queue.hpp"
#include "iccsim/scenario/inference.hpp"
#include "iccsim/workload/serving_cost.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace iccsim::engine::serving {

struct GroupSettings {
  int max_batch = 256;
  int max_batched_tokens = 8192;
  bool chunked_prefill = true; ///< false: prompts go alone and whole, decodes wait
  bool whole_prompts = false;  ///< with chunked_prefill: prompts go beside decodes, but whole
  int round_passes = 1;        ///< of the replica, see Replica
  int kv_block = 16;
  std::int64_t kv_blocks = 0;
  bool prefix_cache = false;
  bool swap = false; ///< KV of who is pushed out goes to host memory instead of being computed again
  bool by_priority = false;
  bool hands_over = false;  ///< a prefill replica: sequences leave when their prompt is done
  KvBelow* below = nullptr; ///< tiers that keep what memory drops; must outlive the group
  int draft_tokens = 0;
  double acceptance = 0;
  std::uint64_t seed = 1;
};

/// Told of what becomes of sequences. Called while a group plans or commits: nothing may call back into the group.
class GroupEvents {
public:
  virtual ~GroupEvents() = default;
  virtual void joined(SequenceId id) = 0;     ///< left the queue
  virtual void pushed_out(SequenceId id) = 0; ///< back in the queue
  /// Its KV must come from elsewhere; AttentionGroup::land() when it is there.
  virtual void fetch(SequenceId id) = 0;
  /// KV of `tokens` goes to host memory before the iteration begins; false: there is no room, it is computed again.
  virtual bool swap_out(SequenceId id, int tokens) = 0;
  virtual void prompt_token(double now) = 0;               ///< the token that comes with a prompt's end
  virtual void completed(SequenceId id, double now) = 0;   ///< all that it had is given back
  virtual void handed_over(SequenceId id, double now) = 0; ///< its prompt is done; KV stays until release()
  /// `times` x `count` gaps between tokens of requests of one priority: first_s, first_s + slope_s, ...
  virtual void gaps(std::uint32_t rank, double first_s, double slope_s, double times, double count) = 0;
  /// Prompt tokens looked up in a cache, and those found there.
  virtual void looked_up(int tokens, int found) = 0;
};

class AttentionGroup {
public:
  AttentionGroup(const GroupSettings& settings, SequencePool& pool, GroupEvents& events, double now);

  void enqueue(SequenceId id);
  /// Whether a sequence that was just enqueued could change the next iteration.
  bool may_join(SequenceId id) const;
  /// KV of a sequence that fetch() was called for has come.
  void land(SequenceId id, double now);
  /// KV of a sequence that was handed over is no longer needed.
  void release(SequenceId id, double now);
  /// No sequence is here: cached prefixes are lost.
  void forget() { kv_.forget(); }

  // One iteration: plan_decodes() and plan_prompts() in the order of the engine, then load(), then commit().
  void begin_plan(double now);
  void plan_decodes();
  /// `admits`: requests in the queue may join.
  void plan_prompts(bool admits);
  workload::IterationLoad load() const;
  /// Passes that the decodes can make with nothing else changing; at least 1.
  std::int64_t passes();
  /// `now` ends `passes` decode passes of first_s, first_s + slope_s, ... (or one iteration with prompts).
  void commit(double now, std::int64_t passes, double first_s, double slope_s);

  const DecodeSet& decodes() const { return decodes_; }
  bool has_chunks() const { return !chunks_.empty(); }
  std::size_t running() const { return decodes_.size() + prefilling_.size(); }
  std::size_t places() const { return running() + moving_ + landed_.size(); } ///< taken in the batch
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t moving() const { return moving_; }     ///< sequences whose KV is on its way here
  std::size_t fetching() const { return fetching_; } ///< those of them whose KV comes from a tier below
  bool held_back() const { return !waiting_.empty() || moving_ > 0 || handing_over_ > 0; }
  const KvMemory& kv() const { return kv_; }
  double chunk_tokens() const { return chunk_tokens_; }
  /// Blocks in use, over time.
  double block_seconds(double now) const { return block_seconds_ + (now - accounted_s_) * double(kv_.in_use()); }
  double peak_share() const {
    return static_cast<double>(std::max(peak_blocks_, kv_.in_use())) / static_cast<double>(kv_.capacity());
  }
  double emitted_tokens() const { return emitted_tokens_; } ///< less those of requests that are not completed
  void check() const { kv_.check(); }

private:
  struct Chunk {
    SequenceId id;
    int tokens;
  };

  std::int64_t blocks_for(int tokens) const { return (tokens + settings_.kv_block - 1) / settings_.kv_block; }
  int token_budget() const;
  std::int64_t watermark() const;
  bool cut_prompts() const { return settings_.chunked_prefill && !settings_.whole_prompts; }
  void account(double now);
  void seat_landed(double now);
  void start_decoding(SequenceId id);
  bool make_room(std::int64_t blocks, SequenceId for_id);
  SequenceId last_joined() const;
  void push_out(SequenceId id);
  void continue_prompts(int& budget);
  void admit(int& budget);
  bool admit_remote(SequenceId id);
  bool admit_stored(Sequence& sequence, std::int64_t found, std::int64_t stored);
  bool admit_prompt(SequenceId id, int& budget);
  void await(Sequence& sequence);
  void look_up(Sequence& sequence, int found);
  void reserve_pass();
  void commit_chunk(const Chunk& chunk, double now);
  void commit_decodes(double now, std::int64_t passes, double first_s, double slope_s);
  void report_gaps(double started_s, std::int64_t passes, double first_s, double slope_s);
  void publish(Sequence& sequence, int tokens);
  void give_back(const workload::BlockChain& chain, std::int64_t blocks, int held);
  void give_back(Sequence& sequence);
  void end(SequenceId id, double now);
  std::int32_t blocks_per_hash(const workload::BlockChain& chain) const;

  GroupSettings settings_;
  SequencePool& pool_;
  GroupEvents& events_;
  KvMemory kv_;
  DecodeSet decodes_;
  WaitingQueue waiting_;
  std::vector<SequenceId> prefilling_; ///< in the order of joining
  std::vector<SequenceId> landed_;
  std::size_t moving_ = 0;
  std::size_t fetching_ = 0;
  std::size_t handing_over_ = 0;
  std::vector<Chunk> chunks_; ///< of the planned iteration
  double chunk_tokens_ = 0;
  bool decoding_now_ = false; ///< decodes are in the planned iteration
  bool pushed_out_ = false;   ///< somebody was, in this plan
  std::int64_t reserved_ = 0; ///< blocks that the planned pass of the decodes takes
  std::uint64_t admissions_ = 0;
  double last_decode_s_ = 0; ///< when members that decoded before got their last token
  /// A member that has not decoded yet.
  struct Fresh {
    std::uint32_t rank;
    double last_token_s;
  };
  std::vector<Fresh> fresh_;
  double accounted_s_ = 0;
  double block_seconds_ = 0;
  std::int64_t peak_blocks_ = 0;
  double emitted_tokens_ = 0;
};

} // namespace iccsim::engine::serving
