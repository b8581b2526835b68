// Flows of a bundle on every resource that it crosses, written in short where many nodes look alike.
#pragma once

#include "iccsim/platform/resource.hpp"

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace iccsim::workload {

/// Flows that advance in lockstep, each with the same bytes. `flows` of a resource counts the bundle's flows that
/// cross it (fractional where ECMP spreads them).
struct ResourceFlows {
  platform::ResourceId resource;
  double flows;
};

/// Sorted by resource, each once. Entries that repeat at equal distances, as those of like nodes do, are kept once, as
/// a run; to read one after another it is a plain list of ResourceFlows.
class ResourceFlowList {
public:
  /// The pattern [begin, end), `repeats` times, `stride` resources apart. Repeated resources are of like nodes: equal
  /// in kind and, as built, in capacity.
  struct Run {
    platform::ResourceId first;  ///< what the pattern's resources count from
    platform::ResourceId stride; ///< of any size where there is one repeat
    platform::ResourceId repeats;
    std::size_t begin;
    std::size_t end;
  };

  class const_iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ResourceFlows;
    using difference_type = std::ptrdiff_t;
    using pointer = const ResourceFlows*;
    using reference = const ResourceFlows&;

    const_iterator() = default;
    const_iterator(const ResourceFlowList& list, std::size_t run) : list_(&list), run_(run) { enter(); }
    reference operator*() const { return now_; }
    pointer operator->() const { return &now_; }
    const_iterator& operator++() {
      const Run& run = list_->runs_[run_];
      if (++entry_ == run.end) {
        if (++repeat_ < run.repeats) {
          entry_ = run.begin;
        } else {
          ++run_;
          enter();
          return *this;
        }
      }
      read();
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const const_iterator& o) const {
      return run_ == o.run_ && entry_ == o.entry_ && repeat_ == o.repeat_;
    }
    bool operator!=(const const_iterator& o) const { return !(*this == o); }

  private:
    void enter() {
      repeat_ = 0;
      entry_ = 0;
      while (run_ < list_->runs_.size() && list_->runs_[run_].begin == list_->runs_[run_].end) {
        ++run_;
      }
      if (run_ < list_->runs_.size()) {
        entry_ = list_->runs_[run_].begin;
        read();
      }
    }
    void read() {
      const Run& run = list_->runs_[run_];
      now_ = list_->pattern_[entry_];
      now_.resource += run.first + repeat_ * run.stride;
    }

    const ResourceFlowList* list_ = nullptr;
    std::size_t run_ = 0;
    std::size_t entry_ = 0;
    platform::ResourceId repeat_ = 0;
    ResourceFlows now_{};
  };

  ResourceFlowList() = default;
  ResourceFlowList(std::initializer_list<ResourceFlows> entries)
      : ResourceFlowList(std::vector<ResourceFlows>(entries)) {}
  ResourceFlowList(std::vector<ResourceFlows> entries) : size_(entries.size()), pattern_(std::move(entries)) {
    if (size_ > 0) {
      runs_.push_back({0, 0, 1, 0, size_});
    }
  }

  void reserve(std::size_t entries) { pattern_.reserve(entries); }
  void push_back(ResourceFlows use) {
    if (runs_.empty() || runs_.back().repeats > 1 || runs_.back().first != 0 || runs_.back().end != pattern_.size()) {
      runs_.push_back({0, 0, 1, pattern_.size(), pattern_.size()});
    }
    pattern_.push_back(use);
    ++runs_.back().end;
    ++size_;
  }
  /// `entries`, with resources counted from `first`.
  void push_run(platform::ResourceId first, platform::ResourceId stride, platform::ResourceId repeats,
                const std::vector<ResourceFlows>& entries) {
    runs_.push_back({first, stride, repeats, pattern_.size(), pattern_.size() + entries.size()});
    pattern_.insert(pattern_.end(), entries.begin(), entries.end());
    size_ += repeats * entries.size();
  }
  /// The pattern of the last run again, elsewhere.
  void repeat_run(platform::ResourceId first, platform::ResourceId repeats) {
    const Run last = runs_.back();
    runs_.push_back({first, last.stride, repeats, last.begin, last.end});
    size_ += repeats * (last.end - last.begin);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const_iterator begin() const { return {*this, 0}; }
  const_iterator end() const { return {*this, runs_.size()}; }
  ResourceFlows front() const { return *begin(); }

  const std::vector<Run>& runs() const { return runs_; }
  /// What the runs repeat; resources count from Run::first.
  const ResourceFlows* pattern() const { return pattern_.data(); }

  /// Divides the flows on each resource by `of(resource)`, which must be equal on repeats.
  template <typename Divisor> void divide(Divisor of) {
    std::size_t done = 0; // runs may share a pattern with the one before
    for (const Run& run : runs_) {
      for (std::size_t i = run.begin > done ? run.begin : done; i < run.end; ++i) {
        pattern_[i].flows /= of(run.first + pattern_[i].resource);
      }
      done = run.end > done ? run.end : done;
    }
  }

private:
  std::size_t size_ = 0;
  std::vector<ResourceFlows> pattern_;
  std::vector<Run> runs_;
};

} // namespace iccsim::workload
