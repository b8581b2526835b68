#include "iccsim/workload/plan.hpp"

#include "workload/plan_placement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::workload {

using scenario::PretrainingSpec;
using scenario::Sharding;

Plan::Plan(const PretrainingSpec& spec, int cards) : spec_(spec), cards_(cards), chunks_(place_layers(spec)) {}

int Plan::data() const {
  return cards_ / (tensor() * pipeline() * context());
}

int Plan::expert_tensor() const {
  return spec_.parallelism.expert_tensor > 0 ? spec_.parallelism.expert_tensor : tensor();
}

int Plan::expert_data() const {
  return stage_ranks() / (expert_tensor() * expert());
}

int Plan::shard() const {
  if (spec_.parallelism.sharding == Sharding::none) {
    return 1;
  }
  const int all = data() * context();
  return spec_.parallelism.sharding_group > 0 ? std::min(spec_.parallelism.sharding_group, all) : all;
}

int Plan::expert_shard() const {
  // The ranks that share a copy of the dense weights hold this many copies of each expert.
  return std::clamp(shard() * tensor() / (expert_tensor() * expert()), 1, expert_data());
}

int Plan::microbatches() const {
  return spec_.batch.global / (spec_.batch.micro * data());
}

const Chunk& Plan::chunk(int stage, int chunk) const {
  return chunks_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(chunk)];
}

std::string Plan::describe() const {
  const auto& p = spec_.parallelism;
  std::string line = fmt::format("TP {} x PP {} x DP {}", tensor(), pipeline(), data());
  if (context() > 1) {
    line += fmt::format(" x CP {}", context());
  }
  if (expert() > 1) {
    line += fmt::format(", EP {}", expert());
  }
  if (pipeline() > 1) {
    line += fmt::format(", {}", name_of(p.schedule));
    line += p.virtual_stages > 1 ? fmt::format(" x{}", p.virtual_stages) : "";
  }
  if (p.sequence && tensor() > 1) {
    line += ", sequence parallel";
  }
  if (p.sharding != Sharding::none) {
    line += fmt::format(", {} sharded over {}", name_of(p.sharding), shard());
  }
  return line + fmt::format(", {} micro-batches of {}", microbatches(), spec_.batch.micro);
}

} // namespace iccsim::workload
