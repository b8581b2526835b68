#include "engine/serving/kv_tiers.hpp"

#include <utility>

namespace iccsim::engine::serving {

void KvShelf::use(std::uint64_t hash) {
  const BlockIndex::EntryId id = index_.find(hash);
  index_.unlink(id);
  index_.append(id);
}

KvShelf::Put KvShelf::put(std::uint64_t hash, std::int32_t blocks) {
  Put done;
  if (has(hash)) {
    use(hash);
    return done;
  }
  if (blocks > capacity_) {
    done.pushed_out.emplace_back(hash, blocks);
    return done;
  }
  while (blocks_ + blocks > capacity_) {
    const BlockIndex::EntryId oldest = index_.oldest();
    done.pushed_out.emplace_back(index_[oldest].hash, index_[oldest].blocks);
    blocks_ -= index_[oldest].blocks;
    index_.unlink(oldest);
    index_.erase(oldest);
  }
  const BlockIndex::EntryId id = index_.insert(hash);
  index_[id].blocks = blocks;
  index_.append(id);
  blocks_ += blocks;
  done.stored = true;
  return done;
}

std::int64_t KvTiers::stored(const workload::BlockChain& chain, std::int64_t from, std::int64_t limit) const {
  std::int64_t k = from;
  for (; k < limit; ++k) {
    const std::uint64_t hash = chain[k];
    if (!host_.has(hash) && !nvme_.has(hash) && !(store_ != nullptr && store_->has(hash))) {
      break;
    }
  }
  return k - from;
}

void KvTiers::keep(std::uint64_t hash, std::int32_t blocks) {
  const KvShelf::Put on_host = host_.put(hash, blocks);
  written_[static_cast<int>(KvTier::host)] += on_host.stored ? blocks : 0;
  for (const auto& [pushed, size] : on_host.pushed_out) {
    written_[static_cast<int>(KvTier::nvme)] += nvme_.put(pushed, size).stored ? size : 0;
  }
}

void KvTiers::computed(const workload::BlockChain& chain, std::int64_t from, std::int64_t to, std::int32_t blocks) {
  for (std::int64_t k = from; store_ != nullptr && k < to; ++k) {
    written_[static_cast<int>(KvTier::store)] += store_->put(chain[k], blocks).stored ? blocks : 0;
  }
}

KvParts KvTiers::locate(const workload::BlockChain& chain, std::int64_t from, std::int64_t to) {
  KvParts found{};
  KvShelf* const shelves[] = {&host_, &nvme_, store_};
  for (std::int64_t k = from; k < to; ++k) {
    for (int tier = 0; tier < kv_tiers; ++tier) {
      if (shelves[tier] != nullptr && shelves[tier]->has(chain[k])) {
        shelves[tier]->use(chain[k]);
        ++found[static_cast<std::size_t>(tier)];
        break;
      }
    }
  }
  return found;
}

double KvTiers::take_written(KvTier tier) {
  return std::exchange(written_[static_cast<int>(tier)], 0);
}

} // namespace iccsim::engine::serving
