// Where KV blocks live on when device memory drops them: host memory, drives, a store that all replicas share.
#pragma once

#include "engine/serving/block_index.hpp"
#include "iccsim/workload/block_chain.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace iccsim::engine::serving {

enum class KvTier { host, nvme, store };
inline constexpr int kv_tiers = 3;
using KvParts = std::array<std::int32_t, kv_tiers>; ///< hashes by the tier that has them

/// What a group asks of the tiers below its memory.
class KvBelow {
public:
  virtual ~KvBelow() = default;
  /// How many hashes of the chain from `from` on, below `limit`, some tier has, without a gap.
  virtual std::int64_t stored(const workload::BlockChain& chain, std::int64_t from, std::int64_t limit) const = 0;
  /// The same hashes by the fastest tier that has each; they count as used. To be asked before device memory makes
  /// room for them: what it drops may push them out of their tier.
  virtual KvParts locate(const workload::BlockChain& chain, std::int64_t from, std::int64_t to) = 0;
  /// A block that device memory drops.
  virtual void keep(std::uint64_t hash, std::int32_t blocks) = 0;
  /// Blocks that have just been computed, `blocks` for each hash.
  virtual void computed(const workload::BlockChain& chain, std::int64_t from, std::int64_t to, std::int32_t blocks) = 0;
};

/// Hashes up to a number of blocks; the least recently used go first.
class KvShelf {
public:
  static constexpr double endless = std::numeric_limits<double>::infinity();
  explicit KvShelf(double capacity_blocks) : capacity_(capacity_blocks) {}

  bool has(std::uint64_t hash) const { return index_.find(hash) != BlockIndex::none; }
  void use(std::uint64_t hash);
  struct Put {
    bool stored = false;
    std::vector<std::pair<std::uint64_t, std::int32_t>> pushed_out;
  };
  /// A hash that is there already is only used.
  Put put(std::uint64_t hash, std::int32_t blocks);
  double blocks() const { return blocks_; }

private:
  double capacity_;
  double blocks_ = 0;
  BlockIndex index_;
};

/// The tiers of one replica. What leaves device memory goes to host memory, from there to the drives; what is computed
/// goes to the shared store at once, so that other replicas find it.
class KvTiers : public KvBelow {
public:
  struct Sizes {
    double host_blocks = 0;
    double nvme_blocks = 0;
  };
  /// `store` may be null and must outlive the tiers.
  KvTiers(Sizes sizes, KvShelf* store) : host_(sizes.host_blocks), nvme_(sizes.nvme_blocks), store_(store) {}

  std::int64_t stored(const workload::BlockChain& chain, std::int64_t from, std::int64_t limit) const override;
  KvParts locate(const workload::BlockChain& chain, std::int64_t from, std::int64_t to) override;
  void keep(std::uint64_t hash, std::int32_t blocks) override;
  void computed(const workload::BlockChain& chain, std::int64_t from, std::int64_t to, std::int32_t blocks) override;

  /// Blocks written to a tier since the last time.
  double take_written(KvTier tier);
  double written(KvTier tier) const { return written_[static_cast<int>(tier)]; }

private:
  KvShelf host_, nvme_;
  KvShelf* store_;
  double written_[kv_tiers] = {};
};

} // namespace iccsim::engine::serving
