// The books of an I/O service: bytes by account, and what must have crossed resources that nobody else uses.
#pragma once

#include "engine/io/io_pattern.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/metrics/io_figures.hpp"
#include "iccsim/platform/cluster.hpp"

#include <map>
#include <utility>
#include <vector>

namespace iccsim::engine {

/// Where bytes came from or went to.
enum class IoServed { storage, cache, neither };

class IoLedger {
public:
  /// Resources of a shape that carry nothing but I/O: servers, drives.
  static std::vector<workload::ResourceFlows> watched(const workload::CollectiveShape& shape,
                                                      const platform::Cluster& cluster);

  void asked(IoAccount account, double bytes) { of(account).bytes += bytes; }
  void served(IoAccount account, IoServed by, double bytes);
  void copied(IoAccount account, double bytes) { of(account).copied_bytes += bytes; }

  void started(const std::vector<workload::ResourceFlows>& watched, double bytes_each);
  void ended(const std::vector<workload::ResourceFlows>& watched, double bytes_each);

  metrics::IoFigures figures(IoAccount account) const;
  void mark();
  void repeat(double times);
  /// Throws metrics::InternalError when a resource carried less than what ended on it, or more than what started.
  void check_crossings(const Network& network, const platform::Cluster& cluster) const;
  /// Nothing is in flight: what was asked for came from somewhere. Throws metrics::InternalError.
  void check_accounts() const;

private:
  struct Crossing {
    double started = 0;
    double ended = 0;
  };
  struct Books {
    std::map<std::pair<std::uint32_t, IoPurpose>, metrics::IoFigures> accounts;
    std::map<platform::ResourceId, Crossing> crossings;
  };
  metrics::IoFigures& of(IoAccount account) { return now_.accounts[{account.job, account.purpose}]; }

  Books now_;
  Books mark_;
};

} // namespace iccsim::engine
