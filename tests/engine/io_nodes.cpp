// Copies on nodes of the library against what was measured on them.
#include "engine/io_machine.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;

namespace {

scenario::Scenario one_node(const std::string& name) {
  const scenario::Library library{ICCSIM_SOURCE_ROOT};
  scenario::Diagnostics diagnostics;
  const auto node = scenario::read_node(name, library, diagnostics);
  INFO(diagnostics.to_string());
  REQUIRE(node.has_value());
  scenario::Scenario scenario;
  scenario.platform.pools = {{"gpu", *node, 1}};
  scenario.platform.fabric.kind = scenario::FabricKind::single_switch;
  return scenario;
}

/// Bytes/s of each of these cards while all of them copy.
double copy_rate(IoMachine& machine, std::vector<platform::CardId> cards, IoDirection direction = IoDirection::read) {
  const IoId id = machine.io.add({}, IoMachine::copy(std::move(cards), direction));
  return 100e9 / machine.run(id, 100e9);
}

} // namespace

TEST_CASE("Fire-Flyer 2: two cards below a root port of 37.5 GB/s, one alone more than 27", "[io][nodes]") {
  // Fire-Flyer AI-HPC (arXiv 2408.14158), section IV.
  IoMachine machine(one_node("fire-flyer-2"));
  for (const auto direction : {IoDirection::read, IoDirection::write}) {
    CHECK(copy_rate(machine, {0}, direction) >= 26.9e9);
    CHECK(copy_rate(machine, {0, 1}, direction) == Approx(18.5e9).epsilon(0.02));
    CHECK(copy_rate(machine, {0, 2}, direction) >= 26.9e9);
    CHECK(copy_rate(machine, first_cards(8), direction) == Approx(18.5e9).epsilon(0.02));
  }
}

TEST_CASE("DGX A100: pairs of cards share what one gets alone", "[io][nodes]") {
  // One card: 25 to 26 GB/s (nvbandwidth, issues 11 and 42). Pairs hang below one PCIe switch with one x16 uplink.
  IoMachine machine(one_node("dgx-a100-80g"));
  const double alone = copy_rate(machine, {0});
  CHECK(alone == Approx(25.5e9).epsilon(0.03));
  CHECK(copy_rate(machine, {0, 2, 4, 6}) == Approx(alone).epsilon(1e-3));
  CHECK(copy_rate(machine, {0, 1}) == Approx(alone / 2).epsilon(1e-3));
  CHECK(copy_rate(machine, first_cards(8)) == Approx(alone / 2).epsilon(1e-3));
}

TEST_CASE("DGX H100: every card has a root port of its own", "[io][nodes]") {
  // nvbandwidth on 8 x H100: 56.5 GB/s.
  IoMachine machine(one_node("dgx-h100"));
  CHECK(copy_rate(machine, {0}) == Approx(56.5e9).epsilon(1e-3));
  CHECK(copy_rate(machine, first_cards(8)) == Approx(56.5e9).epsilon(1e-3));
}

TEST_CASE("DGX-2: 3 GB/s a card from host memory, 1.6 GB/s from the drives, when all sixteen copy", "[io][nodes]") {
  // ZeRO-Infinity (arXiv 2104.07857), figure 2.
  IoMachine machine(one_node("dgx-2-v100"));
  CHECK(copy_rate(machine, first_cards(16)) == Approx(3.0e9).epsilon(0.01));
  IoPattern drives;
  drives.tier = IoTier::nvme;
  drives.buffer = IoBuffer::card;
  drives.clients = first_cards(16);
  CHECK(100e9 / machine.run(machine.io.add({}, drives), 100e9) == Approx(1.6e9).epsilon(0.01));
}
