// The books of an I/O service: bytes by account, and what must have crossed resources that nobody else uses.
#pragma once

#include "engine/io/io_pattern.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/metrics/io_figures.hpp"
#include "iccsim/platform/cluster.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace iccsim::engine {

/// Where bytes came from or went to.
enum class IoServed { storage, cache, neither };

class IoLedger {
public:
  /// Resources of a shape that carry nothing but I/O: servers, drives.
  static std::vector<workload::ResourceFlows> watched(const workload::CollectiveShape& shape,
                                                      const platform::Cluster& cluster);
  /// Of the others that the cluster has: seconds in which the one that takes longest carries a byte of each flow.
  static double shared_s_per_byte(const workload::CollectiveShape& shape, const platform::Cluster& cluster);

  void asked(IoAccount account, double bytes) { of(account).bytes += bytes; }
  void served(IoAccount account, IoServed by, double bytes);
  void copied(IoAccount account, double bytes) { of(account).copied_bytes += bytes; }

  void started(std::uint32_t job, const std::vector<workload::ResourceFlows>& watched, double bytes_each);
  void ended(std::uint32_t job, const std::vector<workload::ResourceFlows>& watched, double bytes_each);

  metrics::IoFigures figures(IoAccount account) const;
  /// Begins the stretch of time that repeat() repeats, for one job.
  void mark(std::uint32_t job) { marks_[job] = books_[job]; }
  void repeat(std::uint32_t job, double times);
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
    std::map<IoPurpose, metrics::IoFigures> accounts;
    std::map<platform::ResourceId, Crossing> crossings;
  };
  metrics::IoFigures& of(IoAccount account) { return books_[account.job].accounts[account.purpose]; }

  std::map<std::uint32_t, Books> books_; ///< by job
  std::map<std::uint32_t, Books> marks_;
};

} // namespace iccsim::engine
