// I/O where every client's flow goes by itself, as SimGrid plays it. One clock a process: one test a case.
#include "engine/clock/simgrid_clock.hpp"
#include "engine/io_machine.hpp"
#include "engine/network/flow_network.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;

namespace {

struct FlowMachine {
  explicit FlowMachine(scenario::Scenario what)
      : scenario(std::move(what)), cluster(scenario.platform), network(clock, cluster),
        io(scenario, cluster, clock, network) {}

  scenario::Scenario scenario;
  platform::Cluster cluster;
  SimGridClock clock;
  FlowNetwork network;
  IoService io;
};

} // namespace

TEST_CASE("flows: limits of streams, servers, files, copies and cores", "[io][flows]") {
  auto storage = io_storage(2);
  storage.stream_read_bytes_per_s = 1e9;
  storage.metadata_per_s = 1e4;
  FlowMachine machine(io_scenario(2, storage));
  std::vector<double> seconds;
  std::vector<std::pair<IoId, double>> starts;
  std::function<void(std::size_t)> next = [&](std::size_t i) {
    if (i == starts.size()) {
      return;
    }
    machine.io.start(starts[i].first, starts[i].second, [&, i, begin = machine.clock.now()] {
      seconds.push_back(machine.clock.now() - begin);
      next(i + 1);
    });
  };
  machine.clock.at(1, [&] { // patterns are added while the clock runs, as jobs do
    auto pattern = IoMachine::pattern(first_cards(4));
    starts.emplace_back(machine.io.add({}, pattern), 2e9);
    pattern.clients = first_cards(16);
    pattern.streams = 4;
    starts.emplace_back(machine.io.add({}, pattern), 2e9);
    pattern.bytes_per_file = 1e6;
    starts.emplace_back(machine.io.add({}, pattern), 2e9);
    starts.emplace_back(machine.io.add({}, IoMachine::copy(first_cards(16), IoDirection::read)), 37e9);
    starts.emplace_back(machine.io.add_cpu_work({}, first_cards(16), 16), 8);
    next(0);
  });
  machine.clock.run();
  REQUIRE(seconds.size() == starts.size());
  CHECK(seconds[0] == Approx(2).epsilon(1e-4));            // its stream of 1 GB/s
  CHECK(seconds[1] == Approx(32.0 / 20).epsilon(1e-4));    // two servers
  CHECK(seconds[2] == Approx(32e3 / 1e4).epsilon(1e-4));   // files opened
  CHECK(seconds[3] == Approx(2).epsilon(1e-4));            // two cards below a root port of 37 GB/s
  CHECK(seconds[4] == Approx(8 * 8 / 64.0).epsilon(1e-4)); // 64 cores
  machine.io.check_balance();
}
