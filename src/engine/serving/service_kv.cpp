// Where KV goes beside the memory of its group.
#include "engine/serving/service.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine::serving {
namespace {

constexpr double piece_blocks = 256;
constexpr double while_s = 1;

} // namespace

/// Tiers below device memory, where the service has some, and keeps prefixes or swaps sequences.
void Service::make_tiers(const ReplicaPlan& plan, GroupSettings& settings) {
  const bool keeps = plan.settings.prefix_cache && plan.host_bytes + plan.nvme_bytes + plan.store_bytes > 0;
  if (!keeps && !(plan.settings.swap && plan.host_bytes > 0)) {
    tiers_.emplace_back();
    return;
  }
  const double block_bytes = block_bytes_of(plan);
  if (keeps && plan.store_bytes > 0 && !store_) {
    double bytes = 0;
    for (const ReplicaPlan& other : setup_.replicas) {
      bytes = std::max(bytes, other.store_bytes);
    }
    store_ = std::make_unique<KvShelf>(bytes / block_bytes);
  }
  tiers_.push_back(
      std::make_unique<KvTiers>(KvTiers::Sizes{plan.host_bytes / block_bytes, plan.nvme_bytes / block_bytes},
                                keeps && plan.store_bytes > 0 ? store_.get() : nullptr));
  settings.below = keeps ? tiers_.back().get() : nullptr;
}

double Service::block_bytes_of(const ReplicaPlan& plan) {
  return plan.costs->kv_bytes_per_token() * plan.settings.kv_block;
}

double Service::host_blocks(const Sequence& sequence) const {
  return std::ceil(1.0 * sequence.target / setup_.replicas[replica_of_[sequence.group]].settings.kv_block);
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
    machine_.fetch(KvTier::host, sequence.group, bytes, [this, id, land] {
      tiers_[replica_of_[pool_[id].group]]->swap_in(host_blocks(pool_[id]));
      land();
    });
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

bool Service::swap_out(SequenceId id, int tokens) {
  const std::uint32_t group = pool_[id].group;
  const std::uint32_t replica = replica_of_[group];
  const int block = setup_.replicas[replica].settings.kv_block;
  if (!tiers_[replica] || !tiers_[replica]->swap_out(std::ceil(1.0 * tokens / block))) {
    return false;
  }
  const double bytes = kv_bytes(group, tokens);
  stall_s_[replica] += machine_.to_host_s(group, bytes);
  machine_.keep(KvTier::host, group, bytes);
  return true;
}

/// Throws where a tier held more than it has room for, or still holds KV of sequences when there are none.
double Service::kv_peak_bytes(KvTier tier) const {
  constexpr double rounding = 1e-9;
  double most = 0;
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    const ReplicaPlan& plan = setup_.replicas[i];
    const double room = tier == KvTier::host ? plan.host_bytes : plan.nvme_bytes;
    const double peak = tiers_[i] ? tiers_[i]->peak(tier) * block_bytes_of(plan) : 0;
    if (peak > room * (1 + rounding) || (pool_.live() == 0 && tiers_[i] && tiers_[i]->swapped() != 0)) {
      throw metrics::InternalError(fmt::format("replica {} had KV of {} bytes in a tier of {}, and {} blocks of "
                                               "sequences are left there",
                                               i, peak, room, tiers_[i] ? tiers_[i]->swapped() : 0));
    }
    most = std::max(most, peak);
  }
  return tier == KvTier::store ? (store_ ? store_->peak() * block_bytes_of(setup_.replicas.front()) : 0) : most;
}

double Service::take_stall_s(Replica& replica) {
  return std::exchange(stall_s_[replica.index()], 0);
}

} // namespace iccsim::engine::serving
