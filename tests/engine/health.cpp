// Slow cards and degraded links in whole simulations.
#include "simulation_fakes.hpp"

#include "engine/simulation_usage.hpp"
#include "iccsim/engine/faults.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

scenario::FaultSpec fault(const std::string& link, double at_s, double bandwidth,
                          std::optional<double> until_s = std::nullopt) {
  return {link, at_s, bandwidth, until_s, {}};
}

/// One ring all-reduce over two nodes.
scenario::Scenario ring(std::vector<scenario::FaultSpec> faults) {
  auto one = all_reduce("ar", 16, 0, 4e9, 1);
  std::get<scenario::CollectiveSpec>(one.what).algorithm = scenario::CollectiveAlgorithm::ring;
  auto platform = small_cluster(2);
  for (auto& nic : platform.pools[0].node.nics) {
    nic.bytes_per_s = 5e9; // the ring is as fast as its slowest NIC
  }
  auto scenario = scenario_of(platform, {one});
  scenario.faults = std::move(faults);
  return scenario;
}

/// Seconds from its start to its end.
double ring_seconds(std::vector<scenario::FaultSpec> faults) {
  return Simulated(ring(std::move(faults))).jobs[0].end_s;
}

metrics::ResourceFigures figures_of(const std::string& name, const Simulated& run) {
  for (const auto& row : usage_figures(run.network.usage(), run.cluster)) {
    if (row.name == name) {
      return row;
    }
  }
  return {};
}

scenario::Scenario train(int nodes, double steps) {
  return scenario_of(small_cluster(nodes), {job("train", 8 * nodes, 0, small_pretraining(2, 2, 4 * nodes, steps))});
}

void check_alike(const metrics::StateSeconds& a, const metrics::StateSeconds& b, double tolerance) {
  for (std::size_t i = 0; i < metrics::state_count; ++i) {
    const auto state = static_cast<State>(i);
    INFO(name_of(state));
    CHECK(a[state] == Approx(b[state]).margin(tolerance * b.total()));
  }
}

} // namespace

TEST_CASE("a NIC at half its rate: what was sent is sent, the rest takes twice as long") {
  const double whole_s = ring_seconds({});
  const double half_s = ring_seconds({fault("gpu-0/nic0", 0, 0.5)});
  const double latency_s = 2 * whole_s - half_s; // of the call: whole = latency + bytes / rate
  REQUIRE(latency_s >= 0);
  REQUIRE(latency_s < 0.1 * whole_s);
  const double at_s = 0.4 * whole_s;
  CHECK(ring_seconds({fault("gpu-0/nic0", at_s, 0.5)}) == Approx(at_s + 2 * (whole_s - at_s)).epsilon(1e-9));
  CHECK(ring_seconds({fault("gpu-0/nic0", at_s, 0.25)}) == Approx(at_s + 4 * (whole_s - at_s)).epsilon(1e-9));
  const double until_s = at_s + 0.2 * whole_s; // in which 0.1 is done
  CHECK(ring_seconds({fault("gpu-0/nic0", at_s, 0.5, until_s)}) == Approx(1.1 * whole_s).epsilon(1e-9));
  CHECK(ring_seconds({fault("gpu-0/nic0", 10 * whole_s, 0.5)}) == whole_s);
}

TEST_CASE("a link that is gone: what crosses it stands still until it is back, and no byte is lost") {
  const Simulated whole(ring({}));
  const double whole_s = whole.jobs[0].end_s;
  const double at_s = 0.4 * whole_s;
  for (const char* link : {"gpu-0/nic0", "gpu-0/nic0/out", "gpu-1/nic0/in"}) {
    for (const double gone_s : {1e-3, 3.0, 1e5}) {
      INFO(link << " gone for " << gone_s << " s");
      const Simulated held(ring({fault(link, at_s, 0, at_s + gone_s)}));
      CHECK(held.jobs[0].end_s == Approx(whole_s + gone_s).epsilon(1e-9));
      const auto nic = figures_of("gpu-0/nic0/out", held);
      CHECK(nic.bytes > 0);
      CHECK(nic.bytes == Approx(figures_of("gpu-0/nic0/out", whole).bytes).epsilon(1e-12));
      CHECK(nic.mean_utilization == Approx(nic.bytes / (nic.capacity * held.clock.now())));
    }
  }
}

TEST_CASE("a link that is gone while other faults have it counts as gone") {
  const double whole_s = ring_seconds({});
  const auto ends = [&](double half_until, double gone_from, double gone_until) {
    return ring_seconds({fault("gpu-0/nic0", 0.4 * whole_s, 0.5, half_until * whole_s),
                         fault("gpu-0/nic0/in", gone_from * whole_s, 0, gone_until * whole_s)}) /
           whole_s;
  };
  CHECK(ends(0.6, 0.5, 2) == Approx(2 + 0.55).epsilon(1e-9));    // 0.45 done before
  CHECK(ends(3, 0.5, 2) == Approx(3 + 0.05).epsilon(1e-9));      // half the rate again from 2 to 3
  CHECK(ends(0.8, 0.4, 0.6) == Approx(0.8 + 0.5).epsilon(1e-9)); // both begin together
  const double again_s = ring_seconds(
      {fault("gpu-0/nic0", 0.4 * whole_s, 0, 0.7 * whole_s), fault("gpu-0/nic0", 0.6 * whole_s, 0, 0.9 * whole_s)});
  CHECK(again_s == Approx(1.5 * whole_s).epsilon(1e-9));
}

TEST_CASE("the horizon while a link is gone: its use is that of its own bandwidth") {
  auto scenario = ring({});
  const double whole_s = Simulated(scenario).jobs[0].end_s;
  scenario.faults = {fault("gpu-0/nic0", 0.4 * whole_s, 0, 3 * whole_s)};
  scenario.duration_s = 2 * whole_s;
  const Simulated cut(scenario);
  const auto nic = figures_of("gpu-0/nic0/out", cut);
  CHECK(nic.capacity == 5e9);
  CHECK(nic.mean_utilization == Approx(0.2).epsilon(0.01));
}

TEST_CASE("of faults that overlap on a link the worst counts") {
  scenario::Scenario scenario = train(2, 1);
  scenario.faults = {fault("gpu-0/nic1/out", 10, 0.5, 40), fault("gpu-0/nic1/out", 20, 0.2, 30)};
  const platform::Cluster cluster(scenario.platform);
  scenario::Diagnostics diagnostics;
  const auto changes = capacity_changes(scenario, cluster, diagnostics);
  CHECK(diagnostics.empty());
  REQUIRE(changes.size() == 4);
  const double whole = cluster.capacity(changes[0].resource);
  CHECK(cluster.resource_name(changes[0].resource) == "gpu-0/nic1/out");
  const std::vector<std::pair<double, double>> expected = {{10, 0.5}, {20, 0.2}, {30, 0.5}, {40, 1}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(changes[i].at_s == expected[i].first);
    CHECK(changes[i].bytes_per_s == Approx(whole * expected[i].second));
  }
}

TEST_CASE("a link that is not there is named, with the nearest that is") {
  scenario::Scenario scenario = train(2, 1);
  scenario.faults = {fault("gpu-0/nic0", 0, 0.5), fault("gpu-1/nick3/out", 0, 0.5)};
  const platform::Cluster cluster(scenario.platform);
  scenario::Diagnostics diagnostics;
  CHECK(capacity_changes(scenario, cluster, diagnostics).size() == 2); // both directions of the first
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.list()[0].path == "faults[1].link");
  CHECK(diagnostics.list()[0].message == "the cluster has no link 'gpu-1/nick3/out'");
  CHECK(diagnostics.list()[0].hint == "did you mean 'gpu-1/nic3/out'?");
}

TEST_CASE("a slow node: its replicas compute longer, the others wait for them") {
  const Simulated healthy(train(8, 4));
  auto scenario = train(8, 4);
  scenario.stragglers = {{5, std::nullopt, 1.5, {}}};
  const Simulated slow(scenario);
  const auto& states = slow.jobs[0].states;
  CHECK(slow.jobs[0].end_s > healthy.jobs[0].end_s);
  CHECK(slow.jobs[0].end_s < 1.5 * healthy.jobs[0].end_s);
  CHECK(states[State::compute] == Approx(healthy.jobs[0].states[State::compute]));
  CHECK(states[State::straggler] > 0.5 * 64 * (slow.jobs[0].end_s - healthy.jobs[0].end_s));
  CHECK(healthy.jobs[0].states[State::straggler] == 0);
  CHECK(slow.card_seconds() == Approx(64 * slow.clock.now()).epsilon(1e-12));
}

TEST_CASE("a slowdown of 1 changes nothing, whatever classes it makes") {
  const Simulated healthy(train(4, 3));
  auto scenario = train(4, 3);
  scenario.stragglers = {{2, 3, 1 + 1e-12, {}}, {1, std::nullopt, 1 + 1e-12, {}}};
  const Simulated split(scenario);
  CHECK(split.jobs[0].end_s == Approx(healthy.jobs[0].end_s).epsilon(1e-9));
  check_alike(split.jobs[0].states, healthy.jobs[0].states, 1e-9);
}

TEST_CASE("replicas on faster chips wait for those on slower ones") {
  auto platform = small_cluster(2);
  auto fast = platform.pools[0];
  fast.name = "fast";
  fast.node.chip.name = "fast-chip";
  fast.node.chip.peak_flops[scenario::Precision::bf16] *= 2;
  platform.pools.push_back(fast);
  const auto run_on = [&](std::vector<std::string> pools, int cards, int batch) {
    auto spec = job("train", cards, 0, small_pretraining(2, 1, batch, 3));
    spec.pools = std::move(pools);
    return Simulated(scenario_of(platform, {spec}));
  };
  const auto mixed = run_on({}, 32, 64).jobs[0];
  const auto slow = run_on({"gpu"}, 16, 32).jobs[0];
  CHECK(mixed.states[State::straggler] > 0);
  CHECK(mixed.end_s == Approx(slow.end_s).epsilon(0.2)); // the same compute, a longer way for the gradients
  CHECK(mixed.states[State::compute] == Approx(1.5 * slow.states[State::compute]));
}

TEST_CASE("fast-forward stops at faults and finds the new pace") {
  auto scenario = train(4, 400);
  const double step_s = Simulated(train(4, 1)).jobs[0].end_s;
  scenario.faults = {fault("gpu-1/nic2", 100.4 * step_s, 0.1, 250.7 * step_s)};
  scenario.stragglers = {{3, 1, 1.2, {}}};
  const Simulated played(scenario, false);
  const Simulated skipped(scenario, true);
  auto healthy = scenario;
  healthy.faults.clear();
  REQUIRE(played.jobs[0].end_s > 1.01 * Simulated(healthy).jobs[0].end_s);
  CHECK(skipped.jobs[0].end_s == Approx(played.jobs[0].end_s).epsilon(1e-6));
  check_alike(skipped.jobs[0].states, played.jobs[0].states, 1e-6);
}

TEST_CASE("fast-forward plays the time in which a link is gone") {
  auto scenario = train(4, 400);
  const double step_s = Simulated(train(4, 1)).jobs[0].end_s;
  scenario.faults = {fault("gpu-1/nic2", 100.4 * step_s, 0, 150.7 * step_s)};
  const Simulated played(scenario, false);
  const Simulated skipped(scenario, true);
  REQUIRE(played.jobs[0].end_s > 445 * step_s);
  CHECK(skipped.jobs[0].end_s == Approx(played.jobs[0].end_s).epsilon(1e-6));
  check_alike(skipped.jobs[0].states, played.jobs[0].states, 1e-6);
}

TEST_CASE("degraded links: merged resources give what each by itself gives") {
  auto scenario = train(4, 3);
  scenario.jobs[0].cards = 16;
  std::get<scenario::PretrainingSpec>(scenario.jobs[0].what).batch.global = 8;
  scenario.jobs.push_back(all_reduce("ar", 16, 0.001, 1e8, 10));
  scenario.faults = {fault("gpu-0/nic0/out", 0.002, 0.3), fault("gpu-2/nic5", 0.004, 0.6, 0.02)};
  scenario.stragglers = {{1, 2, 1.3, {}}};
  const Simulated merged(scenario);
  FakeClock clock;
  const platform::Cluster cluster(scenario.platform);
  BundleNetwork network(
      clock, [&cluster](platform::ResourceId resource) { return cluster.capacity(resource); }, Merging::off);
  JobBoard board(scenario, cluster, clock, network, true);
  board.open([&clock] { clock.stop(); });
  clock.run(never_s);
  const auto apart = board.results(clock.now());
  REQUIRE(apart.size() == 2);
  for (std::size_t i = 0; i < apart.size(); ++i) {
    CHECK(apart[i].end_s == Approx(merged.jobs[i].end_s).epsilon(1e-9));
    check_alike(apart[i].states, merged.jobs[i].states, 1e-9);
  }
}
