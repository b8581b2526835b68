// KV blocks of one attention group: free, private to a sequence, or cached under the hash of what they hold.
#pragma once

#include "engine/serving/block_index.hpp"
#include "iccsim/workload/block_chain.hpp"

#include <functional>

namespace iccsim::engine::serving {

/// Blocks are counted, not numbered: all are alike but for their hashes. A cached block that nobody holds may be
/// taken, the longest unused first; a sequence gives its blocks back last first, so that beginnings live longest: where
/// a hash is cached, all before it in its chain are. A holder counts at the last hash that it holds, and each held hash
/// once at its parent, so that what is held already costs nothing more, and what is found is found by halving.
class KvMemory {
public:
  /// Told of cached blocks that are dropped.
  using Dropped = std::function<void(std::uint64_t hash, std::int32_t blocks)>;

  explicit KvMemory(std::int64_t capacity, Dropped dropped = {})
      : capacity_(capacity), free_(capacity), dropped_(std::move(dropped)) {}

  std::int64_t capacity() const { return capacity_; }
  std::int64_t available() const { return free_ + idle_; } ///< free, or cached and held by nobody
  std::int64_t free() const { return free_; }
  std::int64_t in_use() const { return capacity_ - available(); }

  /// Private blocks; at most available().
  void take(std::int64_t blocks);
  void give_back(std::int64_t blocks);

  /// How many of the chain's first `limit` hashes are cached, from the first on without a gap.
  std::int64_t cached(const workload::BlockChain& chain, std::int64_t limit) const;
  /// Blocks among the chain's first `count` (all cached) that nobody holds: hold() makes them unavailable.
  std::int64_t idle_blocks(const workload::BlockChain& chain, std::int64_t count) const;
  void hold(const workload::BlockChain& chain, std::int64_t count);
  /// Private blocks behind hashes `from` .. `to` - 1 become cached ones, held by their owner; where the hash is cached
  /// already, the owner holds that and its own copy is given back.
  void publish(const workload::BlockChain& chain, std::int64_t from, std::int64_t to, std::int32_t blocks_per_hash);
  /// No longer holds the first `count`.
  void release(const workload::BlockChain& chain, std::int64_t count);
  /// Nothing is held: what is cached is lost, and nobody is told.
  void forget();

  /// Throws InternalError unless the counts agree with the entries: for the end of a run, and tests.
  void check() const;

private:
  void drop_oldest();
  void erase(BlockIndex::EntryId idle);
  std::int64_t cached_from(const workload::BlockChain& chain, std::int64_t known, std::int64_t limit) const;
  BlockIndex::EntryId last_of(const workload::BlockChain& chain, std::int64_t count) const;
  void acquire(BlockIndex::EntryId id);
  void let_go(BlockIndex::EntryId id);

  std::int64_t capacity_;
  std::int64_t free_;
  std::int64_t idle_ = 0;   ///< cached, held by nobody
  std::int64_t shared_ = 0; ///< cached and held
  std::int64_t private_ = 0;
  Dropped dropped_;
  BlockIndex index_;
};

} // namespace iccsim::engine::serving
