#include "cli/command_line.hpp"
#include "cli/scenarios.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::cli::test;

TEST_CASE("check prints the plan and the memory of every job, and simulates nothing") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"check", scratch.write("s.yaml", small_scenario)});
  INFO(answer.errors);
  CHECK(answer.status == 0);
  for (const char* said : {"16 cards", "TP 2 x PP 2 x DP 4", "optimizer", "capacity", "fits"}) {
    INFO(said);
    CHECK(answer.output.find(said) != std::string::npos);
  }
}

TEST_CASE("check goes on after a bad file, and its status tells") {
  const ScratchDirectory scratch;
  const auto bad = scratch.write("bad.yaml", "version: 1\nnam: x\n");
  const auto good = scratch.write("good.yaml", small_scenario);
  const auto answer = run_iccsim({"check", bad, good});
  CHECK(answer.status == 2);
  CHECK(answer.errors.find("bad.yaml:2:1") != std::string::npos);
  CHECK(answer.output.find("TP 2 x PP 2 x DP 4") != std::string::npos);
}

TEST_CASE("check shows the memory of what does not fit, and refuses it") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"check", scratch.write("s.yaml", small_scenario), "--set", "models.tiny.hidden=32768",
                                  "--set", "models.tiny.heads=256", "--set", "models.tiny.ffn=131072"});
  CHECK(answer.status == 2);
  CHECK(answer.output.find("DOES NOT FIT") != std::string::npos);
  CHECK(answer.errors.find(": error: jobs[0].parallelism: needs ") != std::string::npos);
}

TEST_CASE("check says what serves a model fills on a card, and refuses what leaves no KV") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", R"(version: 1
name: s
platform: { nodes: [{ name: gpu, type: dgx-h100, count: 1 }], fabric: { type: single_switch } }
jobs:
  - { name: chat, type: inference, model: llama3-70b, replicas: { count: 1, tensor: 4 },
      requests: { arrival: { process: constant, rate: 1 /s }, prompt: 100, output: 10, count: 5 } }
)");
  const auto fits = run_iccsim({"check", file});
  INFO(fits.errors);
  CHECK(fits.status == 0);
  CHECK(fits.output.find("35.3 GB of weights") != std::string::npos); // 70.55 billion in 16 bits on 4 cards
  for (const char* command : {"check", "run"}) {
    const auto misfit = run_iccsim({command, file, "--set", "jobs[0].replicas.tensor=1"});
    CHECK(misfit.status == 2);
    CHECK(misfit.errors.find("s.yaml:5:65: error: jobs[0].replicas: no memory is left for KV: 141.1 GB of weights") !=
          std::string::npos);
    CHECK(misfit.errors.find("; expected room for at least one block of KV; ") != std::string::npos);
    CHECK(misfit.output.find("simulated") == std::string::npos);
    CHECK(misfit.errors.find("weight_precision: fp8, or tensor: 2, or pipeline: 2 would make room") !=
          std::string::npos);
  }
}

TEST_CASE("check refuses KV blocks beyond the card's memory, where they are said") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", R"(version: 1
name: s
platform: { nodes: [{ name: gpu, type: dgx-h100, count: 1 }], fabric: { type: single_switch } }
jobs:
  - name: chat
    type: inference
    model: llama3-8b
    engine: { kv_blocks: 30000 }
    disaggregation: { prefill: { count: 1 }, decode: { count: 1, engine: { kv_blocks: 20000 } } }
    requests: { arrival: { process: constant, rate: 1 /s }, prompt: 100, output: 10, count: 5 }
)");
  CHECK(run_iccsim({"check", file}).status == 0);
  // 16 tokens of 32 layers of 8 heads of 128, keys and values in 16 bits: 2 MiB a block
  const auto run = [&](const char* setting) { return run_iccsim({"run", file, "--set", setting}); };
  const auto prefill = run("jobs[0].engine.kv_blocks=1000000");
  CHECK(prefill.status == 2);
  CHECK(prefill.errors.find("error: jobs[0].engine.kv_blocks: 1000000 blocks of KV (2097.2 GB) and 16.1 GB of weights "
                            "are more than the 85.9 GB of a card of ") != std::string::npos);
  CHECK(prefill.errors.find("; expected blocks that fit beside the weights; the card ends at 33") != std::string::npos);
  const auto decode = run("jobs[0].disaggregation.decode.engine.kv_blocks=40000");
  CHECK(decode.status == 2);
  CHECK(decode.errors.find("jobs[0].disaggregation.decode.engine.kv_blocks: 40000 blocks") != std::string::npos);
  const auto file_with_mistake = scratch.write("t.yaml", R"(version: 1
name: s
platform: { nodes: [{ name: gpu, type: dgx-h100, count: 1 }], fabric: { type: single_switch } }
jobs:
  - { name: chat, type: inference, model: llama3-8b, engine: { kv_blocks: 50000 },
      requests: { arrival: { process: constant, rate: 1 /s }, prompt: 100, output: 10, count: 5 } }
)");
  const auto located = run_iccsim({"check", file_with_mistake});
  CHECK(located.status == 2);
  CHECK(located.errors.find("t.yaml:5:75: error: jobs[0].engine.kv_blocks: 50000 blocks") != std::string::npos);
}

TEST_CASE("check speaks of one card as of one") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", R"(version: 1
name: s
platform: { nodes: [{ name: gpu, type: dgx-h100, count: 1 }], fabric: { type: single_switch } }
jobs:
  - { name: chat, type: inference, model: llama3-8b,
      requests: { arrival: { process: closed, concurrency: 1 }, prompt: 100, output: 10, count: 5 } }
)");
  const auto one = run_iccsim({"check", file});
  CHECK(one.status == 0);
  CHECK(one.output.find(" on 1 card\n") != std::string::npos);
  CHECK(one.output.find("1 client,") != std::string::npos);
  CHECK(run_iccsim({"run", "-q", "--no-what-if", file}).output.find("inference on 1 card,") != std::string::npos);
  CHECK(run_iccsim({"check", file, "--set", "jobs[0].replicas.tensor=2"}).output.find(" on 2 cards\n") !=
        std::string::npos);
}
