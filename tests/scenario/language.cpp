// The language describes itself from the tables that the reader reads with.
#include "iccsim/scenario/language.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace iccsim::scenario;

namespace {

std::map<std::string, KeyDescription> keys_by_path() {
  std::map<std::string, KeyDescription> keys;
  for (const KeyDescription& key : describe_language()) {
    keys.emplace(key.path, key);
  }
  return keys;
}

} // namespace

TEST_CASE("Every key of the contract is described") {
  const auto keys = keys_by_path();
  for (const char* path : {"version",
                           "name",
                           "title",
                           "seed",
                           "duration",
                           "platform",
                           "platform.nodes[].count",
                           "platform.fabric.leaf_ports",
                           "platform.storage[].nic",
                           "models",
                           "jobs[].parallelism.virtual",
                           "jobs[].batch.global",
                           "jobs[].software",
                           "jobs[].overlap.gradients",
                           "jobs[].length.tokens",
                           "jobs[].dataset",
                           "jobs[].checkpoint",
                           "jobs[].bytes",
                           "platform.storage_fabric.leaf_ports",
                           "platform.storage[].cache_capacity",
                           "jobs[].dataset.cpu_time_per_sample",
                           "jobs[].checkpoint.every.steps",
                           "jobs[].checkpoint.levels[].to",
                           "jobs[].compute_per_step",
                           "jobs[].replicas.data",
                           "jobs[].engine.kv_offload.host",
                           "jobs[].disaggregation.decode.engine.max_batch",
                           "jobs[].requests.arrival.curve[].rate",
                           "jobs[].requests.turns.count.mean",
                           "jobs[].slo.ttft_p99",
                           "jobs[].autoscale.target_queue",
                           "scheduler",
                           "failures",
                           "facility",
                           "expect[].tolerance"}) {
    CHECK(keys.count(path) == 1);
  }
}

TEST_CASE("A description holds type, default and range") {
  const auto keys = keys_by_path();
  CHECK(keys.at("jobs[].batch.micro").default_value == "1");
  CHECK(keys.at("jobs[].batch.global").required);
  CHECK(keys.at("jobs[].batch.global").default_value.empty());
  CHECK(keys.at("jobs[].recompute").type == "none, selective or full");
  CHECK(keys.at("platform.fabric.hop_latency").default_value == "600 ns");
  CHECK(keys.at("platform.fabric.efficiency").range == "greater than 0 and at most 1");
  CHECK(keys.at("jobs[].precision").default_value == "bf16");
  CHECK(keys.at("jobs[].software").default_value == "megatron-core");
  CHECK_FALSE(keys.at("facility").built);
}

TEST_CASE("Every key says what it means") {
  for (const KeyDescription& key : describe_language()) {
    INFO(key.path);
    CHECK_FALSE(key.meaning.empty());
    CHECK((!key.built || !key.type.empty()));
  }
}
