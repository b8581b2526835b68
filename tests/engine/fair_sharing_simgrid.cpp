// Bundles of one flow each against SimGrid's own flow model (CM02, its linear max-min solver).
#include "engine/clock/simgrid_clock.hpp"
#include "engine/network/bundle_network.hpp"

#include <catch2/catch.hpp>
#include <simgrid/s4u.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace iccsim;
using namespace iccsim::engine;
namespace s4u = simgrid::s4u;

namespace {

struct Flow {
  std::vector<int> links;
  double start_s = 0;
  std::uint64_t bytes = 0;
  double bundle_end_s = 0;
  s4u::CommPtr comm;
};

struct System {
  std::vector<double> capacity;
  std::vector<Flow> flows;
};

System random_system(std::mt19937& random) {
  const auto pick = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  System system;
  system.capacity.resize(pick(2, 8));
  for (double& capacity : system.capacity) {
    capacity = 1e9 * pick(1, 10);
  }
  system.flows.resize(pick(2, 12));
  for (Flow& flow : system.flows) {
    for (int link = 0; link < static_cast<int>(system.capacity.size()); ++link) {
      flow.links.push_back(link);
    }
    std::shuffle(flow.links.begin(), flow.links.end(), random);
    flow.links.resize(std::min<int>(pick(1, 4), static_cast<int>(flow.links.size())));
    std::sort(flow.links.begin(), flow.links.end());
    flow.start_s = pick(0, 1) == 0 ? 1 : 1 + 0.01 * pick(0, 100);
    flow.bytes = 1000000ULL * static_cast<std::uint64_t>(pick(1, 1000));
  }
  return system;
}

/// A zone in which each flow has two hosts of its own and a route over its links. Links without latency, since SimGrid
/// would share in inverse proportion to it.
void start_on_simgrid(System& system, const std::string& name, Clock& clock) {
  auto* zone = s4u::create_full_zone(name)->set_parent(s4u::Engine::get_instance()->get_netzone_root());
  std::vector<s4u::Link*> links;
  for (std::size_t l = 0; l < system.capacity.size(); ++l) {
    links.push_back(zone->create_link(name + "-link-" + std::to_string(l), system.capacity[l])->set_latency(0)->seal());
  }
  for (std::size_t f = 0; f < system.flows.size(); ++f) {
    Flow& flow = system.flows[f];
    auto* from = zone->create_host(name + "-from-" + std::to_string(f), 1)->seal();
    auto* to = zone->create_host(name + "-to-" + std::to_string(f), 1)->seal();
    std::vector<s4u::LinkInRoute> route;
    for (int link : flow.links) {
      route.emplace_back(links[link]);
    }
    zone->add_route(from->get_netpoint(), to->get_netpoint(), nullptr, nullptr, route, false);
    clock.at(flow.start_s, [&flow, from, to] {
      flow.comm = s4u::Comm::sendto_init(from, to);
      flow.comm->set_payload_size(flow.bytes)->vetoable_start();
    });
  }
  zone->seal();
}

void start_on_bundles(System& system, Network& network, platform::ResourceId first, Clock& clock) {
  for (Flow& flow : system.flows) {
    workload::BundleShape bundle;
    bundle.bytes_factor = 1;
    for (int link : flow.links) {
      bundle.resources.push_back({first + static_cast<platform::ResourceId>(link), 1});
    }
    workload::CollectiveShape shape;
    shape.phases.push_back({0, {bundle}});
    const ShapeId id = network.add(shape);
    clock.at(flow.start_s, [&, id] {
      network.start(id, static_cast<double>(flow.bytes), 1, [&] { flow.bundle_end_s = clock.now(); });
    });
  }
}

} // namespace

TEST_CASE("bundles of one flow end when SimGrid's own flows end, on 60 random systems") {
  SimGridClock clock;
  std::mt19937 random(20240601);
  std::vector<System> systems;
  std::vector<double> capacity;
  for (int i = 0; i < 60; ++i) {
    systems.push_back(random_system(random));
  }
  BundleNetwork network(clock, [&capacity](platform::ResourceId resource) { return capacity[resource]; });
  for (std::size_t i = 0; i < systems.size(); ++i) {
    const auto first = static_cast<platform::ResourceId>(capacity.size());
    capacity.insert(capacity.end(), systems[i].capacity.begin(), systems[i].capacity.end());
    start_on_simgrid(systems[i], "system-" + std::to_string(i), clock);
    start_on_bundles(systems[i], network, first, clock);
  }
  clock.run();

  int flows = 0;
  int shared = 0; // slower than alone
  int different = 0;
  for (const System& system : systems) {
    for (const Flow& flow : system.flows) {
      double narrowest = system.capacity[flow.links.front()];
      for (int link : flow.links) {
        narrowest = std::min(narrowest, system.capacity[link]);
      }
      const double simgrid_s = flow.comm->get_finish_time() - flow.start_s;
      const double bundle_s = flow.bundle_end_s - flow.start_s;
      shared += bundle_s > 1.01 * static_cast<double>(flow.bytes) / narrowest;
      different += !(std::abs(bundle_s - simgrid_s) < 1e-4 * simgrid_s); // SimGrid solves to 1e-5 (maxmin/precision)
      ++flows;
    }
  }
  CHECK(flows > 300);
  CHECK(shared > 200);
  CHECK(different == 0);
}
