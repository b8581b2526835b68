#include "iccsim/workload/plan.hpp"

namespace iccsim::workload {

namespace {

using Groups = std::vector<std::vector<int>>;

/// Groups of `size` ranks, `stride` apart, that cover the `ranks` ranks from `base` on.
Groups strided(int base, int ranks, int stride, int size) {
  Groups groups;
  groups.reserve(static_cast<std::size_t>(ranks / size));
  for (int block = 0; block < ranks; block += stride * size) {
    for (int offset = 0; offset < stride; ++offset) {
      std::vector<int> group(static_cast<std::size_t>(size));
      for (int i = 0; i < size; ++i) {
        group[static_cast<std::size_t>(i)] = base + block + offset + i * stride;
      }
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

Groups pairs(int from, int to, int ranks) {
  Groups groups;
  groups.reserve(static_cast<std::size_t>(ranks));
  for (int i = 0; i < ranks; ++i) {
    groups.push_back({from + i, to + i});
  }
  return groups;
}

} // namespace

std::vector<std::vector<int>> Plan::groups(Communicator communicator, int stage) const {
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
    return pipeline() > 1 ? pairs(0, (pipeline() - 1) * ranks, ranks) : Groups{};
  }
  return {};
}

} // namespace iccsim::workload
