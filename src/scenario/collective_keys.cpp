// jobs[] of type collective
#include "scenario/job_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/reference.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using C = CollectiveSpec;

constexpr std::size_t most_sizes = 1000;

/// One size or a list of sizes.
void read_bytes(const Value& value, Reading& reading, C& job) {
  const auto take = [&](const Value& item) {
    if (const auto size = read_quantity(item, reading, Dimension::bytes, range::positive)) {
      job.bytes.push_back(*size);
    }
  };
  if (!value.tree->is_sequence()) {
    take(value);
    return;
  }
  if (!is_list(value, reading, most_sizes, "a list of sizes")) {
    return;
  }
  for (std::size_t i = 0; i < value.tree->items.size(); ++i) {
    take(value.item(i));
  }
  if (value.tree->items.empty()) {
    reading.fail(value, "the list is empty", "at least one size");
  }
}

void read_software_of(const Value& value, Reading& reading, C& job) {
  read_reference<SoftwareSpec>(value, LibraryKind::software, reading, software_keys(), job.software, nullptr);
}

} // namespace

const Keys<C>& collective_keys() {
  static const Keys<C> keys = {
      required(choice("operation", &C::operation, "what the cards do together")),
      required(custom<C>("bytes", "an amount of bytes or a list of them", "size of the buffer, as nccl-tests counts it",
                         read_bytes)),
      integer("repeat", &C::repeat, "calls of each size", 1, 1e6),
      choice("algorithm", &C::algorithm, "how it is done"),
      choice("precision", &C::precision, "type of an element"),
      custom<C>("software", "a name from platforms/software/ or a mapping",
                "whose communication library; default: the wire rates alone", read_software_of),
      belongs_to<C>("model", JobType::pretraining),
      belongs_to<C>("parallelism", JobType::pretraining),
      belongs_to<C>("batch", JobType::pretraining),
      belongs_to<C>("length", JobType::pretraining),
      belongs_to<C>("recompute", JobType::pretraining),
      belongs_to<C>("overlap", JobType::pretraining),
      belongs_to<C>("dataset", JobType::training),
      belongs_to<C>("checkpoint", JobType::pretraining),
  };
  return keys;
}

} // namespace iccsim::scenario
