#include "platform/server_ways.hpp"

#include <algorithm>

namespace iccsim::platform {

ServerWays::ServerWays(const Fabric& fabric, std::uint32_t first, std::uint32_t servers, int ports) : fabric_(&fabric) {
  const double each = 1.0 / (static_cast<double>(servers) * ports);
  std::map<std::uint32_t, std::size_t> entry_of;
  for (std::uint32_t host = first; host < first + servers; ++host) {
    for (int rail = 0; rail < ports; ++rail) {
      const Port port{host, rail};
      const auto [known, fresh] = entry_of.emplace(fabric.attachment(port), entries_.size());
      if (fresh) {
        entries_.push_back({port, 0});
      }
      entries_[known->second].share += each;
    }
  }
}

const ServerWays::Way& ServerWays::way(Port client, bool to_servers) const {
  const auto [found, fresh] = ways_.try_emplace({fabric_->attachment(client), to_servers});
  Way& way = found->second;
  if (fresh) {
    Route route;
    for (const Entry& entry : entries_) {
      const Port from = to_servers ? client : entry.port;
      const Port to = to_servers ? entry.port : client;
      way.hops = std::max(way.hops, fabric_->spread(from, to, entry.share, route));
    }
    std::map<ResourceId, double> shares;
    for (const ResourceUse& use : route.uses) {
      shares[use.resource] += use.share;
    }
    for (const auto& [resource, share] : shares) {
      way.uses.push_back({resource, share});
    }
  }
  return way;
}

int ServerWays::append(Port client, bool to_servers, double share, Route& route) const {
  const Way& found = way(client, to_servers);
  for (const ResourceUse& use : found.uses) {
    route.uses.push_back({use.resource, use.share * share});
  }
  return found.hops;
}

} // namespace iccsim::platform
