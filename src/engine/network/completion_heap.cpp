#include "engine/network/completion_heap.hpp"

#include <algorithm>

namespace iccsim::engine {

namespace {
constexpr std::uint32_t absent = UINT32_MAX;
constexpr std::size_t children = 4; // a cache line of entries
} // namespace

void CompletionHeap::set(MemberId member, double time) {
  if (member >= place_of_.size()) {
    place_of_.resize(member + 1, absent);
  }
  std::size_t at = place_of_[member];
  if (at == absent) {
    at = entries_.size();
    entries_.push_back({time, member});
    rise(at, {time, member});
  } else if (time < entries_[at].time) {
    rise(at, {time, member});
  } else {
    sink(at, {time, member});
  }
}

void CompletionHeap::pop() {
  place_of_[entries_.front().member] = absent;
  const Entry last = entries_.back();
  entries_.pop_back();
  if (!entries_.empty()) {
    sink(0, last);
  }
}

void CompletionHeap::rise(std::size_t at, Entry entry) {
  while (at > 0) {
    const std::size_t parent = (at - 1) / children;
    if (entries_[parent].time <= entry.time) {
      break;
    }
    place(at, entries_[parent]);
    at = parent;
  }
  place(at, entry);
}

void CompletionHeap::sink(std::size_t at, Entry entry) {
  for (;;) {
    const std::size_t first = at * children + 1;
    const std::size_t end = std::min(first + children, entries_.size());
    std::size_t earliest = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      earliest = entries_[child].time < entries_[earliest].time ? child : earliest;
    }
    if (first >= end || entries_[earliest].time >= entry.time) {
      break;
    }
    place(at, entries_[earliest]);
    at = earliest;
  }
  place(at, entry);
}

} // namespace iccsim::engine
