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

void IoLedger::served(IoAccount account, IoServed by, double bytes) {
  metrics::IoFigures& figures = of(account);
  figures.storage_bytes += by == IoServed::storage ? bytes : 0;
  figures.cached_bytes += by == IoServed::cache ? bytes : 0;
}

void IoLedger::started(const std::vector<workload::ResourceFlows>& watched, double bytes_each) {
  for (const workload::ResourceFlows& use : watched) {
    now_.crossings[use.resource].started += use.flows * bytes_each;
  }
}

void IoLedger::ended(const std::vector<workload::ResourceFlows>& watched, double bytes_each) {
  for (const workload::ResourceFlows& use : watched) {
    now_.crossings[use.resource].ended += use.flows * bytes_each;
  }
}

metrics::IoFigures IoLedger::figures(IoAccount account) const {
  const auto found = now_.accounts.find({account.job, account.purpose});
  return found == now_.accounts.end() ? metrics::IoFigures{} : found->second;
}

void IoLedger::mark() {
  mark_ = now_;
}

void IoLedger::repeat(double times) {
  for (auto& [key, figures] : now_.accounts) {
    const metrics::IoFigures& mark = mark_.accounts[key];
    figures.bytes += times * (figures.bytes - mark.bytes);
    figures.storage_bytes += times * (figures.storage_bytes - mark.storage_bytes);
    figures.cached_bytes += times * (figures.cached_bytes - mark.cached_bytes);
    figures.copied_bytes += times * (figures.copied_bytes - mark.copied_bytes);
  }
  for (auto& [resource, crossing] : now_.crossings) {
    const Crossing& mark = mark_.crossings[resource];
    crossing.started += times * (crossing.started - mark.started);
    crossing.ended += times * (crossing.ended - mark.ended);
  }
}

void IoLedger::check_crossings(const Network& network, const platform::Cluster& cluster) const {
  for (const auto& [resource, crossing] : now_.crossings) {
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
  for (const auto& [key, figures] : now_.accounts) {
    const double served = figures.storage_bytes + figures.cached_bytes;
    if (std::abs(served - figures.bytes) > rounding * figures.bytes) {
      throw metrics::InternalError(
          fmt::format("job {} asked for {} bytes, and {} were served", key.first, figures.bytes, served));
    }
  }
}

} // namespace iccsim::engine
