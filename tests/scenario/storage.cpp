// Storage systems, datasets and checkpoints as files say them.
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;
using namespace iccsim::scenario::test;

namespace {

const char* const platform_with_tiers = R"({
  nodes: [ { name: gpu, type: dgx-a100-80g, count: 16 } ], fabric: rail-2tier,
  storage_fabric: { type: fat_tree, leaf_ports: 32 },
  storage: [
    { name: pfs, type: parallel_fs, servers: 16, read: 40 GB/s, write: 30 GB/s, nics: 2, nic: 200 Gbps,
      stream_read: 2 GB/s, stream_write: 1 GB/s, latency: 1 ms, metadata_rate: 50000 /s, stripe_servers: 4,
      request: 1 MiB, network: storage, gpu_direct: true },
    { name: objects, type: object_store, read: 10 GB/s, write: 5 GB/s, nic: 100 Gbps, connections: 64, latency: 20 ms },
    { name: local, type: local_nvme },
    { name: hot, type: tiered, behind: warm, cache: host_memory, cache_capacity: 500 GB },
    { name: warm, type: tiered, behind: objects, cache: servers, servers: 4, read: 20 GB/s, write: 10 GB/s,
      nic: 200 Gbps, cache_capacity: 30 TB } ] })";

Parts with_storage(const std::string& more) {
  Parts parts;
  parts.platform = platform_with_tiers;
  parts.more = more;
  return parts;
}

const char* const unet3d = R"(
version: 1
platform:
  nodes: [ { name: gpu, type: dgx-a100-80g, count: 16 } ]
  fabric: rail-2tier
  storage:
    - { name: pfs, type: parallel_fs, servers: 16, read: 40 GB/s, write: 30 GB/s, nics: 2, nic: 200 Gbps }
jobs:
  - { name: unet3d, type: training, cards: 64, compute_per_step: 323 ms, batch: { micro: 7 }, length: { steps: 500 },
      dataset: { storage: pfs, samples: 7000, bytes_per_sample: 146600628 B, readers: 4, prefetch: 4 } }
)";

} // namespace

TEST_CASE("Every key of a storage reaches its member") {
  const PlatformSpec platform = read_good(pretraining(with_storage(""))).platform;
  REQUIRE(platform.storage.size() == 5);
  const StorageSpec& pfs = platform.storage[0];
  CHECK(pfs.servers == 16);
  CHECK(pfs.read_bytes_per_s == 40e9);
  CHECK(pfs.write_bytes_per_s == 30e9);
  CHECK(pfs.nics == 2);
  CHECK(pfs.nic_bytes_per_s == 25e9);
  CHECK(pfs.stream_read_bytes_per_s == 2e9);
  CHECK(pfs.stream_write_bytes_per_s == 1e9);
  CHECK(pfs.latency_s == Approx(1e-3));
  CHECK(pfs.metadata_per_s == 50000);
  CHECK(pfs.stripe_servers == 4);
  CHECK(pfs.request_bytes == 1048576);
  CHECK(pfs.network == StorageNetwork::storage);
  CHECK(pfs.gpu_direct);
  CHECK(platform.storage[1].kind == StorageKind::object_store);
  CHECK(platform.storage[1].connections == 64);
  CHECK(platform.storage[1].servers == 1);
  CHECK(platform.storage[1].network == StorageNetwork::automatic);
  CHECK(platform.storage[1].request_bytes == 8 << 20);
  CHECK(platform.storage[2].kind == StorageKind::local_nvme);
  CHECK(platform.storage[3].behind == "warm");
  CHECK(platform.storage[3].cache == CacheMedium::host_memory);
  CHECK(platform.storage[3].cache_bytes == 500e9);
  CHECK(platform.storage[4].cache == CacheMedium::servers);
}

TEST_CASE("A storage fabric is read as the compute fabric is, and is none unless said") {
  const PlatformSpec platform = read_good(pretraining(with_storage(""))).platform;
  REQUIRE(platform.storage_fabric);
  CHECK(platform.storage_fabric->kind == FabricKind::fat_tree);
  CHECK(platform.storage_fabric->leaf_ports == 32);
  CHECK(platform.fabric.kind == FabricKind::rail_optimized);
  CHECK_FALSE(read_good(pretraining()).platform.storage_fabric);
}

TEST_CASE("A dataset has its keys, and defaults for the others") {
  SECTION("all") {
    const auto parts = with_storage("dataset: { storage: hot, bytes_per_sample: 8 KiB, bytes_cv: 0.5, "
                                    "copied_bytes_per_sample: 16 KiB, cpu_time_per_sample: 2 ms, samples: 10M, "
                                    "samples_per_file: 100, readers: 8, prefetch: 3, order: sequential, "
                                    "page_cache: false }");
    const DatasetSpec dataset = pretraining_of(read_good(pretraining(parts))).dataset.value();
    CHECK(dataset.storage == "hot");
    CHECK(dataset.bytes_per_sample == 8192);
    CHECK(dataset.bytes_cv == 0.5);
    CHECK(dataset.copied_bytes_per_sample == 16384);
    CHECK(dataset.cpu_time_per_sample_s == Approx(2e-3));
    CHECK(dataset.samples == 10e6);
    CHECK(dataset.samples_per_file == 100);
    CHECK(dataset.readers == 8);
    CHECK(dataset.prefetch == 3);
    CHECK(dataset.order == SampleOrder::sequential);
    CHECK_FALSE(dataset.page_cache);
  }
  SECTION("few") {
    const auto parts = with_storage("dataset: { storage: pfs, bytes_per_sample: 8 KiB }");
    const DatasetSpec dataset = pretraining_of(read_good(pretraining(parts))).dataset.value();
    CHECK(dataset.samples == 0);
    CHECK(dataset.prefetch == 2);
    CHECK(dataset.readers == 1);
    CHECK(dataset.order == SampleOrder::shuffled);
    CHECK(dataset.page_cache);
  }
}

TEST_CASE("A checkpoint is written every time or every so many steps, at several levels") {
  SECTION("by time, asynchronously") {
    const auto parts = with_storage("checkpoint: { storage: pfs, every: 30 min, mode: async, writers: rank0, "
                                    "restore: true }");
    const CheckpointSpec checkpoint = pretraining_of(read_good(pretraining(parts))).checkpoint.value();
    CHECK(checkpoint.every_s == 1800.0);
    CHECK_FALSE(checkpoint.every_steps);
    CHECK(checkpoint.asynchronous);
    CHECK(checkpoint.writers == CheckpointWriters::rank0);
    CHECK(checkpoint.restore);
    CHECK(checkpoint.bytes == 0);
  }
  SECTION("by steps, with levels") {
    const auto parts =
        with_storage("checkpoint: { storage: pfs, every: { steps: 1K }, mode: sync, bytes: 2.3 TB, levels: [ "
                     "{ to: host_memory, every: { steps: 10 } }, { to: peer, every: 5 min }, "
                     "{ to: nvme, every: 10 min }, { to: storage, storage: objects, every: 1 d } ] }");
    const CheckpointSpec checkpoint = pretraining_of(read_good(pretraining(parts))).checkpoint.value();
    CHECK(checkpoint.every_steps == 1000.0);
    CHECK_FALSE(checkpoint.every_s);
    CHECK_FALSE(checkpoint.asynchronous);
    CHECK(checkpoint.bytes == 2.3e12);
    REQUIRE(checkpoint.levels.size() == 4);
    CHECK(checkpoint.levels[0].tier == CheckpointTier::host_memory);
    CHECK(checkpoint.levels[0].every_steps == 10.0);
    CHECK(checkpoint.levels[1].every_s == 300.0);
    CHECK(checkpoint.levels[3].storage == "objects");
  }
  SECTION("restored only") {
    const auto parts = with_storage("checkpoint: { storage: pfs, restore: true }");
    CHECK(pretraining_of(read_good(pretraining(parts))).checkpoint->restore);
  }
}

TEST_CASE("The contract's training by compute time becomes what it says") {
  const Scenario scenario = read_good(unet3d);
  CHECK(scenario.jobs.at(0).cards == 64);
  const auto& job = std::get<TrainingSpec>(scenario.jobs[0].what);
  CHECK(job.compute_per_step_s == Approx(0.323));
  CHECK(job.micro == 7);
  CHECK(job.length.steps == 500.0);
  REQUIRE(job.dataset);
  CHECK(job.dataset->samples == 7000);
  CHECK(job.dataset->bytes_per_sample == 146600628);
  CHECK(job.dataset->readers == 4);
  CHECK(job.dataset->prefetch == 4);
  CHECK_FALSE(job.checkpoint);
}
