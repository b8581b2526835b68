// Input of training jobs and their checkpoints: what they read and write, and how.
#pragma once

#include "iccsim/enum_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario {

enum class SampleOrder { shuffled, sequential };
enum class CheckpointWriters { sharded, rank0 };
enum class CheckpointTier { host_memory, peer, nvme, storage };

/// Samples on a storage and the pipeline that brings them to the cards.
struct DatasetSpec {
  std::string storage;         ///< a name from platform.storage
  double bytes_per_sample = 0; ///< mean, as stored
  double bytes_cv = 0;         ///< `bytes_cv`: coefficient of variation of a sample's bytes (lognormal); 0: all equal
  double copied_bytes_per_sample = 0; ///< `copied_bytes_per_sample`: after decoding, host to device; 0: as stored
  double cpu_time_per_sample_s = 0;   ///< of one core
  double samples = 0;                 ///< of the dataset; 0: never read twice
  double samples_per_file = 1;        ///< `samples_per_file`: one file opened per so many samples
  int readers = 1;                    ///< worker processes of one card
  int prefetch = 2;                   ///< batches of one card that may be ready or under way ahead of use
  SampleOrder order = SampleOrder::shuffled;
  bool page_cache = true; ///< `page_cache`: free host memory keeps what was read
};

/// One level of a multi-level checkpoint.
struct CheckpointLevelSpec {
  CheckpointTier tier = CheckpointTier::storage; ///< `to`
  std::string storage;                           ///< of tier `storage`
  std::optional<double> every_s;
  std::optional<double> every_steps;
};

struct CheckpointSpec {
  std::string storage;
  std::optional<double> every_s;
  std::optional<double> every_steps;
  bool asynchronous = false; ///< `mode: async`: snapshot to host memory, then drain beneath training
  CheckpointWriters writers = CheckpointWriters::sharded;
  double bytes = 0;     ///< `bytes`: of the whole checkpoint; 0: weights and optimizer states of the model
  bool restore = false; ///< `restore`: the job begins by loading one
  std::vector<CheckpointLevelSpec> levels; ///< `levels`: beside the one above, cheaper and more often
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::SampleOrder> {
  using K = scenario::SampleOrder;
  static constexpr EnumRow<K> rows[] = {
      {K::shuffled, "shuffled", "anew in each epoch: a cache too small keeps its share of hits"},
      {K::sequential, "sequential", "in one order: a least-recently-used cache too small never hits"},
  };
};
template <> struct EnumTable<scenario::CheckpointWriters> {
  using K = scenario::CheckpointWriters;
  static constexpr EnumRow<K> rows[] = {
      {K::sharded, "sharded", "every card writes its share of the state, no byte twice"},
      {K::rank0, "rank0", "one card of each model-parallel group writes for its data-parallel group"},
  };
};
template <> struct EnumTable<scenario::CheckpointTier> {
  using K = scenario::CheckpointTier;
  static constexpr EnumRow<K> rows[] = {
      {K::host_memory, "host_memory", "the node's own memory"},
      {K::peer, "peer", "the memory of another node, over the compute fabric"},
      {K::nvme, "nvme", "the node's own drives"},
      {K::storage, "storage", "a storage system"},
  };
};
} // namespace iccsim
