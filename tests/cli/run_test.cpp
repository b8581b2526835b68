#include "cli/command_line.hpp"
#include "cli/scenarios.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <regex>

using namespace iccsim::cli::test;
using nlohmann::json;

TEST_CASE("run prints a summary on standard output and nothing else anywhere") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"run", scratch.write("s.yaml", small_scenario)});
  INFO(answer.errors);
  CHECK(answer.status == 0);
  CHECK(answer.output.find("MFU") != std::string::npos);
  CHECK(answer.errors.empty());
}

TEST_CASE("run --json prints result.json, the same that -o writes") {
  const ScratchDirectory scratch;
  const auto out = scratch.path() / "deep" / "er";
  const auto answer = run_iccsim({"run", scratch.write("s.yaml", small_scenario), "--json", "-o", out.string()});
  INFO(answer.errors);
  REQUIRE(answer.status == 0);
  CHECK(answer.output == read_text(out / "result.json"));
  const auto tree = json::parse(answer.output);
  CHECK(tree["scenario"] == "small");
  CHECK(tree["complete"] == true);
  // Nothing else, no temporary either, is left in the directory.
  CHECK(std::distance(std::filesystem::directory_iterator(out), {}) == 1);
}

TEST_CASE("card-seconds by state sum to cards x horizon, and the share of compute is MFU") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"run", scratch.write("s.yaml", small_scenario), "--json"});
  REQUIRE(answer.status == 0);
  const auto tree = json::parse(answer.output);
  double sum = 0;
  for (const auto& seconds : tree["cluster"]["states_s"]) {
    sum += seconds.get<double>();
  }
  const double whole = tree["cluster"]["cards"].get<double>() * tree["simulated_s"].get<double>();
  CHECK(sum == Approx(whole).epsilon(1e-9));
  const auto& job = tree["jobs"]["pretrain"];
  CHECK(job["states_s"]["compute"].get<double>() / whole == Approx(job["mfu"].get<double>()).epsilon(1e-6));
}

TEST_CASE("the same file gives the same bytes, but for the wall clock") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", small_scenario);
  const std::regex wall("\"wall_s\": [^,]*");
  const auto first = std::regex_replace(run_iccsim({"run", file, "--json"}).output, wall, "");
  const auto second = std::regex_replace(run_iccsim({"run", file, "--json"}).output, wall, "");
  CHECK_FALSE(first.empty());
  CHECK(first == second);
}

TEST_CASE("options --set and --seed override the file") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"run", scratch.write("s.yaml", small_scenario), "--json", "--seed", "42", "--set",
                                  "jobs.pretrain.length.steps=3", "--set", "name=other"});
  INFO(answer.errors);
  REQUIRE(answer.status == 0);
  const auto tree = json::parse(answer.output);
  CHECK(tree["seed"] == 42);
  CHECK(tree["scenario"] == "other");
  CHECK(tree["jobs"]["pretrain"]["steps"] == 3);
}

TEST_CASE("playing every step agrees with the skip") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", small_scenario);
  const auto skipped = json::parse(run_iccsim({"run", file, "--json"}).output);
  const auto played = json::parse(run_iccsim({"run", file, "--json", "--no-fast-forward"}).output);
  CHECK(skipped["jobs"]["pretrain"]["step_s"]["mean"].get<double>() ==
        Approx(played["jobs"]["pretrain"]["step_s"]["mean"].get<double>()).epsilon(1e-6));
}

TEST_CASE("Ctrl-C: status 130, and what was simulated until then, marked incomplete") {
  const ScratchDirectory scratch;
  // More steps than any machine plays before the signal comes.
  const auto answer = run_iccsim_interrupted_after(
      3, {"run", scratch.write("s.yaml", small_scenario), "--json", "--no-fast-forward", "--set",
          "jobs.pretrain.length.steps=1000000000", "-o", scratch.path().string()});
  CHECK(answer.status == 130);
  const auto tree = json::parse(answer.output);
  CHECK(tree["complete"] == false);
  CHECK(tree["jobs"]["pretrain"]["state"] == "running");
  CHECK(tree["jobs"]["pretrain"]["steps"].get<double>() > 0);
  CHECK(read_text(scratch.path() / "result.json") == answer.output);
}

TEST_CASE("an expectation decides between exit status 0 and 1") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", small_scenario);
  const double mfu = json::parse(run_iccsim({"run", file, "--json"}).output)["jobs"]["pretrain"]["mfu"];
  const auto met = scratch.write("met.yaml", small_scenario_expecting(std::to_string(mfu)));
  const auto missed = scratch.write("missed.yaml", small_scenario_expecting(std::to_string(2 * mfu)));
  CHECK(run_iccsim({"run", met}).status == 0);
  const auto answer = run_iccsim({"run", missed});
  CHECK(answer.status == 1);
  CHECK(answer.output.find("MISS") != std::string::npos);
}

TEST_CASE("a file with mistakes ends in status 2, all of them on standard error, and writes nothing") {
  const ScratchDirectory scratch;
  std::string text = small_scenario;
  text.replace(text.find("cards: 16"), 9, "crads: 16");
  text.replace(text.find("micro: 2"), 8, "micro: x");
  const auto file = scratch.write("s.yaml", text);
  const auto out = scratch.path() / "out";
  const auto answer = run_iccsim({"run", file, "-o", out.string()});
  CHECK(answer.status == 2);
  CHECK(answer.output.empty());
  CHECK(answer.errors.find(file + ":13:") != std::string::npos);
  CHECK(answer.errors.find("cards") != std::string::npos);
  CHECK(answer.errors.find("micro") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("a model that does not fit is refused, with what would make it fit") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"run", scratch.write("s.yaml", small_scenario), "--set", "models.tiny.hidden=32768",
                                  "--set", "models.tiny.heads=256", "--set", "models.tiny.ffn=131072"});
  CHECK(answer.status == 2);
  CHECK(answer.output.empty());
  CHECK(answer.errors.find("error: jobs[0].parallelism: needs ") != std::string::npos);
  CHECK(answer.errors.find("GB") != std::string::npos);
}

TEST_CASE("flow by flow, a job takes as long as in bundles where its flows go in step") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", small_scenario);
  const auto bundles = run_iccsim({"run", file, "--json", "--quiet"});
  const auto flows = run_iccsim({"run", file, "--json", "--quiet", "--network", "flows"});
  INFO(flows.errors);
  REQUIRE(bundles.status == 0);
  REQUIRE(flows.status == 0);
  const auto step_s = [](const std::string& text) {
    return json::parse(text)["jobs"]["pretrain"]["step_s"]["mean"].get<double>();
  };
  CHECK(step_s(flows.output) == Approx(step_s(bundles.output)).epsilon(1e-4));
}

TEST_CASE("what is not built yet or not there is refused by name") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", small_scenario);
  struct Case {
    std::vector<std::string> arguments;
    std::string said;
  };
  const std::vector<Case> cases{
      {{"run", file, "--network", "tubes"}, "--network"},
      {{"run", file, "--set", "nonsense"}, "path=value"},
      {{"run", file, "--set", "jobs.pretrain.crads=8"}, "crads"},
      {{"run", file, "--seed", "many"}, "--seed"},
      {{"run", file, "-o", "/proc/nowhere"}, "/proc/nowhere"},
      {{"run", (scratch.path() / "none.yaml").string()}, "none.yaml"},
      {{"run", scratch.path().string()}, scratch.path().string()},
      {{"run"}, "FILE"},
      {{"simulate", file}, "simulate"},
      {{}, "subcommand"},
  };
  for (const auto& c : cases) {
    const auto answer = run_iccsim(c.arguments);
    INFO(c.said);
    INFO(answer.errors);
    CHECK(answer.status == 2);
    CHECK(answer.output.empty());
    CHECK(answer.errors.find(c.said) != std::string::npos);
  }
}

TEST_CASE("version and help answer on standard output") {
  CHECK(run_iccsim({"--version"}).output.find("iccsim 0.") == 0);
  const auto help = run_iccsim({"run", "--help"});
  CHECK(help.status == 0);
  CHECK(help.output.find("--no-fast-forward") != std::string::npos);
}
