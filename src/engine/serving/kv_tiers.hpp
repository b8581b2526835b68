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
  /// Blocks that something else than hashes has here from now on, at most all: hashes make way for it.
  Put set_aside(double blocks);
  void clear(); ///< of hashes
  double capacity() const { return capacity_; }
  double aside() const { return aside_; }
  double peak() const { return peak_; } ///< blocks that were here at once, set aside ones too

private:
  void push_out(double room, Put& done);
  void check();

  double capacity_;
  double blocks_ = 0;
  double aside_ = 0;
  double peak_ = 0;
  BlockIndex index_;
};

/// The tiers of one replica. What leaves device memory goes to host memory, from there to the drives; what is computed
/// goes to the shared store at once, so that other replicas find it. Host memory is one room for prefixes and for
/// sequences that were pushed out: those need theirs, prefixes make way.
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

  /// Room in host memory for a sequence; false: there is none, even without prefixes.
  bool swap_out(double blocks);
  void swap_in(double blocks) { host_.set_aside(host_.aside() - blocks); }
  double swapped() const { return host_.aside(); }
  /// Most blocks that lay in a tier of the replica's own at once.
  double peak(KvTier tier) const { return (tier == KvTier::host ? host_ : nvme_).peak(); }
  /// What the replica kept ends with it; a shared store does not.
  void forget();

  /// Blocks written to a tier since the last time.
  double take_written(KvTier tier);
  double written(KvTier tier) const { return written_[static_cast<int>(tier)]; }

private:
  void to_drives(const KvShelf::Put& left_host);

  KvShelf host_, nvme_;
  KvShelf* store_;
  double written_[kv_tiers] = {};
};

} // namespace iccsim::engine::serving
