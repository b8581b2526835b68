#include "engine/network/bundle_network.hpp"

#include "iccsim/platform/resource_reader.hpp"

#include <utility>

namespace iccsim::engine {

BundleNetwork::BundleNetwork(Timeline& clock, const platform::Cluster& cluster)
    : BundleNetwork(
          clock,
          [reader = platform::ResourceReader(cluster)](platform::ResourceId resource) mutable {
            return reader.read(resource).capacity;
          },
          Merging::on, cluster.resource_count(), NodeLayout(cluster.node_resources())) {}

BundleNetwork::BundleNetwork(Timeline& clock, CapacityOf capacity, Merging merging, platform::ResourceId resources,
                             NodeLayout nodes)
    : clock_(clock), limits_(std::move(capacity), resources),
      transfers_(
          clock,
          [this](BundleId bundle, double bytes, TransferId transfer) { bundles_.start(bundle, bytes, transfer); },
          merging == Merging::on ? &bundles_ : nullptr),
      bundles_(
          clock, [this](platform::ResourceId resource) { return limits_.capacity(resource); }, merging,
          [this](std::uint32_t transfer) { transfers_.bundle_finished(transfer); }, std::move(nodes)) {
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

std::optional<TransferId> BundleNetwork::start_hidden(ShapeId shape, double bytes, double calls, Done done) {
  return transfers_.start_hidden(shape, bytes, calls, std::move(done));
}

bool BundleNetwork::hidden_ended(TransferId transfer) {
  return transfers_.hidden_ended(transfer);
}

bool BundleNetwork::hold(const std::vector<ShapeId>& shapes, double seconds) {
  transfers_.hold(shapes, seconds);
  clock_.at(clock_.now() + seconds, [this, held = bundles_.hold(bundles_of(shapes))] { bundles_.release(held); });
  return true;
}

double BundleNetwork::left(ShapeId shape) const {
  return bundles_.left(bundles_of({shape}));
}

platform::ResourceId BundleNetwork::add_limit(double bytes_per_s, std::string name) {
  return limits_.add(bytes_per_s, std::move(name));
}

std::vector<ResourceUsage> BundleNetwork::usage() const {
  auto usage = bundles_.usage();
  limits_.name(usage);
  return usage;
}

void BundleNetwork::set_capacity(platform::ResourceId resource, double bytes_per_s) {
  bundles_.set_capacity(resource, bytes_per_s);
}

std::vector<BundleId> BundleNetwork::bundles_of(const std::vector<ShapeId>& shapes) const {
  std::vector<BundleId> bundles;
  for (const ShapeId shape : shapes) {
    for (const Transfers::Phase& phase : transfers_.phases(shape)) {
      for (const Transfers::Bundle& bundle : phase.bundles) {
        bundles.push_back(bundle.id);
      }
    }
  }
  return bundles;
}

std::vector<int> BundleNetwork::components(const std::vector<std::vector<ShapeId>>& users) const {
  std::vector<std::vector<BundleId>> bundles;
  bundles.reserve(users.size());
  for (const std::vector<ShapeId>& shapes : users) {
    bundles.push_back(bundles_of(shapes));
  }
  return bundles_.components(bundles);
}

ShapeUsage BundleNetwork::usage_of(const std::vector<ShapeId>& shapes) const {
  return bundles_.usage_of(bundles_of(shapes));
}

void BundleNetwork::add_usage(const std::vector<ShapeId>& shapes, const ShapeUsage& usage, double times) {
  bundles_.add_usage(bundles_of(shapes), usage, times);
}

} // namespace iccsim::engine
