#include "engine/io/io_ledger.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace iccsim::engine {
namespace {

/// Sums of many transfers in double precision; SimGrid's flows are counted in whole grains of a byte.
constexpr double rounding = 1e-6;

/// Whether nothing but I/O crosses a resource. Of drives only those with low numbers: some stand for thousands.
bool carries_only_io(platform::ResourceId resource, const platform::Cluster& cluster) {
  constexpr platform::ResourceId sample = 4096;
  if (resource >= cluster.resource_count()) {
    return false;
  }
  switch (cluster.kind(resource)) {
  case platform::ResourceKind::storage_media:
  case platform::ResourceKind::storage_nic:
  case platform::ResourceKind::storage_metadata:
    return true;
  case platform::ResourceKind::nvme:
    return resource < sample;
  default:
    return false;
  }
}

} // namespace

std::vector<workload::ResourceFlows> IoLedger::watched(const workload::CollectiveShape& shape,
                                                       const platform::Cluster& cluster) {
  std::vector<workload::ResourceFlows> found;
  for (const workload::PhaseShape& phase : shape.phases) {
    for (const workload::BundleShape& bundle : phase.bundles) {
      std::copy_if(bundle.resources.begin(), bundle.resources.end(), std::back_inserter(found),
                   [&](const workload::ResourceFlows& use) { return carries_only_io(use.resource, cluster); });
    }
  }
  return found;
}

double IoLedger::shared_s_per_byte(const workload::CollectiveShape& shape, const platform::Cluster& cluster) {
  double longest_s = 0;
  for (const workload::PhaseShape& phase : shape.phases) {
    for (const workload::BundleShape& bundle : phase.bundles) {
      for (const workload::ResourceFlows& use : bundle.resources) {
        if (use.resource < cluster.resource_count() && !carries_only_io(use.resource, cluster)) {
          longest_s = std::max(longest_s, use.flows / cluster.capacity(use.resource));
        }
      }
    }
  }
  return longest_s;
}

void IoLedger::served(IoAccount account, IoServed by, double bytes) {
  metrics::IoFigures& figures = of(account);
  figures.storage_bytes += by == IoServed::storage ? bytes : 0;
  figures.cached_bytes += by == IoServed::cache ? bytes : 0;
}

void IoLedger::started(std::uint32_t job, const std::vector<workload::ResourceFlows>& watched, double bytes_each) {
  auto& crossings = books_[job].crossings;
  for (const workload::ResourceFlows& use : watched) {
    crossings[use.resource].started += use.flows * bytes_each;
  }
}

void IoLedger::ended(std::uint32_t job, const std::vector<workload::ResourceFlows>& watched, double bytes_each) {
  auto& crossings = books_[job].crossings;
  for (const workload::ResourceFlows& use : watched) {
    crossings[use.resource].ended += use.flows * bytes_each;
  }
}

metrics::IoFigures IoLedger::figures(IoAccount account) const {
  const auto books = books_.find(account.job);
  if (books == books_.end()) {
    return {};
  }
  const auto found = books->second.accounts.find(account.purpose);
  return found == books->second.accounts.end() ? metrics::IoFigures{} : found->second;
}

void IoLedger::repeat(std::uint32_t job, double times) {
  Books& mark = marks_[job];
  for (auto& [purpose, figures] : books_[job].accounts) {
    const metrics::IoFigures& before = mark.accounts[purpose];
    figures.bytes += times * (figures.bytes - before.bytes);
    figures.storage_bytes += times * (figures.storage_bytes - before.storage_bytes);
    figures.cached_bytes += times * (figures.cached_bytes - before.cached_bytes);
    figures.copied_bytes += times * (figures.copied_bytes - before.copied_bytes);
  }
  for (auto& [resource, crossing] : books_[job].crossings) {
    const Crossing& before = mark.crossings[resource];
    crossing.started += times * (crossing.started - before.started);
    crossing.ended += times * (crossing.ended - before.ended);
  }
}

void IoLedger::check_crossings(const Network& network, const platform::Cluster& cluster) const {
  std::map<platform::ResourceId, Crossing> sums;
  for (const auto& [job, books] : books_) {
    for (const auto& [resource, crossing] : books.crossings) {
      sums[resource].started += crossing.started;
      sums[resource].ended += crossing.ended;
    }
  }
  for (const auto& [resource, crossing] : sums) {
    const double carried = network.carried_bytes(resource);
    const double slack = rounding * crossing.started;
    if (carried < crossing.ended - slack || carried > crossing.started + slack) {
      throw metrics::InternalError(fmt::format("{} carried {} bytes, but transfers of {} ended and of {} started",
                                               cluster.resource_name(resource), carried, crossing.ended,
                                               crossing.started));
    }
  }
}

void IoLedger::check_accounts() const {
  for (const auto& [job, books] : books_) {
    for (const auto& [purpose, figures] : books.accounts) {
      const double served = figures.storage_bytes + figures.cached_bytes;
      if (std::abs(served - figures.bytes) > rounding * figures.bytes) {
        throw metrics::InternalError(
            fmt::format("job {} asked for {} bytes, and {} were served", job, figures.bytes, served));
      }
    }
  }
}

} // namespace iccsim::engine
