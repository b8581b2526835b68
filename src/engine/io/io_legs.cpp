#include "engine/io/io_legs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace iccsim::engine {
namespace {

using scenario::CacheMedium;
using scenario::StorageKind;
using scenario::StorageSpec;

int place_of(const std::string& name, const scenario::PlatformSpec& platform) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < platform.storage.size(); ++i) {
    if (platform.storage[i].name == name) {
      return static_cast<int>(i);
    }
    names.push_back(platform.storage[i].name);
  }
  throw std::invalid_argument(names.empty()
                                  ? fmt::format("there is no storage '{}': the platform has none", name)
                                  : fmt::format("there is no storage '{}', only {}", name, fmt::join(names, ", ")));
}

/// One stream asks for one portion after the other: each pays the latency, then moves at the stream's rate.
double stream_rate(const StorageSpec& storage, IoDirection direction, double bytes_per_file) {
  const bool reads = direction == IoDirection::read;
  const double rate = reads ? storage.stream_read_bytes_per_s : storage.stream_write_bytes_per_s;
  const double portion = bytes_per_file > 0 ? std::min(bytes_per_file, storage.request_bytes) : storage.request_bytes;
  const double seconds = storage.latency_s + (rate > 0 ? portion / rate : 0);
  return seconds > 0 ? portion / seconds : 0;
}

/// A file lies on some servers only, so a stream gets no more than these have.
double stripe_rate(const StorageSpec& storage, IoDirection direction) {
  if (storage.stripe_servers <= 0 || storage.stripe_servers >= storage.servers) {
    return 0;
  }
  const double media = direction == IoDirection::read ? storage.read_bytes_per_s : storage.write_bytes_per_s;
  const double nics = storage.nics * storage.nic_bytes_per_s;
  return storage.stripe_servers * (nics > 0 ? std::min(media, nics) : media);
}

double lower_limit(double a, double b) {
  return a > 0 && b > 0 ? std::min(a, b) : std::max(a, b); // 0 is none
}

double drive_bytes(const IoPattern& pattern, const platform::Cluster& cluster) {
  const auto& drives = cluster.node_spec(cluster.node_of(pattern.clients.front())).nvme;
  return std::accumulate(drives.begin(), drives.end(), 0.0,
                         [](double sum, const scenario::NvmeSpec& drive) { return sum + drive.bytes; });
}

IoLeg leg_to(const StorageSpec& storage, int place, const IoPattern& pattern) {
  IoLeg leg;
  leg.other = storage.kind == StorageKind::local_nvme ? IoTier::nvme : IoTier::storage;
  leg.storage = place;
  leg.direction = pattern.direction;
  leg.buffer = pattern.buffer;
  leg.direct = storage.gpu_direct;
  const double each = lower_limit(stream_rate(storage, pattern.direction, pattern.bytes_per_file),
                                  stripe_rate(storage, pattern.direction));
  leg.client_bytes_per_s = each * pattern.streams;
  leg.files_per_byte = pattern.bytes_per_file > 0 ? 1 / pattern.bytes_per_file : 0;
  leg.latency_s = storage.kind == StorageKind::local_nvme ? storage.latency_s : 0;
  return leg;
}

void plan_page_cache(const IoPattern& pattern, IoLegs& legs) {
  legs.cache = IoCache::pages;
  legs.hit = IoLeg{};
  legs.hit->other = IoTier::host_memory;
  legs.hit->buffer = pattern.buffer;
}

/// A cache in front of another storage: reads come from it as far as it has them, and what it lacks goes into it.
void plan_tier(const StorageSpec& tier, int place, const IoPattern& pattern, const platform::Cluster& cluster,
               IoLegs& legs) {
  legs.cache = IoCache::tier;
  legs.tier_bytes = tier.cache_bytes;
  IoLeg hit = leg_to(tier, place, pattern);
  switch (tier.cache) {
  case CacheMedium::nvme:
    hit.other = IoTier::nvme;
    legs.tier_bytes = tier.cache_bytes > 0 ? tier.cache_bytes : drive_bytes(pattern, cluster);
    break;
  case CacheMedium::host_memory:
    hit.other = IoTier::host_memory;
    break;
  case CacheMedium::servers:
    legs.shared_cache = true;
    legs.tier_bytes *= tier.servers;
    break;
  }
  legs.hit = hit;
  if (tier.cache != CacheMedium::host_memory) {
    legs.fill = hit;
    legs.fill->direction = IoDirection::write;
    legs.fill->buffer = IoBuffer::host_memory;
    legs.fill->client_bytes_per_s = 0;
  }
}

IoLegs plan_storage(const IoPattern& pattern, const platform::Cluster& cluster,
                    const scenario::PlatformSpec& platform) {
  IoLegs legs;
  const int place = place_of(pattern.storage, platform);
  const StorageSpec& storage = platform.storage[static_cast<std::size_t>(place)];
  const bool again = pattern.direction == IoDirection::read && pattern.dataset_bytes > 0;
  if (storage.kind != StorageKind::tiered) {
    legs.main = leg_to(storage, place, pattern);
    const bool through_host = pattern.buffer == IoBuffer::host_memory || !storage.gpu_direct;
    if (again && pattern.page_cache && through_host) {
      plan_page_cache(pattern, legs);
    }
    return legs;
  }
  const int behind = place_of(storage.behind, platform);
  const StorageSpec& source = platform.storage[static_cast<std::size_t>(behind)];
  if (source.kind == StorageKind::tiered) {
    throw std::invalid_argument(fmt::format("storage '{}' lies behind '{}', and is tiered itself; one tier can stand "
                                            "before a storage",
                                            source.name, storage.name));
  }
  legs.main = leg_to(source, behind, pattern);
  if (again) {
    plan_tier(storage, place, pattern, cluster, legs);
  }
  return legs;
}

} // namespace

IoLegs plan_legs(const IoPattern& pattern, const platform::Cluster& cluster, const scenario::PlatformSpec& platform) {
  if (pattern.clients.empty() || !(pattern.streams > 0)) {
    throw std::invalid_argument("reading and writing needs clients and streams");
  }
  if (pattern.tier == IoTier::storage) {
    return plan_storage(pattern, cluster, platform);
  }
  IoLegs legs;
  legs.main.other = pattern.tier;
  legs.main.direction = pattern.direction;
  legs.main.buffer = pattern.buffer;
  legs.main.direct = pattern.direct;
  return legs;
}

void leg_route(const IoLeg& leg, platform::CardId client, platform::CardId peer, const platform::Cluster& cluster,
               platform::Route& route) {
  using platform::DataEnd;
  const platform::DataPlace here{leg.buffer == IoBuffer::card ? DataEnd::card : DataEnd::host_memory, client};
  platform::DataPlace there{DataEnd::host_memory, client};
  switch (leg.other) {
  case IoTier::storage:
    there = {DataEnd::storage, client, leg.storage};
    break;
  case IoTier::nvme:
    there.end = DataEnd::drives;
    break;
  case IoTier::host_memory:
    break;
  case IoTier::peer:
    there.card = peer;
    break;
  }
  const bool reads = leg.direction == IoDirection::read;
  cluster.data_route(reads ? there : here, reads ? here : there, leg.direct, route);
  route.latency_s += leg.latency_s;
  const platform::ResourceId metadata = leg.storage >= 0 ? cluster.metadata(leg.storage) : platform::no_resource_id;
  if (leg.files_per_byte > 0 && metadata != platform::no_resource_id) {
    route.uses.push_back({metadata, leg.files_per_byte});
  }
}

} // namespace iccsim::engine
