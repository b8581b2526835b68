// Training jobs whose replicas lie at unequal distances: classes of replicas against every replica by itself, in
// bundles and flow by flow.
#include "engine/job/replica_distances.hpp"
#include "engine/clock/fake_clock.hpp"
#include "engine/clock/simgrid_clock.hpp"
#include "engine/job/job_shapes.hpp"
#include "engine/job/pretraining.hpp"
#include "engine/network/bundle_network.hpp"
#include "engine/network/flow_network.hpp"
#include "engine/simulation_fakes.hpp"
#include "flows_systems.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace iccsim;
using namespace iccsim::engine;
using flows_systems::Draw;

namespace {

/// A job on nodes drawn by lot from a small tree whose leaves are oversubscribed.
struct System {
  scenario::PlatformSpec platform;
  scenario::PretrainingSpec spec;
  Placement placement;
};

System random_system(Draw& draw) {
  System system;
  const int cards = draw.one_in(2) ? 2 : 4; // of a node
  const int pipeline = draw.between(2, 4);
  const int replicas = draw.between(2, 4);
  const int spare = draw.between(0, 3);
  system.platform = test::small_cluster(pipeline * replicas + spare);
  scenario::NodeSpec& node = system.platform.pools[0].node;
  node.cards = cards;
  node.pcie.resize(static_cast<std::size_t>(cards));
  node.nics.resize(static_cast<std::size_t>(cards));
  scenario::FabricSpec& fabric = system.platform.fabric;
  fabric.kind = draw.one_in(3) ? scenario::FabricKind::rail_optimized : scenario::FabricKind::fat_tree;
  fabric.leaf_ports = cards * draw.between(2, 4);
  fabric.oversubscription = draw.one_in(2) ? 1 : draw.between(2, 4);
  fabric.hop_latency_s = draw.one_in(4) ? 0 : 1e-6 * draw.between(1, 50);
  system.spec = test::small_pretraining(cards, pipeline, 4 * replicas, 1);
  std::vector<platform::NodeId> nodes(static_cast<std::size_t>(pipeline * replicas + spare));
  std::iota(nodes.begin(), nodes.end(), 0u);
  draw.shuffle(nodes);
  for (int n = 0; n < pipeline * replicas; ++n) {
    for (int card = 0; card < cards; ++card) {
      system.placement.push_back(nodes[static_cast<std::size_t>(n)] * static_cast<platform::CardId>(cards) +
                                 static_cast<platform::CardId>(card));
    }
  }
  return system;
}

enum class Apart { none, by_distance, all };

/// One step of a system's job on a network.
class Played {
public:
  Played(const System& system, const platform::Cluster& cluster, Clock& clock, Network& network, Apart apart)
      : plan_(system.spec, static_cast<int>(system.placement.size())), distances_(cluster, plan_, system.placement),
        classes_(
            plan_, [](int) { return RankHealth{}; },
            [&](int replica) {
              return apart == Apart::none ? 0 : apart == Apart::all ? replica : distances_.of(replica);
            }),
        program_(workload::make_step_program(system.spec, plan_, chip(system))),
        shapes_(cluster, network, plan_, system.placement, {}, scenario::CollectiveAlgorithm::automatic,
                program_.pipeline_bytes) {
    std::vector<PlayProgram> programs;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      shapes_.select(classes_, static_cast<int>(c));
      programs.push_back(compile(program_, system.spec.parallelism.schedule, shapes_));
    }
    PlayerHooks hooks;
    hooks.finished = [this, &clock] { end_s = clock.now(); };
    player_ = std::make_unique<PretrainingPlayer>(clock, network, join(std::move(programs)), classes_.lanes(),
                                                  StepLimit{1, never_s}, hooks);
    player_->start();
  }
  std::size_t classes() const { return classes_.size(); }

  double end_s = -1;

private:
  static const scenario::ChipSpec& chip(const System& system) { return system.platform.pools[0].node.chip; }

  workload::Plan plan_;
  ReplicaDistances distances_;
  ReplicaClasses classes_;
  workload::StepProgram program_;
  JobShapes shapes_;
  std::unique_ptr<PretrainingPlayer> player_;
};

struct Step {
  double seconds = 0;
  std::size_t classes = 0;
};

Step in_bundles(const System& system, Apart apart) {
  const platform::Cluster cluster(system.platform);
  FakeClock clock;
  BundleNetwork network(clock, cluster);
  const Played played(system, cluster, clock, network, apart);
  clock.run();
  return {played.end_s, played.classes()};
}

/// A part of a network that holds many clusters side by side, since SimGrid allows one a process.
class Berth : public Network {
public:
  Berth(FlowNetwork& network, platform::ResourceId first) : network_(network), first_(first) {}

  workload::BundleDetail detail() const override { return network_.detail(); }
  ShapeId add(const workload::CollectiveShape& shape) override {
    shapes_.push_back(network_.add(flows_systems::moved(shape, first_)));
    return shapes_.back();
  }
  void remove(ShapeId shape) override { network_.remove(shape); }
  void start(ShapeId shape, double bytes, double calls, Done done) override {
    network_.start(shape, bytes, calls, std::move(done));
  }
  platform::ResourceId add_limit(double bytes_per_s, std::string name) override {
    return network_.add_limit(bytes_per_s, std::move(name));
  }
  double carried_bytes(platform::ResourceId resource) const override {
    return network_.carried_bytes(first_ + resource);
  }
  void set_capacity(platform::ResourceId resource, double bytes_per_s) override {
    network_.set_capacity(first_ + resource, bytes_per_s);
  }
  std::vector<ResourceUsage> usage() const override { return network_.usage(); }
  void mark_usage() override {}
  void repeat_usage(double) override {}

  double drift() const {
    double most = 0;
    for (const ShapeId shape : shapes_) {
      most = std::max(most, network_.drift(shape));
    }
    return most;
  }

private:
  FlowNetwork& network_;
  platform::ResourceId first_;
  std::vector<ShapeId> shapes_;
};

std::vector<int> numbers(const ReplicaDistances& distances, int replicas) {
  std::vector<int> result;
  for (int r = 0; r < replicas; ++r) {
    result.push_back(distances.of(r));
  }
  return result;
}

} // namespace

TEST_CASE("replicas are told apart by the hops that cross a leaf, and no more than wanted") {
  // Leaves of 16 nodes under 24 nodes; a replica has one node on each stage, a stage is as wide as there are replicas.
  const platform::Cluster cluster(test::small_cluster(24, 16));
  Placement placement(8 * 24);
  std::iota(placement.begin(), placement.end(), 0u);
  const auto kinds = [&](int pipeline, std::size_t most) {
    const int replicas = 24 / pipeline;
    const workload::Plan plan(test::small_pretraining(8, pipeline, 4 * replicas, 1), 8 * 24);
    return numbers(ReplicaDistances(cluster, plan, placement, most), replicas);
  };
  const std::vector<int> first_four = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
  CHECK(kinds(2, 8) == first_four);          // nodes 12 .. 15 are below the first leaf
  CHECK(kinds(3, 8) == std::vector<int>(8)); // all cross from the second stage to the third
  // Some cross from the second stage to the third, the others from there to the fourth: once each.
  CHECK(kinds(4, 8) == std::vector<int>{0, 0, 0, 0, 1, 1});
  CHECK(kinds(4, 1) == std::vector<int>(6));
  CHECK(kinds(2, 1) == std::vector<int>(12));
}

TEST_CASE("60 random trees: classes by distance play as every replica by itself") {
  Draw draw(3);
  int equal = 0;
  int unlike_one_class = 0;
  for (int i = 0; i < 60; ++i) {
    const System system = random_system(draw);
    const Step by_distance = in_bundles(system, Apart::by_distance);
    const Step all = in_bundles(system, Apart::all);
    INFO("system " << i << ": " << by_distance.classes << " classes of " << all.classes << " replicas");
    CHECK(by_distance.classes <= all.classes);
    CHECK(by_distance.seconds == Approx(all.seconds).epsilon(1e-3)); // of links that are loaded unlike the worst counts
    equal += std::abs(by_distance.seconds / all.seconds - 1) < 1e-9 ? 1 : 0;
    unlike_one_class += std::abs(in_bundles(system, Apart::none).seconds / all.seconds - 1) > 5e-4 ? 1 : 0;
  }
  CHECK(equal >= 57);
  CHECK(unlike_one_class >= 10); // what distances are told apart for
}

TEST_CASE("30 random trees: classes by distance end as SimGrid's flows where these go in step") {
  Draw draw(3);
  std::vector<System> systems;
  std::vector<std::unique_ptr<platform::Cluster>> clusters;
  std::vector<double> capacity;
  for (int i = 0; i < 30; ++i) {
    systems.push_back(random_system(draw));
    clusters.push_back(std::make_unique<platform::Cluster>(systems.back().platform));
    for (platform::ResourceId resource = 0; resource < clusters.back()->resource_count(); ++resource) {
      capacity.push_back(clusters.back()->capacity(resource));
    }
  }
  SimGridClock clock;
  FlowNetwork network(
      clock, [&](platform::ResourceId resource) { return capacity[resource]; },
      static_cast<platform::ResourceId>(capacity.size()));
  std::vector<std::unique_ptr<Berth>> berths;
  std::vector<std::unique_ptr<Played>> played;
  platform::ResourceId first = 0;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    berths.push_back(std::make_unique<Berth>(network, first));
    played.push_back(std::make_unique<Played>(systems[i], *clusters[i], clock, *berths.back(), Apart::all));
    first += clusters[i]->resource_count();
  }
  clock.run();
  int split_in_step = 0;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    const Step step = in_bundles(systems[i], Apart::by_distance);
    const bool in_step = berths[i]->drift() < 1e-5;
    INFO("system " << i << ": " << step.classes << " classes, flows drift by " << berths[i]->drift());
    CHECK(step.seconds == Approx(played[i]->end_s).epsilon(in_step ? 1e-6 : 1e-2));
    split_in_step += in_step && step.classes > 1 ? 1 : 0;
  }
  CHECK(split_in_step >= 5);
}
