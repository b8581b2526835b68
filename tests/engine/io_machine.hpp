// A machine with storage on a plain clock, so that one process can run many.
#pragma once

#include "engine/clock/fake_clock.hpp"
#include "engine/io/io_service.hpp"
#include "engine/network/bundle_network.hpp"

#include <numeric>
#include <string>
#include <vector>

namespace iccsim::engine::test {

/// Two sockets of four cards, two cards below a root port; one storage NIC a socket, below the first root port there.
inline scenario::NodeSpec io_node() {
  scenario::NodeSpec node;
  node.name = "node";
  node.cards = 8;
  node.scale_up = {scenario::ScaleUpKind::switched, 300e9, 1e-6, 1.0, 1, false, {}};
  node.nics.assign(8, scenario::NicSpec{25e9, 0, false});
  node.nics.push_back({25e9, 0, true});
  node.nics.push_back({25e9, 0, true});
  for (int i = 0; i < 4; ++i) {
    node.pcie.push_back({{2 * i, 2 * i + 1}, {2 * i, 2 * i + 1}, {i}, i / 2, 27e9, 37e9});
  }
  node.pcie[0].nics.push_back(8);
  node.pcie[2].nics.push_back(9);
  node.nvme.assign(4, scenario::NvmeSpec{1e12, 6e9, 3e9});
  node.host = {2, 64, 1e12, 400e9, 100e9};
  return node;
}

inline scenario::StorageSpec io_storage(int servers) {
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = servers;
  storage.read_bytes_per_s = 10e9;
  storage.write_bytes_per_s = 5e9;
  storage.nics = 1;
  storage.nic_bytes_per_s = 20e9;
  return storage;
}

inline scenario::Scenario io_scenario(int nodes, scenario::StorageSpec storage) {
  scenario::Scenario scenario;
  scenario.platform.pools = {{"gpu", io_node(), nodes}};
  scenario.platform.fabric.kind = scenario::FabricKind::rail_optimized;
  scenario.platform.fabric.hop_latency_s = 0;
  scenario.platform.storage = {std::move(storage)};
  return scenario;
}

inline std::vector<platform::CardId> first_cards(std::uint32_t count) {
  std::vector<platform::CardId> cards(count);
  std::iota(cards.begin(), cards.end(), 0U);
  return cards;
}

struct IoMachine {
  explicit IoMachine(scenario::Scenario what)
      : scenario(std::move(what)), cluster(scenario.platform), network(clock, cluster),
        io(scenario, cluster, clock, network) {}

  IoId reader(std::vector<platform::CardId> clients) { return io.add({}, pattern(std::move(clients))); }
  static IoPattern pattern(std::vector<platform::CardId> clients) {
    IoPattern read;
    read.storage = "pfs";
    read.clients = std::move(clients);
    return read;
  }
  static IoPattern copy(std::vector<platform::CardId> clients, IoDirection direction) {
    IoPattern pattern;
    pattern.tier = IoTier::host_memory;
    pattern.buffer = IoBuffer::card;
    pattern.direction = direction;
    pattern.clients = std::move(clients);
    return pattern;
  }

  /// Starts all at once; the seconds until each ends.
  std::vector<double> run(const std::vector<std::pair<IoId, double>>& starts) {
    const double begin = clock.now();
    std::vector<double> seconds(starts.size());
    for (std::size_t i = 0; i < starts.size(); ++i) {
      io.start(starts[i].first, starts[i].second, [&, i] { seconds[i] = clock.now() - begin; });
    }
    clock.run();
    io.check_balance();
    return seconds;
  }
  double run(IoId id, double bytes) { return run({{id, bytes}}).front(); }

  scenario::Scenario scenario;
  platform::Cluster cluster;
  FakeClock clock;
  BundleNetwork network;
  IoService io;
};

} // namespace iccsim::engine::test
