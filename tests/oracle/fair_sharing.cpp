// Fair sharing against brute-force progressive filling and against the definition of max-min fairness.
#include "engine/network/fair_sharing.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

using iccsim::engine::FairSharing;

namespace {

using Uses = std::vector<FairSharing::Use>;
using Members = std::map<FairSharing::MemberId, Uses>;
using Rates = std::map<FairSharing::MemberId, double>;

/// All open rates rise by the same amount until a resource is full; whoever uses it is closed.
Rates fill_progressively(const std::vector<double>& capacity, const Members& members) {
  Rates rates;
  std::vector<FairSharing::MemberId> open;
  for (const auto& [id, uses] : members) {
    rates[id] = 0;
    open.push_back(id);
  }
  while (!open.empty()) {
    std::vector<double> left = capacity;
    std::vector<double> weight(capacity.size(), 0);
    for (const auto& [id, uses] : members) {
      const bool is_open = std::find(open.begin(), open.end(), id) != open.end();
      for (const auto& use : uses) {
        left[use.resource] -= use.flows * rates[id];
        weight[use.resource] += is_open ? use.flows : 0;
      }
    }
    double rise = std::numeric_limits<double>::infinity();
    std::size_t full = 0;
    for (std::size_t r = 0; r < capacity.size(); ++r) {
      if (weight[r] > 0 && left[r] / weight[r] < rise) {
        rise = left[r] / weight[r];
        full = r;
      }
    }
    for (auto id : open) {
      rates[id] += rise;
    }
    open.erase(std::remove_if(open.begin(), open.end(),
                              [&](auto id) {
                                const Uses& uses = members.at(id);
                                return std::any_of(uses.begin(), uses.end(),
                                                   [&](const auto& use) { return use.resource == full; });
                              }),
               open.end());
  }
  return rates;
}

/// Feasible, and every member has a bottleneck: a full resource on which nobody is faster (Bertsekas & Gallager,
/// Data Networks, 2nd ed., section 6.5.2).
bool is_max_min_fair(const std::vector<double>& capacity, const Members& members, const FairSharing& sharing) {
  std::vector<double> load(capacity.size(), 0);
  std::vector<double> fastest(capacity.size(), 0);
  for (const auto& [id, uses] : members) {
    for (const auto& use : uses) {
      load[use.resource] += use.flows * sharing.rate(id);
      fastest[use.resource] = std::max(fastest[use.resource], sharing.rate(id));
    }
  }
  for (std::size_t r = 0; r < capacity.size(); ++r) {
    if (load[r] > capacity[r] * (1 + 1e-9)) {
      return false;
    }
  }
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    const double rate = sharing.rate(member.first);
    return std::any_of(member.second.begin(), member.second.end(), [&](const auto& use) {
      return load[use.resource] >= capacity[use.resource] * (1 - 1e-9) && rate >= fastest[use.resource] * (1 - 1e-9);
    });
  });
}

class RandomSystem {
public:
  explicit RandomSystem(unsigned seed) : random_(seed) {
    capacity_.resize(pick(1, 12));
    for (double& c : capacity_) {
      c = pick(0, 2) == 0 ? 100 : real(1e-3, 1e3); // equal ones too: levels that coincide
    }
    sharing_.reset(capacity_);
  }
  void change() {
    if (members_.size() < 10 && (members_.empty() || pick(0, 2) > 0)) {
      FairSharing::MemberId id = 0;
      while (members_.count(id) > 0) {
        ++id;
      }
      Uses& uses = members_[id] = random_uses();
      sharing_.join(id, uses);
    } else {
      const auto leaver = std::next(members_.begin(), pick(0, static_cast<int>(members_.size()) - 1));
      sharing_.leave(leaver->first);
      members_.erase(leaver);
    }
  }
  FairSharing& sharing() { return sharing_; }
  const std::vector<double>& capacity() const { return capacity_; }
  const Members& members() const { return members_; }

private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  double real(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }
  Uses random_uses() {
    std::vector<std::uint32_t> resources(capacity_.size());
    for (std::uint32_t r = 0; r < resources.size(); ++r) {
      resources[r] = r;
    }
    std::shuffle(resources.begin(), resources.end(), random_);
    resources.resize(pick(1, std::min<int>(4, static_cast<int>(resources.size()))));
    Uses uses;
    for (std::uint32_t r : resources) {
      uses.push_back({r, pick(0, 1) == 0 ? static_cast<double>(pick(1, 8)) : real(0.01, 100)});
    }
    return uses;
  }

  std::mt19937 random_;
  std::vector<double> capacity_;
  Members members_;
  FairSharing sharing_;
};

} // namespace

TEST_CASE("fair sharing equals brute-force progressive filling on 1,000 random systems, change by change") {
  int compared = 0;
  int different = 0;
  bool fair = true;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    RandomSystem system(seed);
    for (int step = 0; step < 12; ++step) {
      system.change();
      if (step % 3 == 1) {
        continue; // several changes before a solve
      }
      system.sharing().solve();
      for (const auto& [id, rate] : fill_progressively(system.capacity(), system.members())) {
        different += !(std::abs(system.sharing().rate(id) - rate) <= 1e-9 * rate);
        ++compared;
      }
      fair = fair && is_max_min_fair(system.capacity(), system.members(), system.sharing());
    }
  }
  CHECK(compared > 20000);
  CHECK(different == 0);
  CHECK(fair);
}

TEST_CASE("fair sharing reports every rate that a change reaches") {
  int stale = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomSystem system(seed);
    Rates known;
    for (int step = 0; step < 12; ++step) {
      system.change();
      system.sharing().solve();
      for (auto id : system.sharing().changed_members()) {
        known[id] = system.sharing().rate(id);
      }
      system.sharing().clear_changes();
      for (const auto& [id, uses] : system.members()) {
        stale += known[id] != system.sharing().rate(id);
      }
    }
  }
  CHECK(stale == 0);
}
