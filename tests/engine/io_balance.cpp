// Whatever runs at once: bytes that jobs asked for are bytes that servers, NICs and nodes carried.
#include "engine/io_machine.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;

namespace {

/// Bytes of all resources whose names contain `part`, together.
double carried(const IoMachine& machine, const std::string& part) {
  double bytes = 0;
  for (platform::ResourceId resource = 0; resource < machine.cluster.resource_count(); ++resource) {
    if (machine.cluster.resource_name(resource).find(part) != std::string::npos) {
      bytes += machine.network.carried_bytes(resource);
    }
  }
  return bytes;
}

std::vector<platform::CardId> some_cards(std::mt19937& random, std::uint32_t all) {
  std::vector<platform::CardId> cards;
  for (platform::CardId card = 0; card < all; ++card) {
    if (random() % 3 != 0) {
      cards.push_back(card);
    }
  }
  return cards.empty() ? first_cards(1) : cards;
}

} // namespace

TEST_CASE("bytes asked for are bytes carried, whatever runs at once", "[io][property]") {
  std::mt19937 random(23);
  for (int round = 0; round < 20; ++round) {
    auto storage = io_storage(1 + static_cast<int>(random() % 8));
    storage.stream_read_bytes_per_s = random() % 2 == 0 ? 0 : 2e9;
    storage.metadata_per_s = random() % 2 == 0 ? 0 : 5e3;
    IoMachine machine(io_scenario(3, storage));
    std::map<IoDirection, double> asked;
    double copied = 0;
    for (int i = 0; i < 12; ++i) {
      auto pattern = IoMachine::pattern(some_cards(random, machine.cluster.cards()));
      pattern.direction = random() % 2 == 0 ? IoDirection::read : IoDirection::write;
      pattern.buffer = random() % 2 == 0 ? IoBuffer::host_memory : IoBuffer::card;
      pattern.bytes_per_file = random() % 2 == 0 ? 0 : 1e6;
      pattern.streams = 1 + random() % 4;
      const IoId id = machine.io.add({static_cast<std::uint32_t>(i % 3), IoPurpose::checkpoint}, pattern);
      const double bytes = 1e8 * (1 + random() % 20);
      const double all = bytes * static_cast<double>(pattern.clients.size());
      machine.clock.at(0.01 * (random() % 200), [&machine, id, bytes] { machine.io.start(id, bytes, {}); });
      asked[pattern.direction] += all;
      copied += pattern.buffer == IoBuffer::card ? all : 0;
    }
    machine.clock.run(1);
    machine.io.check_balance(); // in the middle, too
    machine.clock.run();
    machine.io.check_balance();
    metrics::IoFigures sum;
    for (std::uint32_t job = 0; job < 3; ++job) {
      const auto figures = machine.io.figures({job, IoPurpose::checkpoint});
      sum.bytes += figures.bytes;
      sum.storage_bytes += figures.storage_bytes;
      sum.copied_bytes += figures.copied_bytes;
    }
    const double reads = asked[IoDirection::read];
    const double writes = asked[IoDirection::write];
    CHECK(sum.bytes == Approx(reads + writes));
    CHECK(sum.storage_bytes == Approx(reads + writes));
    CHECK(sum.copied_bytes == Approx(copied));
    CHECK(carried(machine, "pfs/servers/read") == Approx(reads));
    CHECK(carried(machine, "pfs/servers/nic/out") == Approx(reads));
    CHECK(carried(machine, "pfs/servers/write") == Approx(writes));
    CHECK(carried(machine, "pfs/servers/nic/in") == Approx(writes));
    CHECK(carried(machine, "/nic8/in") + carried(machine, "/nic9/in") == Approx(reads));
    CHECK(carried(machine, "/nic8/out") + carried(machine, "/nic9/out") == Approx(writes));
    CHECK(carried(machine, "/card") == Approx(copied)); // slots; no scale-up link is used
    CHECK(carried(machine, "/memory") == Approx(reads + writes + copied));
  }
}
