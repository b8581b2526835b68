// The scale-out fabric between NIC ports: its resources, numbered from a base, and closed-form routes.
#pragma once

#include "iccsim/scenario/platform_spec.hpp"
#include "platform/fabric_graph.hpp"
#include "platform/fabric_hosts.hpp"

#include <memory>
#include <string>

namespace iccsim::platform {

class Fabric {
public:
  virtual ~Fabric() = default;

  /// Appends what a flow from one port to another crosses between the two NICs, each share times `share`, and returns
  /// the hops. `flow` picks the path when the fabric hashes.
  virtual int route(Port from, Port to, std::uint64_t flow, double share, Route& route) const = 0;

  /// As route(), but over all equal-cost paths evenly, also when the fabric hashes: what many small flows together do.
  virtual int spread(Port from, Port to, double share, Route& route) const {
    return this->route(from, to, 0, share, route);
  }
  /// Ports with the same number reach every other port alike.
  virtual std::uint32_t attachment(Port port) const { return port.host; }

  /// Ids here run from 0 to resource_count() - 1; routes add `base()`.
  virtual std::uint64_t resource_count() const = 0;
  virtual double capacity(ResourceId local) const = 0; ///< payload bytes/s
  virtual ResourceKind kind(ResourceId local) const = 0;
  virtual std::string resource_name(ResourceId local) const = 0;

  /// Hosts with the same number are the closest neighbours.
  virtual std::uint32_t leaf_group(std::uint32_t host) const = 0;
  /// Whether the way between two ports follows from their rails and the leaf groups of their hosts alone.
  virtual bool leaf_groups_decide() const { return false; }
  /// Whether a flow between two rails climbs to the spine even inside a leaf group.
  virtual bool separates_rails() const { return false; }
  /// Built anew at each call, with global resource ids: for checks, not for routing.
  virtual FabricGraph graph() const = 0;

  ResourceId base() const { return base_; }

protected:
  explicit Fabric(ResourceId base) : base_(base) {}

private:
  ResourceId base_;
};

/// Throws std::invalid_argument when the fabric cannot be built over these hosts.
std::unique_ptr<Fabric> make_fabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base);

} // namespace iccsim::platform
