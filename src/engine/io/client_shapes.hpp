// Shapes of clients that move equal bytes: one bundle, one flow a client.
#pragma once

#include "iccsim/engine/network.hpp"
#include "iccsim/platform/cluster.hpp"
#include "iccsim/workload/collective.hpp"

#include <functional>
#include <string>
#include <vector>

namespace iccsim::engine {

/// What each client's streams can take together: a resource of the network's. Where flows go one by one, one a client;
/// in a bundle all clients have one rate, so one limit does for all of them.
class ClientLimit {
public:
  ClientLimit() = default; ///< no limit
  ClientLimit(Network& network, double bytes_per_s_each, std::size_t clients, const std::string& name);

  bool limits() const { return !ids_.empty(); }
  platform::ResourceId of(std::size_t client) const { return ids_[ids_.size() == 1 ? 0 : client]; }

private:
  std::vector<platform::ResourceId> ids_;
};

class ClientShapes {
public:
  using RouteOf = std::function<void(std::size_t client, platform::Route& route)>;

  explicit ClientShapes(workload::BundleDetail detail) : detail_(detail) {}

  /// `route_of` writes a client's way. The longest latency is paid first.
  workload::CollectiveShape make(std::size_t clients, const RouteOf& route_of, const ClientLimit& limit);

private:
  void add(platform::ResourceId resource, double flows);
  void add_flow(const platform::Route& route, const ClientLimit& limit, std::size_t client);
  workload::BundleShape take();

  std::vector<double> flows_; ///< by resource, up to the highest seen; limits lie behind the cluster's
  std::vector<platform::ResourceId> touched_;
  workload::BundleDetail detail_;
  std::shared_ptr<workload::FlowList> each_;
};

} // namespace iccsim::engine
