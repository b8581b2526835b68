// Jobs: what runs on the cluster.
#pragma once

#include "iccsim/enum_table.hpp"
#include "iccsim/scenario/inference.hpp"
#include "iccsim/scenario/input.hpp"
#include "iccsim/scenario/model.hpp"
#include "iccsim/scenario/precision.hpp"
#include "iccsim/scenario/software.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace iccsim::scenario {

enum class Schedule { gpipe, one_f_one_b, interleaved, zb_h1, dualpipe };
enum class Sharding { none, optimizer, gradients, parameters };
enum class Recompute { none, selective, full };
enum class CollectiveOperation { all_reduce, all_gather, reduce_scatter, broadcast, all_to_all, send_recv };
enum class CollectiveAlgorithm { automatic, ring, tree, hierarchical, halving_doubling, pairwise, in_network };

/// Degrees of parallelism; data parallelism follows from the cards.
struct ParallelismSpec {
  int tensor = 1;
  int pipeline = 1;
  int virtual_stages = 1; ///< `virtual`: model chunks per pipeline rank
  int context = 1;
  int expert = 1;
  int expert_tensor = 0; ///< TP inside experts; 0: as `tensor`
  bool sequence = false; ///< sequence parallelism beside TP
  Sharding sharding = Sharding::none;
  int sharding_group = 0; ///< ranks that share one sharded copy (hybrid sharding); 0: the whole data-parallel group
  Schedule schedule = Schedule::one_f_one_b;
  /// Layers of the first and last pipeline rank, all its chunks together, when they differ from the others'
  /// (Llama 3: 1 fewer); 0: even split.
  int first_stage_layers = 0;
  int last_stage_layers = 0;
  bool uneven = false; ///< layers that do not divide are spread, else they are an error
};

struct BatchSpec {
  int global = 0; ///< sequences per step
  int micro = 1;
  int sequence = 0; ///< tokens
};

/// What of each communication runs beneath compute. Unset: the software stack's default.
struct OverlapSpec {
  std::optional<bool> gradients;
  std::optional<bool> parameters;
  std::optional<bool> pipeline;
  std::optional<bool> tensor;
  std::optional<bool> expert;
  std::optional<bool> context;
};

/// `length`: exactly one is set.
struct LengthSpec {
  std::optional<double> steps;
  std::optional<double> tokens;
  std::optional<double> time_s;
};

struct PretrainingSpec {
  ModelSpec model;
  ParallelismSpec parallelism;
  BatchSpec batch;
  Precision precision = Precision::bf16;
  SoftwareSpec software;
  Recompute recompute = Recompute::none;
  OverlapSpec overlap;
  LengthSpec length;
  std::optional<DatasetSpec> dataset;
  std::optional<CheckpointSpec> checkpoint;
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::automatic; ///< of every collective of the job
};

/// nccl-tests in simulation.
struct CollectiveSpec {
  CollectiveOperation operation = CollectiveOperation::all_reduce;
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::automatic;
  std::vector<double> bytes; ///< sizes, one result row each
  int repeat = 1;
  Precision precision = Precision::fp32; ///< element type (decides nothing but the row's label)
  SoftwareSpec software;                 ///< whose communication library; name empty: the wire rates alone
};

/// A model known by its compute time: unet3d, resnet50, cosmoflow, ...
struct TrainingSpec {
  double compute_per_step_s = 0; ///< of one card, for one batch of `micro` samples
  int micro = 1;                 ///< `batch.micro`: samples of one card in a step
  LengthSpec length;             ///< steps or time
  std::optional<DatasetSpec> dataset;
  std::optional<CheckpointSpec> checkpoint; ///< needs `bytes`
};

struct JobSpec {
  std::string name;
  int cards = 0;
  std::vector<std::string> pools; ///< `pool`: a name or a list; empty: any
  double submit_s = 0;
  std::variant<PretrainingSpec, CollectiveSpec, TrainingSpec, InferenceSpec> what; ///< `type`
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::Schedule> {
  using K = scenario::Schedule;
  static constexpr EnumRow<K> rows[] = {
      {K::gpipe, "gpipe", "all forwards, then all backwards (Huang et al. 2019)"},
      {K::one_f_one_b, "1f1b", "one forward, one backward (PipeDream-Flush)"},
      {K::interleaved, "interleaved", "1F1B over several model chunks a rank (Narayanan et al. 2021)"},
      {K::zb_h1, "zb_h1", "zero-bubble H1: weight gradients fill the tail (Qi et al. 2023)"},
      {K::dualpipe, "dualpipe", "two directions at once (DeepSeek-V3)"},
  };
};
template <> struct EnumTable<scenario::Sharding> {
  using K = scenario::Sharding;
  static constexpr EnumRow<K> rows[] = {
      {K::none, "none", "every data-parallel rank holds everything"},
      {K::optimizer, "optimizer", "ZeRO-1: optimizer states sharded"},
      {K::gradients, "gradients", "ZeRO-2: gradients too"},
      {K::parameters, "parameters", "ZeRO-3 / FSDP: weights too"},
  };
};
template <> struct EnumTable<scenario::Recompute> {
  using K = scenario::Recompute;
  static constexpr EnumRow<K> rows[] = {
      {K::none, "none", "every activation is kept"},
      {K::selective, "selective", "the attention core is recomputed (Korthikanti et al. 2022)"},
      {K::full, "full", "each layer is recomputed from its input"},
  };
};
template <> struct EnumTable<scenario::CollectiveOperation> {
  using K = scenario::CollectiveOperation;
  static constexpr EnumRow<K> rows[] = {
      {K::all_reduce, "all_reduce", "everybody gets the sum"},
      {K::all_gather, "all_gather", "everybody gets every part"},
      {K::reduce_scatter, "reduce_scatter", "everybody gets a part of the sum"},
      {K::broadcast, "broadcast", "everybody gets the root's buffer"},
      {K::all_to_all, "all_to_all", "everybody sends a different part to each"},
      {K::send_recv, "send_recv", "card i sends to card i+1 around the ring"},
  };
};
template <> struct EnumTable<scenario::CollectiveAlgorithm> {
  using K = scenario::CollectiveAlgorithm;
  static constexpr EnumRow<K> rows[] = {
      {K::automatic, "auto", "the cheapest by cost, as NCCL and HCCL choose"},
      {K::ring, "ring", "n-1 neighbour steps"},
      {K::tree, "tree", "double binary tree"},
      {K::hierarchical, "hierarchical", "inside the scale-up domain, then along rails"},
      {K::halving_doubling, "halving_doubling", "recursive halving and doubling"},
      {K::pairwise, "pairwise", "all-to-all as direct exchanges"},
      {K::in_network, "in_network", "switches reduce (SHARP)"},
  };
};
} // namespace iccsim
