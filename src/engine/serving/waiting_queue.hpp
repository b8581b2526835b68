// Requests that wait for a place in a batch: higher priority first, then first come.
#pragma once

#include "engine/serving/sequence.hpp"

#include <algorithm>

namespace iccsim::engine::serving {

class WaitingQueue {
public:
  struct Entry {
    int priority;
    std::uint64_t ticket;
    SequenceId id;
  };
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const Entry& head() const { return heap_.front(); }
  void push(Entry entry) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }

private:
  static bool later(const Entry& a, const Entry& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.ticket > b.ticket;
  }
  std::vector<Entry> heap_;
};

} // namespace iccsim::engine::serving
