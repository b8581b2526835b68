// The way between a client's port and all servers of a storage, on the fabric that joins them.
#pragma once

#include "platform/fabric.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace iccsim::platform {

/// Bytes spread evenly over the servers and over equal-cost paths. Clients at one switch have one way, found when it is
/// first asked for.
class ServerWays {
public:
  /// Servers are hosts `first` .. `first + servers - 1` of the fabric (which must outlive this), each with `ports`.
  ServerWays(const Fabric& fabric, std::uint32_t first, std::uint32_t servers, int ports);

  /// Appends what lies between the NICs, each share times `share`; returns the hops.
  int append(Port client, bool to_servers, double share, Route& route) const;

private:
  struct Way {
    std::vector<ResourceUse> uses;
    int hops = 0;
  };
  struct Entry { ///< a switch where servers are plugged in
    Port port;
    double share; ///< of the servers' ports
  };
  const Way& way(Port client, bool to_servers) const;

  const Fabric* fabric_;
  std::vector<Entry> entries_;
  mutable std::map<std::pair<std::uint32_t, bool>, Way> ways_; ///< by the client's attachment: found once
};

} // namespace iccsim::platform
