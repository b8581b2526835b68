#include "engine/network/flow_usage.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace iccsim::engine {

namespace {

/// Figures that agree in single precision are equal: they are sums of many terms, in different orders.
using Figures = std::array<float, 4>;

Figures figures(const UsageHistory& history, double capacity) {
  return {static_cast<float>(capacity), static_cast<float>(history.bytes), static_cast<float>(history.peak_utilization),
          static_cast<float>(history.saturated_s)};
}

} // namespace

void FlowUsage::add_bytes(std::vector<UsageHistory>& histories, const workload::ResourceFlowList& resources,
                          double bytes_each) {
  for (const workload::ResourceFlows& use : resources) {
    histories[use.resource].bytes += use.flows * bytes_each;
  }
}

std::vector<UsageHistory> FlowUsage::read(double now) const {
  std::vector<UsageHistory> sum = past_;
  for (std::uint32_t resource = 0; resource < sum.size(); ++resource) {
    const LoadReading reading = meter_.read(resource, now);
    sum[resource].peak_utilization = reading.peak_utilization;
    sum[resource].saturated_s += reading.saturated_s;
  }
  return sum;
}

void FlowUsage::repeat(const std::vector<UsageHistory>& until_now, double times) {
  for (std::size_t resource = 0; resource < past_.size(); ++resource) {
    past_[resource].bytes += times * (until_now[resource].bytes - mark_[resource].bytes);
    past_[resource].saturated_s += times * (until_now[resource].saturated_s - mark_[resource].saturated_s);
  }
}

std::vector<ResourceUsage> FlowUsage::usage(const std::vector<UsageHistory>& until_now, const CapacityOf& capacity,
                                            double now) const {
  std::vector<ResourceUsage> result;
  std::map<Figures, std::size_t> known;
  for (platform::ResourceId resource = 0; resource < until_now.size(); ++resource) {
    const UsageHistory& history = until_now[resource];
    if (!used_[resource] && history.bytes == 0) {
      continue;
    }
    const auto [same, fresh] = known.emplace(figures(history, capacity(resource)), result.size());
    if (fresh) {
      const double mean = now > 0 ? history.bytes / (capacity(resource) * now) : 0;
      result.push_back(
          {resource, 1, capacity(resource), history.bytes, mean, history.peak_utilization, history.saturated_s, {}});
    } else {
      ++result[same->second].multiplicity;
    }
  }
  return result;
}

} // namespace iccsim::engine
