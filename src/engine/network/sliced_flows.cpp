#include "engine/network/sliced_flows.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {
namespace {

using workload::ResourceFlowList;
using workload::ResourceFlows;

void check_sorted(const ResourceFlowList& list) {
  platform::ResourceId next = 0; // the lowest that may follow
  for (const ResourceFlowList::Run& run : list.runs()) {
    const ResourceFlows* pattern = list.pattern();
    bool sorted = run.begin == run.end || run.first + pattern[run.begin].resource >= next;
    for (std::size_t i = run.begin + 1; i < run.end; ++i) {
      sorted = sorted && pattern[i].resource > pattern[i - 1].resource;
    }
    if (run.repeats > 1 && run.begin != run.end) {
      sorted = sorted && pattern[run.end - 1].resource < pattern[run.begin].resource + run.stride;
    }
    if (!sorted) {
      throw metrics::InternalError("the resources of a bundle are not sorted and merged");
    }
    if (run.begin != run.end) {
      next = run.first + (run.repeats - 1) * run.stride + pattern[run.end - 1].resource + 1;
    }
  }
}

bool equal(const ResourceFlows& a, const ResourceFlows& b) {
  return a.resource == b.resource && a.flows == b.flows;
}

} // namespace

NodeLayout::NodeLayout(std::vector<platform::NodeResources> pools) : pools_(std::move(pools)) {
  for (const platform::NodeResources& pool : pools_) {
    first_node_.push_back(nodes_);
    nodes_ += pool.nodes;
    beyond_ = pool.first + pool.nodes * pool.per_node;
  }
}

NodeLayout::Place NodeLayout::place(platform::ResourceId resource) const {
  std::size_t pool = pools_.size() - 1;
  while (resource < pools_[pool].first) {
    --pool;
  }
  const platform::ResourceId offset = resource - pools_[pool].first;
  return {first_node_[pool] + offset / pools_[pool].per_node, offset % pools_[pool].per_node, pool};
}

platform::ResourceId NodeLayout::first_resource(platform::NodeId node) const {
  std::size_t pool = pools_.size() - 1;
  while (node < first_node_[pool]) {
    --pool;
  }
  return pools_[pool].first + (node - first_node_[pool]) * pools_[pool].per_node;
}

SlicedFlows::SlicedFlows(const ResourceFlowList& list, const NodeLayout& layout) {
  check_sorted(list);
  for (const ResourceFlowList::Run& run : list.runs()) {
    if (run.begin == run.end) {
      continue;
    }
    const bool in_nodes =
        run.first < layout.beyond() && run.first + list.pattern()[run.begin].resource < layout.beyond();
    bool whole = false; // each repeat is what one node has
    if (in_nodes) {
      const NodeLayout::Place place = layout.place(run.first);
      const platform::NodeResources& pool = layout.pools()[place.pool];
      const platform::ResourceId last =
          run.first + (run.repeats - 1) * run.stride + list.pattern()[run.end - 1].resource;
      whole = place.local == 0 && (run.repeats == 1 || run.stride == pool.per_node) &&
              list.pattern()[run.end - 1].resource < pool.per_node && last < pool.first + pool.nodes * pool.per_node;
    }
    if (whole) {
      add_run(list, run, layout);
    } else {
      add_plain(list, run, layout);
    }
  }
  close_node();
}

void SlicedFlows::add_run(const ResourceFlowList& list, const ResourceFlowList::Run& run, const NodeLayout& layout) {
  close_node();
  const ResourceFlows* first = list.pattern() + run.begin;
  const ResourceFlows* last = list.pattern() + run.end;
  const bool as_before =
      !slices.empty() && static_cast<std::ptrdiff_t>(slices.back().end - slices.back().begin) == last - first &&
      std::equal(first, last, local.begin() + static_cast<std::ptrdiff_t>(slices.back().begin), equal);
  if (!as_before) {
    local.insert(local.end(), first, last);
  }
  const std::size_t end = as_before ? slices.back().end : local.size();
  const std::size_t begin = end - static_cast<std::size_t>(last - first);
  slices.push_back({layout.place(run.first).node, run.repeats, begin, end});
  open_begin_ = local.size();
}

void SlicedFlows::add_plain(const ResourceFlowList& list, const ResourceFlowList::Run& run, const NodeLayout& layout) {
  for (platform::ResourceId repeat = 0; repeat < run.repeats; ++repeat) {
    for (std::size_t i = run.begin; i < run.end; ++i) {
      ResourceFlows use = list.pattern()[i];
      use.resource += run.first + repeat * run.stride;
      if (use.resource >= layout.beyond()) {
        beyond.push_back(use);
        continue;
      }
      const NodeLayout::Place place = layout.place(use.resource);
      if (open_begin_ < local.size() && place.node != open_node_) {
        close_node();
      }
      open_node_ = place.node;
      local.push_back({place.local, use.flows});
    }
  }
}

/// A node that is as the one before it goes on with it.
void SlicedFlows::close_node() {
  if (open_begin_ == local.size()) {
    return;
  }
  const auto at = [this](std::size_t i) { return local.begin() + static_cast<std::ptrdiff_t>(i); };
  const bool alike = !slices.empty() && slices.back().end - slices.back().begin == local.size() - open_begin_ &&
                     std::equal(at(slices.back().begin), at(slices.back().end), at(open_begin_), equal);
  if (!alike) {
    slices.push_back({open_node_, 1, open_begin_, local.size()});
    open_begin_ = local.size();
    return;
  }
  local.resize(open_begin_);
  if (slices.back().node + slices.back().nodes == open_node_) {
    ++slices.back().nodes;
  } else {
    slices.push_back({open_node_, 1, slices.back().begin, slices.back().end});
  }
}

} // namespace iccsim::engine
