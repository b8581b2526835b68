// Bytes between storage, drives, host memory and cards, and work of processor cores, on the network's resources.
//
//   const IoId read = io.add({job, IoPurpose::dataset}, pattern);
//   io.start(read, bytes_per_client, [] { ... });
//
// One service a simulation. Clients of a pattern advance together; its cost does not grow with their number after
// add(). Several starts of one pattern may be in flight: they share the clients' streams.
#pragma once

#include "engine/io/io_pattern.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/metrics/io_figures.hpp"
#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace iccsim::engine {

using IoId = std::uint32_t;

class IoService {
public:
  /// All must outlive the service.
  IoService(const scenario::Scenario& scenario, const platform::Cluster& cluster, Clock& clock, Network& network);
  ~IoService();
  IoService(const IoService&) = delete; // transfers know its address
  IoService& operator=(const IoService&) = delete;

  /// Throws std::invalid_argument with a sentence for a user: an unknown storage, drives that the nodes do not have.
  IoId add(IoAccount account, const IoPattern& pattern);
  /// Work of processor cores, of `workers` processes (one core each at most) for every card of `clients`; all cores of
  /// a node serve its cards and its jobs alike. start() then takes core-seconds per client.
  IoId add_cpu_work(IoAccount account, const std::vector<platform::CardId>& clients, double workers);
  /// Every client moves `bytes_per_client` (>= 0); `done` fires once, never inside start().
  void start(IoId id, double bytes_per_client, Done done);
  /// The pattern must not be in flight; its figures stay.
  void remove(IoId id);

  /// Bytes that every client may yet read until the share of hits changes (an epoch ends); never_s when it does not.
  double bytes_until_change(IoId id) const;
  /// Share of the next byte that a cache serves, 0 .. 1.
  double hit_share(IoId id) const;
  /// Host memory of each node of these cards that pipelines and snapshots take from the page cache, bytes; may be
  /// negative to give it back.
  void reserve_host_memory(const std::vector<platform::CardId>& clients, double bytes_per_client);

  /// Begins the stretch of time that repeat() repeats for one job. What the network carried is not part of it.
  void mark(std::uint32_t job);
  /// Adds `times` times what the job moved since its mark: for steps that are skipped.
  void repeat(std::uint32_t job, double times);
  /// As start(), but nothing is played: the bytes are booked, also with the network, as moved by now. For steps that
  /// are skipped.
  void book(IoId id, double bytes_per_client);

  /// What is in flight for these stands still for `seconds`. Returns as Network::hold().
  bool hold(const std::vector<IoId>& ids, double seconds);

  /// What is left of a pattern's starts that are in flight, in whole ones: see Network::left().
  double left(IoId id) const;

  /// After a job's end: whether I/O of it is still in flight, or may follow on what is.
  bool lingers(std::uint32_t job) const;

  /// All that may be in flight for a job's patterns as they are known now.
  std::vector<ShapeId> shapes(std::uint32_t job) const;
  /// What the caches of a job's patterns may hold, bytes. Others on its nodes change it when they come and go.
  double cache_bytes(std::uint32_t job) const;

  /// What reading keeps busy, as shares of time, when jobs read so many bytes per second of their datasets.
  struct InputLoad {
    double storage = 0; ///< of the busiest part of a storage
    double shared = 0;  ///< of the busiest resource that also carries collectives, at most
  };
  InputLoad input_load(const std::map<std::uint32_t, double>& bytes_per_s_by_job) const;

  /// Bytes of one account up to now, ended starts only; stall_s and operations are the caller's.
  metrics::IoFigures figures(IoAccount account) const;
  /// Bytes in are bytes out, along every path: throws metrics::InternalError when they are not.
  void check_balance() const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace iccsim::engine
