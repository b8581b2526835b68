// Bundles against SimGrid's flows: the same collectives on both networks at once, on 200 random small systems.
#include "engine/network/bundle_network.hpp"
#include "engine/network/flow_network.hpp"
#include "flows_systems.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace iccsim;
using namespace iccsim::engine;
using namespace flows_systems;

namespace {

constexpr double tolerance = 1e-4; // SimGrid solves to 1e-5
constexpr double in_step = 1e-5;   // drift of flows that go in step

struct Ends {
  double bundles_s = -1;
  double flows_s = -1;
};

/// Many systems side by side on one clock, since SimGrid allows one a process.
class Bench {
public:
  explicit Bench(std::vector<System> systems)
      : systems_(std::move(systems)), capacity_(lay_out(systems_)),
        bundles_(clock_, [this](platform::ResourceId resource) { return capacity_[resource]; }),
        flows_(
            clock_, [this](platform::ResourceId resource) { return capacity_[resource]; },
            static_cast<platform::ResourceId>(capacity_.size())) {
    platform::ResourceId first = 0;
    for (const System& system : systems_) {
      for (const Load& load : system.loads) {
        ends_.push_back(std::make_unique<Ends>());
        flow_shapes_.push_back(flows_.add(moved(load.shape, first)));
        start(load, bundles_, bundles_.add(moved(load.shape, first)), ends_.back()->bundles_s);
        start(load, flows_, flow_shapes_.back(), ends_.back()->flows_s);
      }
      first += system.cluster->resource_count();
    }
    clock_.run();
  }

  const std::vector<System>& systems() const { return systems_; }
  const Ends& ends(std::size_t load) const { return *ends_[load]; }
  double drift(std::size_t load) { return flows_.drift(flow_shapes_[load]); }
  static double bytes(const Network& network) {
    double sum = 0;
    for (const ResourceUsage& row : network.usage()) {
      sum += row.multiplicity * row.bytes;
    }
    return sum;
  }
  const Network& bundles() const { return bundles_; }
  const Network& flows() const { return flows_; }

private:
  static std::vector<double> lay_out(const std::vector<System>& systems) {
    std::vector<double> all;
    for (const System& system : systems) {
      for (platform::ResourceId resource = 0; resource < system.cluster->resource_count(); ++resource) {
        all.push_back(system.cluster->capacity(resource));
      }
    }
    return all;
  }
  void start(const Load& load, Network& network, ShapeId shape, double& end_s) {
    clock_.at(load.start_s, [this, &load, &network, shape, &end_s] {
      network.start(shape, load.bytes, load.calls, [this, &end_s] { end_s = clock_.now(); });
    });
  }

  std::vector<System> systems_;
  std::vector<double> capacity_;
  SimGridClock clock_;
  BundleNetwork bundles_;
  FlowNetwork flows_;
  std::vector<ShapeId> flow_shapes_;
  std::vector<std::unique_ptr<Ends>> ends_;
};

/// How many transfers, and how far apart the networks are: (flows - bundles) / flows.
struct Tally {
  int transfers = 0;
  int beyond = 0; ///< the tolerance
  double earliest = 0, latest = 0;
  void add(double difference) {
    ++transfers;
    beyond += std::abs(difference) > tolerance;
    earliest = std::min(earliest, difference);
    latest = std::max(latest, difference);
  }
  void print(const char* name) const {
    std::printf("  %-34s %4d transfers, %4d apart, flows end %+.4f%% .. %+.2f%% later\n", name, transfers, beyond,
                100 * earliest, 100 * latest);
  }
};

bool one_bundle_a_phase(const Load& load) {
  return std::all_of(load.shape.phases.begin(), load.shape.phases.end(),
                     [](const auto& phase) { return phase.bundles.size() <= 1; });
}

void compare(scenario::FabricKind kind, unsigned seed, int count) {
  Draw draw(seed);
  std::vector<System> drawn;
  for (int i = 0; i < count; ++i) {
    drawn.push_back(random_system(draw, kind));
  }
  Bench bench(std::move(drawn));
  Tally lone, together, drifting;
  std::size_t load_index = 0;
  for (const System& system : bench.systems()) {
    double drift = 0;
    for (std::size_t i = 0; i < system.loads.size(); ++i) {
      drift = std::max(drift, bench.drift(load_index + i));
    }
    for (const Load& load : system.loads) {
      const Ends& ends = bench.ends(load_index++);
      const double bundles_s = ends.bundles_s - load.start_s;
      const double flows_s = ends.flows_s - load.start_s;
      const double difference = (flows_s - bundles_s) / flows_s;
      INFO(name_of(kind) << " load " << load_index - 1 << " drift " << drift);
      REQUIRE(ends.flows_s >= 0);
      CHECK(bundles_s >= load.lone_s * (1 - tolerance));
      CHECK(flows_s >= load.lone_s * (1 - tolerance));
      const bool alone = system.loads.size() == 1 && one_bundle_a_phase(load);
      if (alone || drift < in_step) {
        CHECK(std::abs(difference) < tolerance);
      }
      (alone ? lone : drift < in_step ? together : drifting).add(difference);
    }
  }
  std::printf("%s:\n", std::string(name_of(kind)).c_str());
  lone.print("alone");
  together.print("together, flows in step");
  drifting.print("together, flows that drift apart");
  CHECK(Bench::bytes(bench.flows()) == Approx(Bench::bytes(bench.bundles())).epsilon(1e-9));
  CHECK(lone.transfers + together.transfers > 0);
  CHECK(drifting.beyond * 3 < drifting.transfers); // most meet nobody where they drift
}

} // namespace

TEST_CASE("bundles end as SimGrid's flows on 34 random rail-optimized systems, but for lockstep") {
  compare(scenario::FabricKind::rail_optimized, 20240701, 34);
}

TEST_CASE("bundles end as SimGrid's flows on 34 random fat trees, but for lockstep") {
  compare(scenario::FabricKind::fat_tree, 20240702, 34);
}

TEST_CASE("bundles end as SimGrid's flows on 33 random dragonflies, but for lockstep") {
  compare(scenario::FabricKind::dragonfly, 20240703, 33);
}

TEST_CASE("bundles end as SimGrid's flows on 33 random tori, but for lockstep") {
  compare(scenario::FabricKind::torus, 20240704, 33);
}

TEST_CASE("bundles end as SimGrid's flows on 33 random full meshes, but for lockstep") {
  compare(scenario::FabricKind::full_mesh, 20240705, 33);
}

TEST_CASE("bundles end as SimGrid's flows on 33 random single switches, but for lockstep") {
  compare(scenario::FabricKind::single_switch, 20240706, 33);
}
