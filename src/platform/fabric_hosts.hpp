// What plugs into a fabric: hosts (nodes, and whatever else has ports) in runs of equal ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace iccsim::platform {

/// A NIC of a fabric: the `rail`-th of a host.
struct Port {
  std::uint32_t host;
  int rail;
};

/// `count` equal hosts; rates are payload bytes/s of each port.
struct HostRun {
  std::uint32_t count = 0;
  std::vector<double> port_bytes_per_s;
  bool apart = false; ///< begins at a switch of its own, as storage does
};

class FabricHosts {
public:
  void add(HostRun run) {
    first_.push_back(count_);
    count_ += run.count;
    runs_.push_back(std::move(run));
  }
  std::uint32_t count() const { return count_; }
  const std::vector<HostRun>& runs() const { return runs_; }
  std::uint32_t first_host(std::size_t run) const { return first_[run]; }

  const std::vector<double>& rates(std::uint32_t host) const {
    std::size_t run = runs_.size() - 1;
    while (host < first_[run]) {
      --run;
    }
    return runs_[run].port_bytes_per_s;
  }
  int ports(std::uint32_t host) const { return static_cast<int>(rates(host).size()); }
  /// All ports of a host together.
  double rate(std::uint32_t host) const {
    const auto& ports = rates(host);
    return std::accumulate(ports.begin(), ports.end(), 0.0);
  }

  int most_ports() const {
    std::size_t most = 0;
    for (const auto& run : runs_) {
      most = std::max(most, run.port_bytes_per_s.size());
    }
    return static_cast<int>(most);
  }
  double fastest_port() const {
    double fastest = 0;
    for (const auto& run : runs_) {
      for (double rate : run.port_bytes_per_s) {
        fastest = std::max(fastest, rate);
      }
    }
    return fastest;
  }

private:
  std::vector<HostRun> runs_;
  std::vector<std::uint32_t> first_;
  std::uint32_t count_ = 0;
};

} // namespace iccsim::platform
