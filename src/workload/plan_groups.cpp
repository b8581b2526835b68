#include "iccsim/workload/plan.hpp"

namespace iccsim::workload {

namespace {

/// Groups of `size` ranks, `stride` apart, that cover the `ranks` ranks from `base` on.
RankGroups strided(int base, int ranks, int stride, int size) {
  return {base, ranks / size, size, stride, stride, stride * size};
}

RankGroups pairs(int from, int to, int ranks) {
  return {from, ranks, 2, to - from, ranks, 0};
}

} // namespace

std::vector<std::vector<int>> Plan::groups(Communicator communicator, int stage) const {
  const RankGroups ranks = rank_groups(communicator, stage);
  std::vector<std::vector<int>> groups(static_cast<std::size_t>(ranks.count));
  for (int g = 0; g < ranks.count; ++g) {
    for (int i = 0; i < ranks.size; ++i) {
      groups[static_cast<std::size_t>(g)].push_back(ranks.rank(g, i));
    }
  }
  return groups;
}

RankGroups Plan::rank_groups(Communicator communicator, int stage) const {
  const int ranks = stage_ranks();
  const int base = stage * ranks;
  const int expert_stride = expert_tensor() * expert();
  switch (communicator) {
  case Communicator::tensor:
    return strided(base, ranks, 1, tensor());
  case Communicator::context:
    return strided(base, ranks, tensor(), context());
  case Communicator::data:
    return strided(base, ranks, tensor(), data() * context());
  case Communicator::shard:
    return strided(base, ranks, tensor(), shard());
  case Communicator::replica:
    return strided(base, ranks, tensor() * shard(), data() * context() / shard());
  case Communicator::expert_tensor:
    return strided(base, ranks, 1, expert_tensor());
  case Communicator::expert:
    return strided(base, ranks, expert_tensor(), expert());
  case Communicator::expert_data:
    return strided(base, ranks, expert_stride, expert_data());
  case Communicator::expert_shard:
    return strided(base, ranks, expert_stride, expert_shard());
  case Communicator::expert_replica:
    return strided(base, ranks, expert_stride * expert_shard(), expert_data() / expert_shard());
  case Communicator::pipeline:
    return pairs(base, (stage + 1) % pipeline() * ranks, ranks);
  case Communicator::embedding:
    return pipeline() > 1 ? pairs(0, (pipeline() - 1) * ranks, ranks) : RankGroups{};
  }
  return {};
}

} // namespace iccsim::workload
