#include "engine/serving/kv_memory.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

namespace iccsim::engine::serving {

void KvMemory::take(std::int64_t blocks) {
  if (blocks > available() || blocks < 0) {
    throw metrics::InternalError(fmt::format("{} KV blocks are taken where {} are left", blocks, available()));
  }
  while (free_ < blocks) {
    drop_oldest();
  }
  free_ -= blocks;
  private_ += blocks;
}

void KvMemory::give_back(std::int64_t blocks) {
  if (blocks > private_ || blocks < 0) {
    throw metrics::InternalError(fmt::format("{} KV blocks are given back of {} taken", blocks, private_));
  }
  free_ += blocks;
  private_ -= blocks;
}

void KvMemory::drop_oldest() {
  const BlockIndex::EntryId oldest = index_.oldest();
  const std::uint64_t hash = index_[oldest].hash;
  const std::int32_t blocks = index_[oldest].blocks;
  erase(oldest);
  if (dropped_) {
    dropped_(hash, blocks);
  }
}

void KvMemory::erase(BlockIndex::EntryId idle) {
  idle_ -= index_[idle].blocks;
  free_ += index_[idle].blocks;
  index_.unlink(idle);
  index_.erase(idle);
}

void KvMemory::forget() {
  while (index_.oldest() != BlockIndex::none) {
    erase(index_.oldest());
  }
}

std::int64_t KvMemory::cached(const workload::BlockChain& chain, std::int64_t limit) const {
  return cached_from(chain, 0, limit);
}

/// Where a hash is cached, those before it are: steps that double, then halves of the last one.
std::int64_t KvMemory::cached_from(const workload::BlockChain& chain, std::int64_t known, std::int64_t limit) const {
  std::int64_t found = known; // that many are cached
  std::int64_t beyond = limit + 1;
  for (std::int64_t step = 1; found + step <= limit; step *= 2) {
    if (index_.find(chain[found + step - 1]) == BlockIndex::none) {
      beyond = found + step;
      break;
    }
    found += step;
  }
  while (beyond - found > 1) {
    const std::int64_t middle = found + (beyond - found) / 2;
    (index_.find(chain[middle - 1]) == BlockIndex::none ? beyond : found) = middle;
  }
  return found;
}

std::int64_t KvMemory::idle_blocks(const workload::BlockChain& chain, std::int64_t count) const {
  std::int64_t blocks = 0;
  for (BlockIndex::EntryId id = last_of(chain, count); id != BlockIndex::none && index_[id].holders == 0;
       id = index_[id].parent) {
    blocks += index_[id].blocks;
  }
  return blocks;
}

BlockIndex::EntryId KvMemory::last_of(const workload::BlockChain& chain, std::int64_t count) const {
  return count > 0 ? index_.find(chain[count - 1]) : BlockIndex::none;
}

/// One more holds the entry; what nobody held so far holds its parent from now on.
void KvMemory::acquire(BlockIndex::EntryId id) {
  for (; id != BlockIndex::none && index_[id].holders++ == 0; id = index_[id].parent) {
    index_.unlink(id);
    idle_ -= index_[id].blocks;
    shared_ += index_[id].blocks;
  }
}

void KvMemory::let_go(BlockIndex::EntryId id) {
  for (; id != BlockIndex::none && --index_[id].holders == 0; id = index_[id].parent) {
    index_.append(id);
    idle_ += index_[id].blocks;
    shared_ -= index_[id].blocks;
  }
}

void KvMemory::hold(const workload::BlockChain& chain, std::int64_t count) {
  acquire(last_of(chain, count));
}

void KvMemory::publish(const workload::BlockChain& chain, std::int64_t from, std::int64_t to,
                       std::int32_t blocks_per_hash) {
  BlockIndex::EntryId last = last_of(chain, from);
  const std::int64_t found = cached_from(chain, from, to);
  if (found > from) {
    const BlockIndex::EntryId deeper = last_of(chain, found);
    acquire(deeper);
    let_go(last);
    give_back((found - from) * blocks_per_hash);
    last = deeper;
  }
  for (std::int64_t k = found; k < to; ++k) { // each takes over the hold on the one before it
    const BlockIndex::EntryId id = index_.insert(chain[k]);
    index_[id].blocks = blocks_per_hash;
    index_[id].holders = 1;
    index_[id].parent = last;
    last = id;
  }
  private_ -= (to - found) * blocks_per_hash;
  shared_ += (to - found) * blocks_per_hash;
}

void KvMemory::release(const workload::BlockChain& chain, std::int64_t count) {
  let_go(last_of(chain, count));
}

void KvMemory::check() const {
  std::int64_t idle = 0;
  for (BlockIndex::EntryId id = index_.oldest(); id != BlockIndex::none; id = index_[id].after) {
    idle += index_[id].blocks;
  }
  if (idle != idle_ || free_ < 0 || private_ < 0 || shared_ < 0 || free_ + idle_ + shared_ + private_ != capacity_) {
    throw metrics::InternalError(fmt::format("KV blocks do not add up: {} free, {} idle ({} listed), {} shared, {} "
                                             "private of {}",
                                             free_, idle_, idle, shared_, private_, capacity_));
  }
}

} // namespace iccsim::engine::serving
