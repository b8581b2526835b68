#include "engine/network/bundle_network.hpp"

#include <utility>

namespace iccsim::engine {

BundleNetwork::BundleNetwork(Timeline& clock, const platform::Cluster& cluster)
    : BundleNetwork(clock, [&cluster](platform::ResourceId resource) { return cluster.capacity(resource); }) {}

BundleNetwork::BundleNetwork(Timeline& clock, CapacityOf capacity, Merging merging)
    : transfers_(clock, [this](BundleId bundle, double bytes,
                               TransferId transfer) { bundles_.start(bundle, bytes, transfer); }),
      bundles_(clock, std::move(capacity), merging,
               [this](std::uint32_t transfer) { transfers_.bundle_finished(transfer); }) {
  clock.add(bundles_);
}

ShapeId BundleNetwork::add(const workload::CollectiveShape& shape) {
  return transfers_.add(shape, [this](const workload::BundleShape& bundle) { return bundles_.add(bundle.resources); });
}

void BundleNetwork::remove(ShapeId shape) {
  for (const Transfers::Phase& phase : transfers_.remove(shape)) {
    for (const Transfers::Bundle& bundle : phase.bundles) {
      bundles_.remove(bundle.id);
    }
  }
}

void BundleNetwork::start(ShapeId shape, double bytes, double calls, Done done) {
  transfers_.start(shape, bytes, calls, std::move(done));
}

void BundleNetwork::set_capacity(platform::ResourceId resource, double bytes_per_s) {
  bundles_.set_capacity(resource, bytes_per_s);
}

} // namespace iccsim::engine
