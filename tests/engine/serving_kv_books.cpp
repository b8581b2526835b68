// KV on its way to tiers below device memory: what the job says is what drives, servers and PCIe carried.
#include "io_machine.hpp"
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using platform::ResourceKind;

namespace {

constexpr double token_bytes = 2 * 8 * 1024 * 2; // keys and values, layers, hidden, 16 bits

/// Documents that come again and again to a replica whose memory holds few of them.
scenario::InferenceSpec documents() {
  scenario::InferenceSpec spec;
  spec.model = small_gpt();
  spec.model.name = "small";
  spec.model.max_positions = 0;
  spec.software = small_pretraining(1, 1, 1, 1).software;
  spec.engine.kv_blocks = 400;
  spec.requests.arrival.rate_per_s = 20;
  spec.requests.prompt = {scenario::LengthDistribution::constant, 50, 0, 0, 0, {}};
  spec.requests.output = {scenario::LengthDistribution::constant, 20, 0, 0, 0, {}};
  spec.requests.count = 300;
  return spec;
}

Simulated play(scenario::InferenceSpec spec) {
  auto platform = io_scenario(1, io_storage(4)).platform;
  platform.pools.front().node.chip = small_cluster(1).pools.front().node.chip;
  return Simulated(scenario_of(std::move(platform), {{"chat", 1, {}, 0, std::move(spec)}}));
}

double carried(const Simulated& run, ResourceKind kind) {
  double bytes = 0;
  for (platform::ResourceId resource = 0; resource < run.cluster.resource_count(); ++resource) {
    bytes += run.cluster.kind(resource) == kind ? run.network.carried_bytes(resource) : 0;
  }
  return bytes;
}

/// Through the PCIe slot of the service's card, both ways.
double carried_by_card(const Simulated& run) {
  double bytes = 0;
  for (platform::ResourceId resource = 0; resource < run.cluster.resource_count(); ++resource) {
    const bool slot = run.cluster.resource_name(resource).find("/card0/slot") != std::string::npos;
    bytes += slot ? run.network.carried_bytes(resource) : 0;
  }
  return bytes;
}

} // namespace

TEST_CASE("KV in tiers: the job's books are those of drives, servers and PCIe slots") {
  auto spec = documents();
  spec.engine.prefix_cache = true;
  spec.requests.shared_prefix = {1600, 12, 0};
  spec.engine.kv_offload.host_bytes = 300 * 16 * token_bytes;
  SECTION("host memory, then drives") {
    spec.engine.kv_offload.nvme_bytes = 1e12;
  }
  SECTION("a store that keeps what is computed") {
    spec.engine.kv_offload.storage = "pfs";
  }
  const Simulated run = play(spec);
  const metrics::JobResult& chat = run.jobs.front();
  REQUIRE(chat.io.kv);
  const metrics::KvIoFigures& kv = *chat.io.kv;
  const double nvme = kv.nvme.read_bytes + kv.nvme.written_bytes;
  const double store = kv.storage.read_bytes + kv.storage.written_bytes;
  const double host = kv.host.read_bytes + kv.host.written_bytes;
  CHECK(chat.service->requests_completed == 300);
  CHECK(chat.service->kv_transferred_bytes == 0);
  CHECK(host > 0);
  CHECK(nvme + store > 0);
  CHECK(carried(run, ResourceKind::nvme) == Approx(nvme));
  CHECK(carried(run, ResourceKind::storage_media) == Approx(store));
  CHECK(carried_by_card(run) == Approx(host + nvme + store));
  for (const double bytes : {kv.host.read_bytes, kv.nvme.read_bytes, kv.storage.read_bytes}) {
    const double blocks = bytes / (16 * token_bytes);
    CHECK(blocks == Approx(std::round(blocks)));
  }
  // What was found beyond device memory was read from a tier, and nothing else was.
  CHECK(chat.service->prefix_hit_share > 0.5);
}

TEST_CASE("KV that is swapped out comes back whole") {
  auto spec = documents();
  spec.engine.kv_blocks = 40;
  spec.requests.output.mean = 300;
  spec.engine.preemption = scenario::Preemption::swap;
  spec.engine.kv_offload.host_bytes = 1e12;
  const Simulated run = play(spec);
  const metrics::JobResult& chat = run.jobs.front();
  REQUIRE(chat.io.kv);
  CHECK(chat.service->preemptions > 0);
  CHECK(chat.io.kv->host.read_bytes > 0);
  CHECK(chat.io.kv->host.read_bytes == Approx(chat.io.kv->host.written_bytes));
  CHECK(carried_by_card(run) == Approx(chat.io.kv->host.read_bytes + chat.io.kv->host.written_bytes));
}

TEST_CASE("a service that keeps its KV in device memory has no books of it") {
  CHECK_FALSE(play(documents()).jobs.front().io.kv);
}
