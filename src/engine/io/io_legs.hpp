// Which ways the bytes of a pattern take: past a cache, out of it, into it.
#pragma once

#include "engine/io/io_pattern.hpp"
#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/platform_spec.hpp"

#include <optional>

namespace iccsim::engine {

/// Alike for all clients: from or to the client's buffer.
struct IoLeg {
  IoTier other = IoTier::storage; ///< the end that is not the client's
  int storage = -1;               ///< of `other` storage
  IoDirection direction = IoDirection::read;
  IoBuffer buffer = IoBuffer::host_memory;
  bool direct = false;
  double client_bytes_per_s = 0; ///< most that one client's streams take; 0: no limit
  double files_per_byte = 0;     ///< opened at the storage
  double latency_s = 0;          ///< beyond that of the way
};

/// What keeps bytes for the next reading.
enum class IoCache {
  none,
  pages, ///< free host memory of each node
  tier   ///< the cache of a tiered storage
};

struct IoLegs {
  IoLeg main; ///< all bytes, or those that the cache does not have
  IoCache cache = IoCache::none;
  bool shared_cache = false; ///< one for all nodes, else one a node
  double tier_bytes = 0;     ///< cache `tier`: of each cache
  std::optional<IoLeg> hit;  ///< with a cache
  std::optional<IoLeg> fill; ///< where filling costs more than the way past the cache
};

/// Throws std::invalid_argument with a sentence for a user.
IoLegs plan_legs(const IoPattern& pattern, const platform::Cluster& cluster, const scenario::PlatformSpec& platform);

/// The way of one client; `peer` is the card whose host memory is the other end of tier `peer`.
void leg_route(const IoLeg& leg, platform::CardId client, platform::CardId peer, const platform::Cluster& cluster,
               platform::Route& route);

} // namespace iccsim::engine
