// Idle-network times of one collective by payload: the cheapest of the shapes that a library would choose.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <vector>

namespace iccsim::workload::serving {

class CallTimes {
public:
  CallTimes() = default;
  /// `groups`: all that call at the same time. One card a group: no time at all.
  CallTimes(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
            const std::vector<std::vector<platform::CardId>>& groups, const CollectiveCosts& costs);

  /// An engine's own kernel for small payloads: its latency, and the library's best rate times `efficiency`.
  void add_direct(double latency_s, double efficiency);
  double seconds(double bytes) const;
  /// Index of the cheapest library shape for `bytes`.
  std::size_t cheapest(double bytes) const;
  const std::vector<CollectiveShape>& shapes() const { return shapes_; }
  bool none() const { return lines_.empty(); }

private:
  /// An idle network serves a fixed shape in latency + bytes x slope.
  struct Line {
    double latency_s = 0;
    double per_byte_s = 0;
    double at(double bytes) const { return latency_s + bytes * per_byte_s; }
  };
  std::vector<CollectiveShape> shapes_;
  std::vector<Line> lines_; ///< of the shapes, and a direct one behind them
};

} // namespace iccsim::workload::serving
