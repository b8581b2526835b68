// What an IoService is made of.
#pragma once

#include "engine/io/cache_model.hpp"
#include "engine/io/client_shapes.hpp"
#include "engine/io/io_ledger.hpp"
#include "engine/io/io_legs.hpp"
#include "engine/io/io_service.hpp"
#include "engine/io/page_memory.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iccsim::engine {

struct IoService::Parts {
  /// A leg as the network knows it.
  struct Way {
    ShapeId shape = 0;
    std::vector<workload::ResourceFlows> watched;
    double shared_s_per_byte = 0; ///< of what carries not only I/O
    IoServed serves = IoServed::neither;
    bool copies = false;
  };
  struct Entry {
    bool known = false;
    IoAccount account;
    double clients = 0;
    bool work = false; ///< of cores, not bytes
    Way main;
    std::optional<Way> hit;
    std::optional<Way> fill;
    IoCache cache = IoCache::none;
    CachePolicy policy = CachePolicy::keep;
    scenario::SampleOrder order = scenario::SampleOrder::shuffled;
    double caches = 1;
    double tier_bytes = 0;
    std::vector<platform::NodeId> nodes; ///< with IoCache::pages
    double dataset_bytes = 0;
    double bytes_read = 0; ///< of all clients, since add()
    double bytes_read_at_mark = 0;
    int in_flight = 0;

    void append_shapes(std::vector<ShapeId>& to) const;
  };
  struct Portions { ///< of the bytes of one start, per client
    double main = 0;
    double hit = 0;
    double fill = 0;
  };

  Parts(const scenario::Scenario& all, const platform::Cluster& machines, Clock& time, Network& links)
      : scenario(all), cluster(machines), clock(time), network(links), shapes(links.detail()), memory(machines) {}

  Entry& known(IoId id);
  IoId place(Entry entry);
  std::string name(IoAccount account, const char* what) const;
  Way way(const IoLeg& leg, const IoPattern& pattern, const std::vector<platform::CardId>& peers, IoAccount account);
  void plan_cache(const IoLegs& legs, const IoPattern& pattern, Entry& entry);
  CacheModel cache_of(const Entry& entry) const;
  /// Epochs of its dataset that an entry has behind it, and the whole ones among them.
  static double epochs(const Entry& entry) { return entry.bytes_read / entry.dataset_bytes; }
  static double whole_epochs(double epochs);
  Portions portions(const Entry& entry, double bytes_per_client) const;
  /// One start(): the ways that it takes, and what is due when the last ends.
  struct Start {
    double bytes = 0; ///< per client
    int pending = 0;
    Done done;
  };
  void move(Entry& entry, const Way& way, double bytes, const std::shared_ptr<Start>& start);
  void moved(Entry& entry, const Way& way, double bytes);
  void end(Entry& entry, Start& start);
  void asked(const Entry& entry, double bytes_per_client);
  void book(Entry& entry, const Way& way, double bytes);
  void book_carried(const Way& way, double bytes);

  const scenario::Scenario& scenario;
  const platform::Cluster& cluster;
  Clock& clock;
  Network& network;
  ClientShapes shapes;
  PageMemory memory;
  IoLedger ledger;
  std::deque<Entry> entries; ///< transfers know their addresses
  std::vector<IoId> free_entries;
  int in_flight = 0; ///< starts, of all patterns
};

} // namespace iccsim::engine
