#include "engine/io/io_service_parts.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

namespace iccsim::engine {
namespace {

/// A share of an epoch that is rounding.
constexpr double epoch_rounding = 1e-9;

constexpr std::array<const char*, io_purposes> purpose_names = {"dataset", "checkpoint", "weights", "kv"};

} // namespace

void IoService::Parts::Entry::append_shapes(std::vector<ShapeId>& to) const {
  to.push_back(main.shape);
  for (const auto* way : {&hit, &fill}) {
    if (*way) {
      to.push_back((*way)->shape);
    }
  }
}

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
  Way way{network.add(shape), IoLedger::watched(shape, cluster), IoLedger::shared_s_per_byte(shape, cluster)};
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

double IoService::Parts::whole_epochs(double epochs) {
  return std::floor(epochs + epoch_rounding);
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
  double place = epochs(entry);
  double left = bytes_per_client * entry.clients / entry.dataset_bytes;
  while (left > 0) {
    const double epoch = whole_epochs(place);
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
  ledger.started(entry.account.job, way.watched, bytes);
  network.start(way.shape, bytes, 1, [this, &entry, &way, bytes, start] {
    moved(entry, way, bytes);
    if (--start->pending == 0) {
      end(entry, *start);
    }
  });
}

void IoService::Parts::moved(Entry& entry, const Way& way, double bytes) {
  ledger.ended(entry.account.job, way.watched, bytes);
  ledger.served(entry.account, way.serves, bytes * entry.clients);
  if (way.copies) {
    ledger.copied(entry.account, bytes * entry.clients);
  }
}

void IoService::Parts::asked(const Entry& entry, double bytes_per_client) {
  if (entry.main.serves != IoServed::neither) {
    ledger.asked(entry.account, bytes_per_client * entry.clients);
  }
}

/// As if it had been moved, and had ended.
void IoService::Parts::book(Entry& entry, const Way& way, double bytes) {
  ledger.started(entry.account.job, way.watched, bytes);
  moved(entry, way, bytes);
  book_carried(way, bytes);
}

void IoService::Parts::book_carried(const Way& way, double bytes) {
  ShapeUsage usage;
  usage.bytes = {bytes}; // one bundle a way
  network.add_usage({way.shape}, usage, 1);
}

void IoService::Parts::end(Entry& entry, Start& start) {
  --entry.in_flight;
  --in_flight;
  asked(entry, start.bytes);
  if (start.done) {
    start.done();
  }
}

} // namespace iccsim::engine
