// Transfers that meet nobody take a short way, and hidden ones end unseen: neither changes when anything ends, or what
// was carried at any time, on random systems.
#include "engine/clock/fake_clock.hpp"
#include "engine/network/bundle_network.hpp"
#include "network_shapes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

using namespace iccsim::engine;
using iccsim::platform::ResourceId;
using iccsim::workload::CollectiveShape;

namespace {

constexpr unsigned resources = 6;

struct Start {
  std::size_t shape;
  double at_s;
  double bytes;
  std::optional<double> asked_s; ///< when somebody asks whether it has ended; none: it is not hidden
};

struct Change {
  double at_s;
  ResourceId resource;
  double capacity;
};

struct Hold {
  double at_s;
  double seconds;
  std::vector<std::size_t> shapes;
};

struct System {
  std::vector<CollectiveShape> shapes;
  std::vector<double> known_s;
  std::vector<Start> starts;
  std::vector<Change> changes;
  std::vector<Hold> holds;
  std::vector<double> looks_s;
};

/// Few transfers on many resources, so that some meet nobody, some meet somebody later; times on a grid, so that much
/// happens at one instant.
class SystemMaker {
public:
  explicit SystemMaker(unsigned seed) : random_(seed) {}

  System make() {
    System system;
    const int shapes = pick(2, 6);
    for (int s = 0; s < shapes; ++s) {
      system.shapes.push_back(shape());
      system.known_s.push_back(pick(0, 3) == 0 ? pick(1, 20) : 0);
    }
    for (int i = pick(3, 14); i > 0; --i) {
      const auto s = static_cast<std::size_t>(pick(0, shapes - 1));
      Start start{s, system.known_s[s] + pick(0, 60) / 2.0, static_cast<double>(pick(0, 9)), {}};
      if (pick(0, 2) == 0) {
        start.asked_s = start.at_s + pick(0, 40) / 2.0;
      }
      system.starts.push_back(start);
    }
    for (int i = pick(0, 2); i > 0; --i) {
      system.changes.push_back({pick(0, 60) / 2.0, static_cast<ResourceId>(pick(0, resources - 1)), pick(1, 6) / 2.0});
    }
    for (int i = pick(0, 1); i > 0; --i) { // of known shapes, and not when a latency ends: what counts then is order
      Hold hold{20.125 + pick(0, 40) / 2.0, pick(1, 30) / 2.0, {}};
      for (std::size_t s = 0; s < system.shapes.size(); ++s) {
        if (pick(0, 1) == 0) {
          hold.shapes.push_back(s);
        }
      }
      system.holds.push_back(hold);
    }
    for (int i = 0; i < 5; ++i) {
      system.looks_s.push_back(20 + pick(0, 400) / 8.0);
    }
    return system;
  }

private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  CollectiveShape shape() {
    CollectiveShape result;
    for (int phases = pick(1, 3) / 2 + 1; phases > 0; --phases) {
      result.phases.push_back(phase(pick(0, 4) / 2.0, {}));
      for (int bundles = pick(1, 5) / 5 + 1; bundles > 0; --bundles) {
        const auto first = static_cast<unsigned>(pick(0, resources - 1));
        const unsigned count = std::min(static_cast<unsigned>(pick(1, 2)), resources - first);
        result.phases.back().bundles.push_back(bundle(pick(1, 2), equal_flows(first, count, pick(1, 3))));
      }
    }
    return result;
  }

  std::mt19937 random_;
};

struct Outcome {
  std::vector<double> ends_s; ///< of a hidden one that ended before it was asked for: the time when it was
  std::vector<double> seen;   ///< at each look: bytes, saturated seconds and peak of each resource, and what is left
};

class Play {
public:
  Play(const System& system, Merging merging)
      : system_(system), network_(
                             clock_, [](ResourceId) { return 2.0; }, merging, resources) {}

  Outcome run() {
    ids_.resize(system_.shapes.size());
    outcome_.ends_s.assign(system_.starts.size(), -1);
    hidden_.resize(system_.starts.size());
    for (std::size_t s = 0; s < system_.shapes.size(); ++s) {
      clock_.at(system_.known_s[s], [this, s] { ids_[s] = network_.add(system_.shapes[s]); });
    }
    for (std::size_t i = 0; i < system_.starts.size(); ++i) {
      start(i);
    }
    for (const Change& change : system_.changes) {
      clock_.at(change.at_s, [this, change] { network_.set_capacity(change.resource, change.capacity); });
    }
    for (const Hold& hold : system_.holds) {
      clock_.at(hold.at_s, [this, hold] {
        std::vector<ShapeId> shapes;
        for (const std::size_t s : hold.shapes) {
          shapes.push_back(ids_[s]);
        }
        network_.hold(shapes, hold.seconds);
      });
    }
    for (const double at_s : system_.looks_s) {
      clock_.at(at_s + 1e-3, [this] { look(); });
    }
    clock_.run(1000);
    look();
    return outcome_;
  }

private:
  void start(std::size_t i) {
    const Start& start = system_.starts[i];
    clock_.at(start.at_s, [this, i, start] {
      const Done done = [this, i] { ended(i); };
      if (start.asked_s) {
        hidden_[i] = network_.start_hidden(ids_[start.shape], start.bytes, 1, done);
      } else {
        network_.start(ids_[start.shape], start.bytes, 1, done);
      }
    });
    if (start.asked_s) {
      clock_.at(*start.asked_s + 1e-3, [this, i] { ask(i); });
    }
  }
  void ask(std::size_t i) {
    const bool unseen = hidden_[i] && outcome_.ends_s[i] < 0;
    if (unseen && network_.hidden_ended(*hidden_[i])) {
      outcome_.ends_s[i] = clock_.now();
    }
    hidden_[i].reset();
  }
  /// The short way does not tell of a hidden transfer before it is asked: nor does this.
  void ended(std::size_t i) {
    const std::optional<double> asked_s = system_.starts[i].asked_s;
    outcome_.ends_s[i] = std::max(clock_.now(), asked_s ? *asked_s + 1e-3 : 0);
  }
  void look() {
    double peaks = 0;
    double saturated_s = 0;
    for (const ResourceUsage& group : network_.usage()) {
      peaks += group.peak_utilization * group.multiplicity;
      saturated_s += group.saturated_s * group.multiplicity;
    }
    for (unsigned r = 0; r < resources; ++r) {
      outcome_.seen.push_back(network_.carried_bytes(r));
    }
    outcome_.seen.push_back(peaks);
    outcome_.seen.push_back(saturated_s);
    for (const ShapeId id : ids_) {
      outcome_.seen.push_back(network_.left(id));
    }
  }

  const System& system_;
  FakeClock clock_;
  BundleNetwork network_;
  std::vector<ShapeId> ids_;
  std::vector<std::optional<TransferId>> hidden_;
  Outcome outcome_;
};

double apart(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(a[i] - b[i]) / std::max({1.0, std::abs(a[i]), std::abs(b[i])}));
  }
  return most;
}

} // namespace

TEST_CASE("the short way of transfers that meet nobody changes nothing, on 2,000 random systems") {
  int different = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const System system = SystemMaker(seed).make();
    const Outcome quick = Play(system, Merging::on).run();
    const Outcome slow = Play(system, Merging::off).run();
    if (apart(quick.ends_s, slow.ends_s) > 1e-9 || apart(quick.seen, slow.seen) > 1e-9) {
      WARN("seed " << seed);
      ++different;
    }
  }
  CHECK(different == 0);
}
