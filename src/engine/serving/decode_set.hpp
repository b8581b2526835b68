// The decoding sequences of one attention group: all advance together, one pass at a time or many at once.
#pragma once

#include "engine/serving/sequence.hpp"

namespace iccsim::engine::serving {

/// Work per change of the set, not per token: what a pass reads grows by the sum of rates, completions are ordered by
/// the pass that brings them, and sequences are counted by the pass (modulo the block size) in which they need a block.
/// With draft tokens rates differ, and blocks are counted sequence by sequence.
class DecodeSet {
public:
  DecodeSet(SequencePool& pool, int kv_block, int draft_tokens);

  std::size_t size() const { return members_.size(); }
  bool empty() const { return members_.empty(); }
  const std::vector<SequenceId>& members() const { return members_; }
  /// Members by the rank of their priority.
  const std::vector<std::size_t>& ranks() const { return ranks_; }
  std::int64_t pass() const { return pass_; }
  double context() const { return context_; } ///< KV tokens that the next pass reads, its own among them
  double growth() const { return growth_; }   ///< tokens that a pass adds

  /// The sequence has `target` tokens in KV and gets its last token in `passes` (>= 1) passes.
  void add(SequenceId id, std::int64_t passes);
  void remove(SequenceId id);
  void advance(std::int64_t passes);

  /// Passes until one has its last token; only of a set that is not empty.
  std::int64_t passes_to_end();
  /// One that has its last token; it stays until remove(). False: none.
  bool ended(SequenceId& id);

  /// Blocks, over those that there are, that `passes` more passes write to.
  std::int64_t blocks_needed(std::int64_t passes) const;
  /// The most passes, up to `limit`, whose blocks_needed() is at most `blocks`.
  std::int64_t passes_within(std::int64_t blocks, std::int64_t limit) const;
  /// Sum over `passes` passes j = 0, 1, ... of (first_s + j x slope_s) x blocks_needed(j + 1).
  double block_seconds(std::int64_t passes, double first_s, double slope_s) const;

  // Of a member, now.
  int tokens(const Sequence& member) const; ///< whose KV is there
  int emitted(const Sequence& member) const;
  /// The same when a pass of speculated tokens counts for its share of them.
  double expected(const Sequence& member) const {
    return member.emitted + member.rate * static_cast<double>(pass_ - member.start_pass);
  }
  std::int64_t blocks(const Sequence& member) const;

private:
  struct End {
    std::int64_t pass;
    std::uint64_t admitted;
    SequenceId id;
    std::uint32_t epoch;
  };
  static bool later(const End& a, const End& b) { return a.pass != b.pass ? a.pass > b.pass : a.admitted > b.admitted; }
  void drop_stale();
  std::int64_t blocks_at(const Sequence& member, std::int64_t pass) const;
  std::int64_t& due(const Sequence& member) { return due_[residue(member.target - member.start_pass)]; }
  std::size_t residue(std::int64_t value) const;
  std::int64_t due_in(std::int64_t pass) const { return due_[residue(-pass)]; }
  bool even() const { return draft_tokens_ == 0; } ///< every member gains one token a pass

  SequencePool& pool_;
  int kv_block_;
  int draft_tokens_;
  std::vector<SequenceId> members_;
  std::vector<std::size_t> ranks_;
  std::vector<End> ends_;         ///< a heap, the earliest first
  std::vector<std::int64_t> due_; ///< members that need a block in passes p with (p + index) % kv_block == 0
  std::int64_t pass_ = 0;
  double context_ = 0;
  double growth_ = 0;
};

} // namespace iccsim::engine::serving
