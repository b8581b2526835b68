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
  index_.unlink(oldest);
  index_.erase(oldest);
  idle_ -= blocks;
  free_ += blocks;
  if (dropped_) {
    dropped_(hash, blocks);
  }
}

std::int64_t KvMemory::cached(const workload::BlockChain& chain, std::int64_t limit) const {
  std::int64_t k = 0;
  while (k < limit && index_.find(chain[k]) != BlockIndex::none) {
    ++k;
  }
  return k;
}

std::int64_t KvMemory::idle_blocks(const workload::BlockChain& chain, std::int64_t count) const {
  std::int64_t blocks = 0;
  for (std::int64_t k = 0; k < count; ++k) {
    const BlockIndex::Entry& entry = index_[index_.find(chain[k])];
    blocks += entry.holders == 0 ? entry.blocks : 0;
  }
  return blocks;
}

void KvMemory::hold(const workload::BlockChain& chain, std::int64_t count) {
  for (std::int64_t k = 0; k < count; ++k) {
    const BlockIndex::EntryId id = index_.find(chain[k]);
    BlockIndex::Entry& entry = index_[id];
    if (entry.holders++ == 0) {
      index_.unlink(id);
      idle_ -= entry.blocks;
      shared_ += entry.blocks;
    }
  }
}

void KvMemory::publish(const workload::BlockChain& chain, std::int64_t from, std::int64_t to,
                       std::int32_t blocks_per_hash) {
  for (std::int64_t k = from; k < to; ++k) {
    BlockIndex::EntryId id = index_.find(chain[k]);
    if (id != BlockIndex::none) {
      BlockIndex::Entry& entry = index_[id];
      if (entry.holders++ == 0) {
        index_.unlink(id);
        idle_ -= entry.blocks;
        shared_ += entry.blocks;
      }
      give_back(blocks_per_hash);
      continue;
    }
    id = index_.insert(chain[k]);
    index_[id].blocks = blocks_per_hash;
    index_[id].holders = 1;
    private_ -= blocks_per_hash;
    shared_ += blocks_per_hash;
  }
}

void KvMemory::release(const workload::BlockChain& chain, std::int64_t count) {
  for (std::int64_t k = count - 1; k >= 0; --k) {
    const BlockIndex::EntryId id = index_.find(chain[k]);
    BlockIndex::Entry& entry = index_[id];
    if (--entry.holders == 0) {
      index_.append(id);
      idle_ += entry.blocks;
      shared_ -= entry.blocks;
    }
  }
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
