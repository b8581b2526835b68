// I/O against closed forms: striping, limits of streams, requests and files, and what shares a root port.
#include "engine/io_machine.hpp"

#include "iccsim/metrics/result.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;

namespace {
constexpr double GB = 1e9;
/// One hop inside a node is waited for: far below a permille of these transfers.
constexpr double margin = 1e-4;
} // namespace

TEST_CASE("readers get the least of servers, NICs and their own streams", "[io]") {
  for (const int servers : {1, 2, 4, 16}) {
    for (const std::uint32_t readers : {1U, 4U, 8U, 16U}) {
      IoMachine machine(io_scenario(2, io_storage(servers)));
      const double demand = readers <= 4 ? 25 * GB : readers <= 8 ? 50 * GB : 100 * GB; // one NIC a socket
      const double rate = std::min(servers * 10 * GB, demand);
      CHECK(machine.run(machine.reader(first_cards(readers)), 1 * GB) == Approx(readers * GB / rate).epsilon(margin));
      CHECK(machine.io.figures({}).bytes == Approx(readers * GB));
      CHECK(machine.io.figures({}).storage_bytes == Approx(readers * GB));
    }
  }
}

TEST_CASE("media read and write apart; servers' NICs bind where they are slower", "[io]") {
  auto storage = io_storage(2);
  storage.nic_bytes_per_s = 4e9;
  IoMachine machine(io_scenario(1, storage));
  auto pattern = IoMachine::pattern(first_cards(8));
  const IoId read = machine.io.add({}, pattern);
  pattern.direction = IoDirection::write;
  const IoId write = machine.io.add({0, IoPurpose::checkpoint}, pattern);
  const auto seconds = machine.run({{read, 1 * GB}, {write, 1 * GB}});
  CHECK(seconds[0] == Approx(8.0 / 8).epsilon(margin));
  CHECK(seconds[1] == Approx(8.0 / 8).epsilon(margin)); // 2 x 4 GB/s of NICs, below 2 x 5 GB/s of media
}

TEST_CASE("one stream gets what requests one after the other give", "[io]") {
  auto storage = io_storage(16);
  storage.stream_read_bytes_per_s = 2e9;
  storage.latency_s = 1e-3;
  storage.request_bytes = 1e6;
  IoMachine machine(io_scenario(1, storage));
  const double stream = 1e6 / (1e-3 + 1e6 / 2e9);
  for (const double streams : {1.0, 4.0}) {
    auto pattern = IoMachine::pattern({0});
    pattern.streams = streams;
    CHECK(machine.run(machine.io.add({}, pattern), 10 * GB) ==
          Approx(10 * GB / (streams * stream) + 1e-3).epsilon(1e-6));
  }
  auto many = IoMachine::pattern({0});
  many.streams = 1000;
  CHECK(machine.run(machine.io.add({}, many), 10 * GB) == Approx(10 / 25.0 + 1e-3).epsilon(margin));
  auto small = IoMachine::pattern({0});
  small.bytes_per_file = 1e5; // each request ends with its file
  CHECK(machine.run(machine.io.add({}, small), 1 * GB) ==
        Approx(1 * GB / (1e5 / (1e-3 + 1e5 / 2e9)) + 1e-3).epsilon(1e-6));
}

TEST_CASE("starts of one pattern share the clients' streams", "[io]") {
  auto storage = io_storage(16);
  storage.stream_read_bytes_per_s = 1e9;
  IoMachine machine(io_scenario(1, storage));
  const IoId id = machine.reader(first_cards(8));
  const auto seconds = machine.run({{id, 1 * GB}, {id, 1 * GB}});
  CHECK(seconds[0] == Approx(2 + 8e-3).epsilon(0.01));
  CHECK(seconds[1] == Approx(seconds[0]));
}

TEST_CASE("a file on some servers goes no faster than these", "[io]") {
  auto storage = io_storage(16);
  storage.stripe_servers = 1;
  IoMachine machine(io_scenario(1, storage));
  CHECK(machine.run(machine.reader({0}), 10 * GB) == Approx(1.0).epsilon(margin));
  auto two_files = IoMachine::pattern({0});
  two_files.streams = 2;
  CHECK(machine.run(machine.io.add({}, two_files), 10 * GB) == Approx(0.5).epsilon(margin));
}

TEST_CASE("files opened are shared by all jobs", "[io]") {
  auto storage = io_storage(16);
  storage.metadata_per_s = 1000;
  IoMachine machine(io_scenario(2, storage));
  auto pattern = IoMachine::pattern(first_cards(4));
  pattern.bytes_per_file = 1e6;
  const IoId a = machine.io.add({0, IoPurpose::dataset}, pattern);
  pattern.clients = {8, 9, 10, 11};
  const IoId b = machine.io.add({1, IoPurpose::dataset}, pattern);
  CHECK(machine.run(a, 1 * GB) == Approx(4000 / 1000.0).epsilon(margin));
  const auto both = machine.run({{a, 1 * GB}, {b, 1 * GB}});
  CHECK(both[0] == Approx(8000 / 1000.0).epsilon(margin));
  CHECK(both[1] == Approx(8000 / 1000.0).epsilon(margin));
}

TEST_CASE("connections of an object store limit a node", "[io]") {
  auto storage = io_storage(64);
  storage.kind = scenario::StorageKind::object_store;
  storage.latency_s = 0.05;
  storage.request_bytes = 8e6;
  storage.stream_read_bytes_per_s = 100e6;
  storage.connections = 32;
  IoMachine machine(io_scenario(2, storage));
  const double request = 8e6 / (0.05 + 8e6 / 100e6);
  auto pattern = IoMachine::pattern(first_cards(16));
  pattern.streams = 8; // 64 streams a node, 32 connections
  CHECK(machine.run(machine.io.add({}, pattern), 1 * GB) == Approx(8 * GB / (32 * request) + 0.05).epsilon(margin));
  pattern.streams = 2; // 16 streams a node
  CHECK(machine.run(machine.io.add({}, pattern), 1 * GB) == Approx(8 * GB / (16 * request) + 0.05).epsilon(margin));
}

TEST_CASE("cards below one root port share it", "[io][oracle]") {
  IoMachine machine(io_scenario(1, io_storage(4)));
  for (const auto direction : {IoDirection::read, IoDirection::write}) {
    const IoId one = machine.io.add({}, IoMachine::copy({0}, direction));
    const IoId two = machine.io.add({}, IoMachine::copy({0, 1}, direction));
    CHECK(machine.run(one, 27 * GB) == Approx(1).epsilon(margin));
    CHECK(machine.run(two, 18.5 * GB) == Approx(1).epsilon(margin));
  }
  CHECK(machine.io.figures({}).copied_bytes == Approx(2 * (27 + 37) * GB));
  CHECK(machine.io.figures({}).bytes == 0);
}

TEST_CASE("what the storage NIC writes is taken from the copies beside it", "[io]") {
  IoMachine machine(io_scenario(1, io_storage(16)));
  auto pattern = IoMachine::pattern({0, 1});
  pattern.direction = IoDirection::write; // memory -> root port -> NIC, beside memory -> root port -> cards
  const IoId write = machine.io.add({0, IoPurpose::checkpoint}, pattern);
  const IoId copies = machine.io.add({}, IoMachine::copy({0, 1}, IoDirection::read));
  CHECK(machine.run(write, 12.5 * GB) == Approx(1).epsilon(margin));
  CHECK(machine.run(copies, 18.5 * GB) == Approx(1).epsilon(margin));
  // Four flows below one root port of 37 GB/s: 9.25 each.
  const auto both = machine.run({{write, 9.25 * GB}, {copies, 9.25 * GB}});
  CHECK(both[0] == Approx(1).epsilon(margin));
  CHECK(both[1] == Approx(1).epsilon(margin));
}

TEST_CASE("local drives are striped, read and written apart", "[io]") {
  IoMachine machine(io_scenario(2, io_storage(4)));
  auto pattern = IoMachine::pattern({0});
  pattern.tier = IoTier::nvme;
  CHECK(machine.run(machine.io.add({}, pattern), 24 * GB) == Approx(1).epsilon(margin));
  pattern.direction = IoDirection::write;
  CHECK(machine.run(machine.io.add({}, pattern), 12 * GB) == Approx(1).epsilon(margin));
  pattern.clients = first_cards(16); // drives of two nodes
  CHECK(machine.run(machine.io.add({}, pattern), 1.5 * GB) == Approx(1).epsilon(margin));
}

TEST_CASE("memory of the next node is as far as the NICs", "[io]") {
  IoMachine machine(io_scenario(4, io_storage(4)));
  auto pattern = IoMachine::pattern(first_cards(32));
  pattern.tier = IoTier::peer;
  pattern.direction = IoDirection::write;
  // Two NICs of 25 GB/s below a root port of 37 GB/s, in each direction.
  CHECK(machine.run(machine.io.add({}, pattern), 18.5 * GB) == Approx(1).epsilon(margin));
  pattern.clients = first_cards(8);
  CHECK_THROWS_WITH(machine.io.add({}, pattern), Catch::Contains("two nodes"));
}

TEST_CASE("workers have a core each at most, and a node has only so many", "[io]") {
  IoMachine machine(io_scenario(1, io_storage(4)));
  const IoId few = machine.io.add_cpu_work({}, first_cards(8), 4);
  CHECK(machine.run(few, 4) == Approx(1).epsilon(1e-9));
  const IoId many = machine.io.add_cpu_work({}, first_cards(8), 16); // 128 processes on 64 cores
  CHECK(machine.run(many, 16) == Approx(2).epsilon(1e-9));
  const auto both = machine.run({{few, 4}, {few, 4}}); // the same workers do both
  CHECK(both[0] == Approx(2).epsilon(1e-9));
}

TEST_CASE("nothing to move ends at once, but never inside start()", "[io]") {
  IoMachine machine(io_scenario(1, io_storage(4)));
  const IoId id = machine.reader({0});
  bool done = false;
  machine.io.start(id, 0, [&] { done = true; });
  CHECK_FALSE(done);
  machine.clock.run();
  CHECK(done);
  machine.io.remove(id);
  CHECK_THROWS_AS(machine.io.start(id, 1, {}), metrics::InternalError);
}

TEST_CASE("storage that is not there is named", "[io]") {
  IoMachine machine(io_scenario(1, io_storage(4)));
  auto pattern = IoMachine::pattern({0});
  pattern.storage = "nfs";
  CHECK_THROWS_WITH(machine.io.add({}, pattern), "there is no storage 'nfs', only pfs");
}

TEST_CASE("steps that are skipped count as played", "[io]") {
  IoMachine machine(io_scenario(1, io_storage(4)));
  const IoId read = machine.reader(first_cards(8));
  machine.run(read, 1 * GB);
  machine.network.mark_usage();
  machine.io.mark(0);
  machine.run(read, 2 * GB);
  machine.network.repeat_usage(10);
  machine.io.repeat(0, 10);
  CHECK(machine.io.figures({}).bytes == Approx(8 * (1 + 2 * 11) * GB));
  machine.io.check_balance();
}

TEST_CASE("bytes that nobody asked for are noticed", "[io]") {
  IoMachine machine(io_scenario(1, io_storage(4)));
  const IoId read = machine.reader(first_cards(8));
  machine.run(read, 1 * GB);
  machine.network.mark_usage();
  machine.run(read, 1 * GB);
  machine.network.repeat_usage(1); // without the books
  CHECK_THROWS_AS(machine.io.check_balance(), metrics::InternalError);
}
