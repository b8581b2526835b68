// Datasets and checkpoints: what they name must exist.
#include "scenario/input_keys.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"
#include "scenario/unit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

using Result = std::optional<Mistake>;

const StorageSpec* find(const PlatformSpec& platform, const std::string& name) {
  for (const StorageSpec& storage : platform.storage) {
    if (storage.name == name) {
      return &storage;
    }
  }
  return nullptr;
}

bool on_drives(const StorageSpec& storage) {
  return storage.kind == StorageKind::local_nvme ||
         (storage.kind == StorageKind::tiered && storage.cache == CacheMedium::nvme);
}

struct LevelFacts {
  const CheckpointLevelSpec& level;
  const JobSpec& job;
  const PlatformSpec& platform;
};

struct CheckpointFacts {
  const CheckpointSpec& checkpoint;
  const JobSpec& job;
  const PlatformSpec& platform;
};

Result storage_goes_with_tier(const LevelFacts& f) {
  const bool needs = f.level.tier == CheckpointTier::storage;
  if (needs && f.level.storage.empty()) {
    return Mistake{"a level on storage needs to say which", "a name from platform.storage", ""};
  }
  if (!needs && !f.level.storage.empty()) {
    return Mistake{fmt::format("a level in {} lies on no storage", name_of(f.level.tier)), "to: storage", ""};
  }
  return std::nullopt;
}

Result level_has_drives(const LevelFacts& f) {
  return f.level.tier != CheckpointTier::nvme || pools_have_drives(f.job, f.platform)
             ? std::nullopt
             : Result(Mistake{"a level on drives, and the job's nodes have none", "nodes with nvme", ""});
}

Result level_has_peer(const LevelFacts& f) {
  if (f.level.tier != CheckpointTier::peer) {
    return std::nullopt;
  }
  long long nodes = 0;
  bool in_one_node = false;
  for (const NodePoolSpec* pool : usable_pools(f.job, f.platform)) {
    nodes += pool->count;
    in_one_node = in_one_node || f.job.cards <= pool->node.cards;
  }
  if (nodes < 2) {
    return Mistake{"a level in another node's memory, and there is one node", "two nodes or more", ""};
  }
  return in_one_node ? Result(Mistake{
                           fmt::format("a level in the memory of another of the job's nodes, and one node has its {} "
                                       "cards",
                                       f.job.cards),
                           "a job of two nodes or more", ""})
                     : std::nullopt;
}

Result level_has_peers(const CheckpointFacts& f) {
  const bool to_peer = std::any_of(f.checkpoint.levels.begin(), f.checkpoint.levels.end(),
                                   [](const auto& level) { return level.tier == CheckpointTier::peer; });
  return to_peer && f.checkpoint.writers == CheckpointWriters::rank0
             ? Result(Mistake{"rank 0 writes alone, and a level lies in the memory of another writer's node", "sharded",
                              ""})
             : std::nullopt;
}

/// A node's part of the checkpoint, where the file says how large that is: states of a model fit wherever the model
/// does.
Result snapshot_fits(const CheckpointFacts& f) {
  const CheckpointSpec& c = f.checkpoint;
  const bool in_memory = c.asynchronous || std::any_of(c.levels.begin(), c.levels.end(), [](const auto& level) {
                           return level.tier == CheckpointTier::host_memory;
                         });
  if (!in_memory || c.bytes <= 0 || f.job.cards <= 0) {
    return std::nullopt;
  }
  for (const NodePoolSpec* pool : usable_pools(f.job, f.platform)) {
    const double cards = std::min(pool->node.cards, f.job.cards);
    const double bytes = c.writers == CheckpointWriters::rank0 ? c.bytes : c.bytes * cards / f.job.cards;
    const double memory = pool->node.host.memory_bytes;
    if (memory > 0 && bytes > memory) {
      return Mistake{fmt::format("a snapshot of {} on a node, and the nodes of pool {} have {} of memory",
                                 show_quantity(bytes, Dimension::bytes), pool->name,
                                 show_quantity(memory, Dimension::bytes)),
                     "less than the host's memory", ""};
    }
  }
  return std::nullopt;
}

Result written_sometime(const CheckpointSpec& c) {
  return c.every_s || c.every_steps || c.restore
             ? std::nullopt
             : Result(Mistake{"the checkpoint is never written nor loaded",
                              "every: a time or { steps: N }, or restore: true", ""});
}

} // namespace

bool pools_have_drives(const JobSpec& spec, const PlatformSpec& platform) {
  const auto pools = usable_pools(spec, platform);
  return std::all_of(pools.begin(), pools.end(), [](const NodePoolSpec* pool) { return !pool->node.nvme.empty(); });
}

void check_storage_name(const Value& place, Reading& reading, const std::string& name, const JobSpec& spec,
                        const PlatformSpec& platform) {
  if (name.empty() || !reading.trusts(place.path) || !reading.trusts("platform")) {
    return;
  }
  const StorageSpec* storage = find(platform, name);
  if (storage == nullptr) {
    report_unknown_storage(place, name, reading, platform);
  } else if (on_drives(*storage) && !pools_have_drives(spec, platform)) {
    reading.fail(place, fmt::format("{} lies on the nodes' drives, and nodes of the job have none", quote(name)),
                 "a pool whose nodes have nvme");
  }
}

void check_dataset(const Value& job, Reading& reading, const JobSpec& spec, const DatasetSpec& dataset,
                   const PlatformSpec& platform) {
  check_storage_name(job.seek("dataset.storage"), reading, dataset.storage, spec, platform);
}

void check_checkpoint(const Value& job, Reading& reading, const JobSpec& spec, const CheckpointSpec& checkpoint,
                      const PlatformSpec& platform) {
  static const std::vector<Rule<CheckpointSpec>> rules = {{{"every", "restore"}, written_sometime}};
  static const std::vector<Rule<CheckpointFacts>> writer_rules = {{{"bytes"}, snapshot_fits},
                                                                  {{"writers"}, level_has_peers}};
  static const std::vector<Rule<LevelFacts>> level_rules = {{{"storage", "to"}, storage_goes_with_tier}};
  static const std::vector<Rule<LevelFacts>> on_platform = {{{"to"}, level_has_drives}, {{"to"}, level_has_peer}};
  check_storage_name(job.seek("checkpoint.storage"), reading, checkpoint.storage, spec, platform);
  apply(rules, checkpoint, job.seek("checkpoint"), reading);
  if (reading.trusts("platform")) {
    apply(writer_rules, CheckpointFacts{checkpoint, spec, platform}, job.seek("checkpoint"), reading);
  }
  const Value list = job.seek("checkpoint.levels");
  for (std::size_t i = 0; i < checkpoint.levels.size() && i < list.tree->items.size(); ++i) {
    const LevelFacts facts{checkpoint.levels[i], spec, platform};
    apply(level_rules, facts, list.item(i), reading);
    if (facts.level.tier == CheckpointTier::storage) {
      check_storage_name(list.item(i).seek("storage"), reading, facts.level.storage, spec, platform);
    }
    if (reading.trusts("platform")) {
      apply(on_platform, facts, list.item(i), reading);
    }
  }
}

} // namespace iccsim::scenario
