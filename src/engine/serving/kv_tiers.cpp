#include "engine/serving/kv_tiers.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
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
  if (blocks > capacity_ - aside_) {
    done.pushed_out.emplace_back(hash, blocks);
    return done;
  }
  push_out(blocks, done);
  const BlockIndex::EntryId id = index_.insert(hash);
  index_[id].blocks = blocks;
  index_.append(id);
  blocks_ += blocks;
  done.stored = true;
  check();
  return done;
}

KvShelf::Put KvShelf::set_aside(double blocks) {
  Put done;
  aside_ = blocks;
  push_out(0, done);
  check();
  return done;
}

void KvShelf::clear() {
  index_ = BlockIndex();
  blocks_ = 0;
}

/// The least recently used go until there is room for so many blocks more.
void KvShelf::push_out(double room, Put& done) {
  while (blocks_ > 0 && blocks_ + aside_ + room > capacity_) {
    const BlockIndex::EntryId oldest = index_.oldest();
    done.pushed_out.emplace_back(index_[oldest].hash, index_[oldest].blocks);
    blocks_ -= index_[oldest].blocks;
    index_.unlink(oldest);
    index_.erase(oldest);
  }
}

void KvShelf::check() {
  peak_ = std::max(peak_, blocks_ + aside_);
  if (blocks_ + aside_ > capacity_ || aside_ < 0) {
    throw metrics::InternalError(fmt::format("KV of {} blocks of prefixes and {} of sequences lies in a tier of {}",
                                             blocks_, aside_, capacity_));
  }
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
  to_drives(on_host);
}

void KvTiers::to_drives(const KvShelf::Put& left_host) {
  for (const auto& [pushed, size] : left_host.pushed_out) {
    written_[static_cast<int>(KvTier::nvme)] += nvme_.put(pushed, size).stored ? size : 0;
  }
}

bool KvTiers::swap_out(double blocks) {
  if (host_.aside() + blocks > host_.capacity()) {
    return false;
  }
  to_drives(host_.set_aside(host_.aside() + blocks));
  return true;
}

void KvTiers::forget() {
  host_.clear();
  nvme_.clear();
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
