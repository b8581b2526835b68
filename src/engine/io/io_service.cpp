#include "engine/io/io_service.hpp"

#include "engine/io/cache_model.hpp"
#include "engine/io/client_shapes.hpp"
#include "engine/io/io_ledger.hpp"
#include "engine/io/io_legs.hpp"
#include "engine/io/page_memory.hpp"
#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>

namespace iccsim::engine {
namespace {

/// A share of an epoch that is rounding.
constexpr double epoch_rounding = 1e-9;
/// Work of cores is moved in nanoseconds: SimGrid takes less than some 1e-5 of anything for nothing.
constexpr double core_units_per_s = 1e9;

constexpr std::array<const char*, io_purposes> purpose_names = {"dataset", "checkpoint", "weights"};

/// The other end of tier `peer` for every client: on the next node, in a ring.
std::vector<platform::CardId> ring_of_nodes(const std::vector<platform::CardId>& clients,
                                            const platform::Cluster& cluster) {
  const auto nodes = nodes_of(clients, cluster);
  if (nodes.size() < 2) {
    throw std::invalid_argument("keeping data in the memory of another node needs two nodes or more");
  }
  std::vector<std::size_t> place(cluster.nodes());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    place[nodes[i]] = i;
  }
  std::vector<platform::CardId> peers;
  for (const platform::CardId client : clients) {
    const platform::NodeId next = nodes[(place[cluster.node_of(client)] + 1) % nodes.size()];
    const int cards = cluster.node_spec(next).cards;
    peers.push_back(cluster.first_card(next) + static_cast<platform::CardId>(cluster.local_index(client) % cards));
  }
  return peers;
}

} // namespace

struct IoService::Parts {
  /// A leg as the network knows it.
  struct Way {
    ShapeId shape = 0;
    std::vector<workload::ResourceFlows> watched;
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
  };
  struct Portions { ///< of the bytes of one start, per client
    double main = 0;
    double hit = 0;
    double fill = 0;
  };

  Parts(const scenario::Scenario& all, const platform::Cluster& machines, Clock& time, Network& links)
      : scenario(all), cluster(machines), clock(time), network(links), shapes(machines, links.detail()),
        memory(machines) {}

  Entry& known(IoId id);
  IoId place(Entry entry);
  std::string name(IoAccount account, const char* what) const;
  Way way(const IoLeg& leg, const IoPattern& pattern, const std::vector<platform::CardId>& peers, IoAccount account);
  void plan_cache(const IoLegs& legs, const IoPattern& pattern, Entry& entry);
  CacheModel cache_of(const Entry& entry) const;
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

IoService::IoService(const scenario::Scenario& scenario, const platform::Cluster& cluster, Clock& clock,
                     Network& network)
    : parts_(std::make_unique<Parts>(scenario, cluster, clock, network)) {}
IoService::~IoService() = default;

IoService::Parts::Entry& IoService::Parts::known(IoId id) {
  if (id >= entries.size() || !entries[id].known) {
    throw metrics::InternalError("I/O of a pattern that the service does not know");
  }
  return entries[id];
}

IoId IoService::Parts::place(Entry entry) {
  IoId id = static_cast<IoId>(entries.size());
  if (free_entries.empty()) {
    entries.emplace_back();
  } else {
    id = free_entries.back();
    free_entries.pop_back();
  }
  entries[id] = std::move(entry);
  entries[id].known = true;
  return id;
}

std::string IoService::Parts::name(IoAccount account, const char* what) const {
  const bool named = account.job < scenario.jobs.size();
  return fmt::format("{}/{}/{}", named ? scenario.jobs[account.job].name : fmt::format("job{}", account.job),
                     purpose_names[static_cast<std::size_t>(account.purpose)], what);
}

IoService::Parts::Way IoService::Parts::way(const IoLeg& leg, const IoPattern& pattern,
                                            const std::vector<platform::CardId>& peers, IoAccount account) {
  ClientLimit limit;
  if (leg.client_bytes_per_s > 0) {
    limit = ClientLimit(network, leg.client_bytes_per_s, pattern.clients.size(), name(account, "streams"));
  }
  const auto route_of = [&](std::size_t client, platform::Route& route) {
    leg_route(leg, pattern.clients[client], peers.empty() ? 0 : peers[client], cluster, route);
  };
  const auto shape = shapes.make(pattern.clients.size(), route_of, limit);
  Way way{network.add(shape), IoLedger::watched(shape, cluster)};
  const bool card = leg.buffer == IoBuffer::card;
  const bool outside = leg.other == IoTier::storage || leg.other == IoTier::nvme;
  way.copies = card && !leg.direct;
  way.serves = outside                                    ? IoServed::storage
               : card && leg.other == IoTier::host_memory ? IoServed::neither
                                                          : IoServed::cache;
  return way;
}

void IoService::Parts::plan_cache(const IoLegs& legs, const IoPattern& pattern, Entry& entry) {
  const auto nodes = nodes_of(pattern.clients, cluster);
  entry.cache = legs.cache;
  entry.policy = legs.cache == IoCache::pages ? CachePolicy::least_recently_used : CachePolicy::keep;
  entry.order = pattern.order;
  entry.caches = legs.shared_cache ? 1 : static_cast<double>(nodes.size());
  entry.tier_bytes = legs.tier_bytes;
  entry.dataset_bytes = pattern.dataset_bytes;
  entry.hit = way(*legs.hit, pattern, {}, entry.account);
  entry.hit->serves = IoServed::cache;
  entry.hit->copies = pattern.buffer == IoBuffer::card && !legs.hit->direct;
  if (legs.fill) {
    entry.fill = way(*legs.fill, pattern, {}, entry.account);
    entry.fill->serves = IoServed::neither;
    entry.fill->copies = false;
  }
  if (legs.cache == IoCache::pages) {
    entry.nodes = nodes;
    for (const platform::NodeId node : nodes) {
      memory.join(node);
    }
  }
}

IoId IoService::add(IoAccount account, const IoPattern& pattern) {
  const IoLegs legs = plan_legs(pattern, parts_->cluster, parts_->scenario.platform);
  auto peers = pattern.peers;
  if (pattern.tier == IoTier::peer && peers.empty()) {
    peers = ring_of_nodes(pattern.clients, parts_->cluster);
  }
  if (!peers.empty() && peers.size() != pattern.clients.size()) {
    throw metrics::InternalError("as many peers as clients are needed");
  }
  Parts::Entry entry;
  entry.account = account;
  entry.clients = static_cast<double>(pattern.clients.size());
  entry.main = parts_->way(legs.main, pattern, peers, account);
  if (legs.cache != IoCache::none) {
    parts_->plan_cache(legs, pattern, entry);
  }
  return parts_->place(std::move(entry));
}

IoId IoService::add_cpu_work(IoAccount account, const std::vector<platform::CardId>& clients, double workers) {
  Parts& parts = *parts_;
  const ClientLimit limit(parts.network, workers * core_units_per_s, clients.size(), parts.name(account, "workers"));
  const auto route_of = [&](std::size_t client, platform::Route& route) {
    route.latency_s = 0;
    parts.cluster.cores(clients[client], route.uses);
    for (platform::ResourceUse& use : route.uses) {
      use.share /= core_units_per_s;
    }
  };
  Parts::Entry entry;
  entry.account = account;
  entry.clients = static_cast<double>(clients.size());
  entry.work = true;
  entry.main.shape = parts.network.add(parts.shapes.make(clients.size(), route_of, limit));
  return parts.place(std::move(entry));
}

CacheModel IoService::Parts::cache_of(const Entry& entry) const {
  const double bytes = entry.cache == IoCache::pages ? memory.bytes_for_one(entry.nodes) : entry.tier_bytes;
  return {entry.policy, entry.order, bytes / entry.dataset_bytes, entry.caches};
}

/// Epoch by epoch: a start may reach into the next.
IoService::Parts::Portions IoService::Parts::portions(const Entry& entry, double bytes_per_client) const {
  if (entry.cache == IoCache::none) {
    return {bytes_per_client, 0, 0};
  }
  const CacheModel cache = cache_of(entry);
  Portions sum;
  double place = entry.bytes_read / entry.dataset_bytes; // in epochs
  double left = bytes_per_client * entry.clients / entry.dataset_bytes;
  while (left > 0) {
    const double epoch = std::floor(place + epoch_rounding);
    const double here = cache.steady(epoch) ? left : std::min(left, epoch + 1 - place);
    const CacheShares shares = cache.shares(epoch);
    const double bytes = here * entry.dataset_bytes / entry.clients;
    sum.hit += shares.hit * bytes;
    sum.main += (1 - shares.hit) * bytes;
    sum.fill += entry.fill ? shares.fill * bytes : 0;
    place += here;
    left -= here;
  }
  return sum;
}

void IoService::Parts::move(Entry& entry, const Way& way, double bytes, const std::shared_ptr<Start>& start) {
  ++start->pending;
  ledger.started(way.watched, bytes);
  network.start(way.shape, bytes, 1, [this, &entry, &way, bytes, start] {
    moved(entry, way, bytes);
    if (--start->pending == 0) {
      end(entry, *start);
    }
  });
}

void IoService::Parts::moved(Entry& entry, const Way& way, double bytes) {
  ledger.ended(way.watched, bytes);
  ledger.served(entry.account, way.serves, bytes * entry.clients);
  if (way.copies) {
    ledger.copied(entry.account, bytes * entry.clients);
  }
}

void IoService::Parts::end(Entry& entry, Start& start) {
  --entry.in_flight;
  --in_flight;
  if (entry.main.serves != IoServed::neither) {
    ledger.asked(entry.account, start.bytes * entry.clients);
  }
  if (start.done) {
    start.done();
  }
}

void IoService::start(IoId id, double bytes_per_client, Done done) {
  Parts::Entry& entry = parts_->known(id);
  const auto start = std::make_shared<Parts::Start>(Parts::Start{bytes_per_client, 0, std::move(done)});
  ++entry.in_flight;
  ++parts_->in_flight;
  if (entry.work) {
    parts_->move(entry, entry.main, bytes_per_client * core_units_per_s, start);
    return;
  }
  const Parts::Portions portions = parts_->portions(entry, bytes_per_client);
  entry.bytes_read += bytes_per_client * entry.clients;
  if (portions.hit > 0) {
    parts_->move(entry, *entry.hit, portions.hit, start);
  }
  if (portions.fill > 0) {
    parts_->move(entry, *entry.fill, portions.fill, start);
  }
  if (portions.main > 0 || start->pending == 0) {
    parts_->move(entry, entry.main, portions.main, start);
  }
}

void IoService::remove(IoId id) {
  Parts::Entry& entry = parts_->known(id);
  if (entry.in_flight > 0) {
    throw metrics::InternalError("an I/O pattern is removed while it is in flight");
  }
  for (const Parts::Way* way : {&entry.main, entry.hit ? &*entry.hit : nullptr, entry.fill ? &*entry.fill : nullptr}) {
    if (way != nullptr) {
      parts_->network.remove(way->shape);
    }
  }
  for (const platform::NodeId node : entry.nodes) {
    parts_->memory.leave(node);
  }
  entry = Parts::Entry{};
  parts_->free_entries.push_back(id);
}

double IoService::bytes_until_change(IoId id) const {
  const Parts::Entry& entry = parts_->known(id);
  if (entry.cache == IoCache::none) {
    return never_s;
  }
  const double place = entry.bytes_read / entry.dataset_bytes;
  const double epoch = std::floor(place + epoch_rounding);
  if (parts_->cache_of(entry).steady(epoch)) {
    return never_s;
  }
  return (epoch + 1 - place) * entry.dataset_bytes / entry.clients;
}

double IoService::hit_share(IoId id) const {
  const Parts::Entry& entry = parts_->known(id);
  if (entry.cache == IoCache::none) {
    return 0;
  }
  const double epoch = std::floor(entry.bytes_read / entry.dataset_bytes + epoch_rounding);
  return parts_->cache_of(entry).shares(epoch).hit;
}

void IoService::reserve_host_memory(const std::vector<platform::CardId>& clients, double bytes_per_client) {
  for (const platform::CardId client : clients) {
    parts_->memory.reserve(parts_->cluster.node_of(client), bytes_per_client);
  }
}

void IoService::mark() {
  parts_->ledger.mark();
  for (Parts::Entry& entry : parts_->entries) {
    entry.bytes_read_at_mark = entry.bytes_read;
  }
}

void IoService::repeat(double times) {
  parts_->ledger.repeat(times);
  for (Parts::Entry& entry : parts_->entries) {
    entry.bytes_read += times * (entry.bytes_read - entry.bytes_read_at_mark);
  }
}

metrics::IoFigures IoService::figures(IoAccount account) const {
  return parts_->ledger.figures(account);
}

void IoService::check_balance() const {
  parts_->ledger.check_crossings(parts_->network, parts_->cluster);
  if (parts_->in_flight == 0) {
    parts_->ledger.check_accounts();
  }
}

} // namespace iccsim::engine
