#include "engine/io/io_service.hpp"

#include "engine/io/io_service_parts.hpp"
#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace iccsim::engine {
namespace {

/// Work of cores is moved in nanoseconds: SimGrid takes less than some 1e-5 of anything for nothing.
constexpr double core_units_per_s = 1e9;

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

IoService::IoService(const scenario::Scenario& scenario, const platform::Cluster& cluster, Clock& clock,
                     Network& network)
    : parts_(std::make_unique<Parts>(scenario, cluster, clock, network)) {}
IoService::~IoService() = default;

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
  const double place = Parts::epochs(entry);
  const double epoch = Parts::whole_epochs(place);
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
  const double epoch = Parts::whole_epochs(Parts::epochs(entry));
  return parts_->cache_of(entry).shares(epoch).hit;
}

void IoService::reserve_host_memory(const std::vector<platform::CardId>& clients, double bytes_per_client) {
  for (const platform::CardId client : clients) {
    parts_->memory.reserve(parts_->cluster.node_of(client), bytes_per_client);
  }
}

void IoService::mark(std::uint32_t job) {
  parts_->ledger.mark(job);
  for (Parts::Entry& entry : parts_->entries) {
    if (entry.account.job == job) {
      entry.bytes_read_at_mark = entry.bytes_read;
    }
  }
}

void IoService::repeat(std::uint32_t job, double times) {
  parts_->ledger.repeat(job, times);
  for (Parts::Entry& entry : parts_->entries) {
    if (entry.account.job == job) {
      entry.bytes_read += times * (entry.bytes_read - entry.bytes_read_at_mark);
    }
  }
}

void IoService::book(IoId id, double bytes_per_client) {
  Parts::Entry& entry = parts_->known(id);
  if (entry.work) {
    parts_->book_carried(entry.main, bytes_per_client * core_units_per_s);
    return;
  }
  const Parts::Portions portions = parts_->portions(entry, bytes_per_client);
  entry.bytes_read += bytes_per_client * entry.clients;
  parts_->book(entry, entry.main, portions.main);
  if (entry.hit) {
    parts_->book(entry, *entry.hit, portions.hit);
  }
  if (entry.fill) {
    parts_->book(entry, *entry.fill, portions.fill);
  }
  parts_->asked(entry, bytes_per_client);
}

bool IoService::hold(const std::vector<IoId>& ids, double seconds) {
  std::vector<ShapeId> in_flight;
  for (const IoId id : ids) {
    const Parts::Entry& entry = parts_->known(id);
    if (entry.in_flight > 0) {
      entry.append_shapes(in_flight);
    }
  }
  return parts_->network.hold(in_flight, seconds);
}

double IoService::left(IoId id) const {
  const Parts::Entry& entry = parts_->known(id);
  std::vector<ShapeId> shapes;
  if (entry.in_flight > 0) {
    entry.append_shapes(shapes);
  }
  double sum = 0;
  for (const ShapeId shape : shapes) {
    sum += parts_->network.left(shape);
  }
  return sum;
}

/// A batch is read, decoded and copied: the patterns of a dataset go when nothing more comes.
bool IoService::lingers(std::uint32_t job) const {
  return std::any_of(parts_->entries.begin(), parts_->entries.end(), [job](const Parts::Entry& entry) {
    const bool own = entry.known && entry.account.job == job;
    return own && (entry.in_flight > 0 || entry.account.purpose == IoPurpose::dataset);
  });
}

std::vector<ShapeId> IoService::shapes(std::uint32_t job) const {
  std::vector<ShapeId> shapes;
  for (const Parts::Entry& entry : parts_->entries) {
    if (entry.known && entry.account.job == job) {
      entry.append_shapes(shapes);
    }
  }
  return shapes;
}

double IoService::cache_bytes(std::uint32_t job) const {
  double bytes = 0;
  for (const Parts::Entry& entry : parts_->entries) {
    if (entry.known && entry.account.job == job && entry.cache == IoCache::pages) {
      bytes += parts_->memory.bytes_for_one(entry.nodes);
    }
  }
  return bytes;
}

IoService::InputLoad IoService::input_load(const std::map<std::uint32_t, double>& bytes_per_s) const {
  const auto reads = [&bytes_per_s](const Parts::Entry& entry) {
    return entry.known && !entry.work && entry.account.purpose == IoPurpose::dataset &&
           bytes_per_s.count(entry.account.job) > 0;
  };
  std::map<std::uint32_t, double> clients;
  for (const Parts::Entry& entry : parts_->entries) {
    clients[entry.account.job] += reads(entry) ? entry.clients : 0;
  }
  InputLoad load;
  std::map<platform::ResourceId, double> carried;
  for (const Parts::Entry& entry : parts_->entries) {
    if (reads(entry)) {
      const double each = bytes_per_s.at(entry.account.job) / clients[entry.account.job];
      for (const workload::ResourceFlows& use : entry.main.watched) {
        carried[use.resource] += use.flows * each;
      }
      load.shared += entry.main.shared_s_per_byte * each;
    }
  }
  for (const auto& [resource, rate] : carried) {
    load.storage = std::max(load.storage, rate / parts_->cluster.capacity(resource));
  }
  return load;
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
