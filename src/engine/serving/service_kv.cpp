// Where KV goes beside the memory of its group.
#include "engine/serving/service.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine::serving {
namespace {

constexpr double piece_blocks = 256;
constexpr double while_s = 1;

} // namespace

/// Tiers below device memory, where the service has some and keeps prefixes at all.
void Service::make_tiers(const ReplicaPlan& plan, GroupSettings& settings) {
  if (!plan.settings.prefix_cache || plan.host_bytes + plan.nvme_bytes + plan.store_bytes <= 0) {
    tiers_.emplace_back();
    return;
  }
  const double block_bytes = plan.costs->kv_bytes_per_token() * plan.settings.kv_block;
  if (plan.store_bytes > 0 && !store_) {
    double bytes = 0;
    for (const ReplicaPlan& other : setup_.replicas) {
      bytes = std::max(bytes, other.store_bytes);
    }
    store_ = std::make_unique<KvShelf>(bytes / block_bytes);
  }
  tiers_.push_back(
      std::make_unique<KvTiers>(KvTiers::Sizes{plan.host_bytes / block_bytes, plan.nvme_bytes / block_bytes},
                                plan.store_bytes > 0 ? store_.get() : nullptr));
  settings.below = tiers_.back().get();
}

double Service::kv_bytes(std::uint32_t group, double tokens) const {
  return replicas_[replica_of_[group]]->costs().kv_bytes_per_token() * tokens;
}

void Service::fetch(SequenceId id) {
  Sequence& sequence = pool_[id];
  const double bytes = kv_bytes(sequence.group, sequence.target);
  const auto land = [this, id] { replica_of(pool_[id].group).land(id, clock_.now()); };
  if (sequence.stored != KvParts{}) {
    fetch_stored(id, land);
    return;
  }
  if (!sequence.handed) {
    machine_.fetch(KvTier::host, sequence.group, bytes, land);
    return;
  }
  meter_.transferred(bytes);
  sequence.handed = false;
  const std::uint32_t origin = sequence.origin;
  const auto arrive = [this, id, origin, land] {
    Replica& left = replica_of(origin);
    left.release(origin - left.first_group(), id, clock_.now());
    land();
  };
  const auto move = [this, id, origin, bytes, arrive] { machine_.hand_over(origin, pool_[id].group, bytes, arrive); };
  setup_.hand_over_s > 0 ? clock_.at(clock_.now() + setup_.hand_over_s, move) : move();
}

/// From every tier that has some of it, at once; it lands with the last.
void Service::fetch_stored(SequenceId id, const Done& land) {
  Sequence& sequence = pool_[id];
  const workload::BlockChain& chain = sequence.request.blocks;
  const KvParts hashes = std::exchange(sequence.stored, KvParts{});
  const auto pending =
      std::make_shared<int>(static_cast<int>(std::count_if(hashes.begin(), hashes.end(), [](int n) { return n > 0; })));
  for (int tier = 0; tier < kv_tiers; ++tier) {
    const int found = hashes[static_cast<std::size_t>(tier)];
    if (found > 0) {
      const double bytes = kv_bytes(sequence.group, 1.0 * found * chain.block_tokens());
      machine_.fetch(static_cast<KvTier>(tier), sequence.group, bytes, [pending, land] {
        if (--*pending == 0) {
          land();
        }
      });
    }
  }
}

double Service::keeps_in_s(const Replica& replica) const {
  const std::size_t i = replica.index();
  if (!tiers_[i]) {
    return never_s;
  }
  double most = 0;
  for (int tier = 0; tier < kv_tiers; ++tier) {
    most = std::max(most, tiers_[i]->written(static_cast<KvTier>(tier)));
  }
  if (most <= 0) {
    return never_s;
  }
  return most >= piece_blocks ? 0 : std::max(0.0, written_s_[i] + while_s - clock_.now());
}

/// What tiers took in goes there in pieces of many blocks, or of what a while brought, beside everything else.
void Service::write_back(std::size_t i) {
  const Replica& replica = *replicas_[i];
  const bool late = clock_.now() >= written_s_[i] + while_s;
  for (int tier = 0; tier < kv_tiers; ++tier) {
    const double blocks = tiers_[i]->written(static_cast<KvTier>(tier));
    if (blocks >= piece_blocks || (late && blocks > 0)) {
      written_s_[i] = clock_.now();
      tiers_[i]->take_written(static_cast<KvTier>(tier));
      machine_.keep(static_cast<KvTier>(tier), replica.first_group(),
                    kv_bytes(replica.first_group(), blocks * setup_.replicas[i].settings.kv_block));
    }
  }
}

void Service::swap_out(SequenceId id, int tokens) {
  const std::uint32_t group = pool_[id].group;
  const double bytes = kv_bytes(group, tokens);
  stall_s_[replica_of_[group]] += machine_.to_host_s(group, bytes);
  machine_.keep(KvTier::host, group, bytes);
}

double Service::take_stall_s(Replica& replica) {
  return std::exchange(stall_s_[replica.index()], 0);
}

} // namespace iccsim::engine::serving
