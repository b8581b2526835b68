#include "iccsim/engine/simulation.hpp"

#include "engine/clock/simgrid_clock.hpp"
#include "engine/job/job_board.hpp"
#include "engine/network/bundle_network.hpp"
#include "engine/network/flow_network.hpp"
#include "engine/simulation_usage.hpp"
#include "engine/simulation_watch.hpp"
#include "iccsim/metrics/conservation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace iccsim::engine {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

metrics::Result result_of(const scenario::Scenario& scenario, const platform::Cluster& cluster, const JobBoard& board,
                          const Network& network, double horizon_s) {
  metrics::Result result;
  result.scenario_name = scenario.name;
  result.scenario_title = scenario.title;
  result.seed = scenario.seed;
  result.simulated_s = horizon_s;
  result.cards = cluster.cards();
  result.jobs = board.results(horizon_s);
  for (const metrics::JobResult& job : result.jobs) {
    result.cluster_states += job.states;
  }
  result.cluster_states[metrics::State::free] += board.free_card_seconds(horizon_s);
  result.utilization = metrics::utilization(result.cluster_states);
  result.peak_utilization = board.most_cards_taken() / result.cards;
  result.resources = usage_figures(network.usage(), cluster);
  return result;
}

constexpr std::size_t many_flows = 10000; // 128 cards that all send to all take minutes a step

std::unique_ptr<Network> make_flows(const Options& options, SimGridClock& clock, const platform::Cluster& cluster) {
  auto network = std::make_unique<FlowNetwork>(clock, cluster);
  if (options.on_note) {
    network->watch_phases(many_flows, [&options](std::size_t flows) {
      options.on_note(fmt::format("a collective has {} flows at once, each played by itself: the time of the run grows "
                                  "with their square; the network 'bundles' takes seconds",
                                  flows));
    });
  }
  return network;
}

std::unique_ptr<Network> make_network(const Options& options, SimGridClock& clock, const platform::Cluster& cluster) {
  if (options.network == NetworkKind::flows) {
    return make_flows(options, clock, cluster);
  }
  clock.run_ahead();
  return std::make_unique<BundleNetwork>(clock, cluster);
}

} // namespace

metrics::Result simulate(const scenario::Scenario& scenario, const Options& options) {
  const auto wall_start = std::chrono::steady_clock::now();
  const platform::Cluster cluster(scenario.platform, options.resource_scale);
  SimGridClock clock;
  const auto network = make_network(options, clock, cluster);
  const SimulationWatch* played = nullptr;
  JobBoard board(scenario, cluster, clock, *network, options.fast_forward,
                 [&] { return played->events() >= options.play_first; });
  SimulationWatch watch(clock, options, [&] {
    return Progress{clock.now(), scenario.duration_s.value_or(0), board.progress(), board.steps()};
  });
  played = &watch;
  clock.add(watch);
  board.open([&] {
    if (!scenario.duration_s) {
      clock.stop();
    }
  });
  clock.run(scenario.duration_s.value_or(never_s));
  const bool complete = !watch.interrupted();
  if (complete && !scenario.duration_s && !board.all_done()) {
    throw metrics::InternalError("jobs are left, but nothing is due");
  }
  auto result = result_of(scenario, cluster, board, *network, std::max(clock.now(), board.accounted_until_s()));
  result.complete = complete;
  result.wall_s = seconds_since(wall_start);
  metrics::check_conservation(result);
  board.io().check_balance();
  return result;
}

} // namespace iccsim::engine
