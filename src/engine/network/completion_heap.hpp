// Who finishes first, when finish times change often: a heap of four children a place, with the place of every member.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace iccsim::engine {

class CompletionHeap {
public:
  using MemberId = std::uint32_t; ///< small numbers, chosen and reused by the caller

  bool empty() const { return entries_.empty(); }
  MemberId first() const { return entries_.front().member; }
  double first_time() const {
    return entries_.empty() ? std::numeric_limits<double>::infinity() : entries_.front().time;
  }
  /// Adds the member or moves it.
  void set(MemberId member, double time);
  void pop();

private:
  struct Entry {
    double time;
    MemberId member;
  };
  /// In line: half of what a change costs.
  void place(std::size_t at, Entry entry) {
    entries_[at] = entry;
    place_of_[entry.member] = static_cast<std::uint32_t>(at);
  }
  void rise(std::size_t at, Entry entry);
  void sink(std::size_t at, Entry entry);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> place_of_;
};

} // namespace iccsim::engine
