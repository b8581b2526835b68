#include "engine/network/completion_heap.hpp"
#include "engine/network/fair_sharing.hpp"
#include "engine/network/load_meter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <vector>

using iccsim::engine::CompletionHeap;
using iccsim::engine::FairSharing;
using iccsim::engine::LoadMeter;

TEST_CASE("a member alone gets what its tightest resource has for each flow, without a solve") {
  FairSharing sharing;
  sharing.reset({10, 12});
  const std::vector<FairSharing::Use> uses{{0, 2}, {1, 3}};
  sharing.join(7, uses);
  CHECK(sharing.rate(7) == 4);
  CHECK(sharing.utilization(0) == 0.8);
  CHECK(sharing.utilization(1) == 1);
  CHECK(sharing.changed_members() == std::vector<FairSharing::MemberId>{7});
  sharing.leave(7);
  CHECK(sharing.utilization(1) == 0);
}

TEST_CASE("what a limited member leaves goes to the others") {
  FairSharing sharing;
  sharing.reset({9, 2});
  const std::vector<FairSharing::Use> limited{{0, 1}, {1, 1}};
  const std::vector<FairSharing::Use> free{{0, 1}};
  const std::vector<FairSharing::Use> heavy{{0, 6}};
  sharing.join(0, limited);
  sharing.join(1, free);
  sharing.solve();
  CHECK(sharing.rate(0) == 2);
  CHECK(sharing.rate(1) == 7);
  sharing.join(2, heavy);
  sharing.solve();
  for (FairSharing::MemberId member : {0, 1, 2}) {
    CHECK(sharing.rate(member) == Approx(9 / 8.0).epsilon(1e-14));
  }
  sharing.leave(2);
  sharing.solve();
  CHECK(sharing.rate(1) == 7);
}

TEST_CASE("what is not connected to a change is left alone") {
  FairSharing sharing;
  sharing.reset({1, 1, 1});
  const std::vector<FairSharing::Use> here{{0, 1}, {1, 1}};
  const std::vector<FairSharing::Use> there{{2, 1}};
  sharing.join(0, here);
  sharing.join(1, here);
  sharing.join(2, there);
  sharing.solve();
  sharing.clear_changes();
  sharing.leave(1);
  sharing.solve();
  CHECK(sharing.rate(0) == 1);
  CHECK(sharing.changed_members() == std::vector<FairSharing::MemberId>{0});
}

TEST_CASE("a single flow beside a thousand million gets its digits right") {
  FairSharing sharing;
  const double crowd_rate = (1 - 1e-7) / 1e9;
  sharing.reset({1, crowd_rate});
  const std::vector<FairSharing::Use> crowd{{0, 1e9}, {1, 1}};
  const std::vector<FairSharing::Use> single{{0, 1}};
  sharing.join(0, crowd);
  sharing.join(1, single);
  sharing.solve();
  CHECK(sharing.rate(0) == Approx(crowd_rate).epsilon(1e-12));
  CHECK(sharing.rate(1) == Approx(1e-7).epsilon(1e-8));
}

TEST_CASE("the completion heap gives the earliest, however times move") {
  CompletionHeap heap;
  std::map<CompletionHeap::MemberId, double> expected;
  std::mt19937 random(5);
  int wrong = 0;
  for (int i = 0; i < 20000; ++i) {
    if (random() % 4 == 0 && !expected.empty()) {
      expected.erase(heap.first());
      heap.pop();
    } else {
      const CompletionHeap::MemberId member = random() % 200;
      expected[member] = random() % 1000;
      heap.set(member, expected[member]);
    }
    double earliest = std::numeric_limits<double>::infinity();
    for (const auto& [member, time] : expected) {
      earliest = std::min(earliest, time);
    }
    wrong += heap.first_time() != earliest || heap.empty() != expected.empty() ||
             (!heap.empty() && expected.at(heap.first()) != earliest);
  }
  CHECK(wrong == 0);
}

TEST_CASE("a meter reads the peak and the time at full load") {
  LoadMeter meter;
  meter.reset(2, 10);
  meter.set(0, 0.5, 11);
  meter.set(0, 1, 13);
  meter.set(0, 0.25, 13); // replaced at once: leaves no trace
  CHECK(meter.read(0, 20).peak_utilization == 0.5);
  meter.set(0, 1, 20);
  meter.set(0, 0, 22);
  CHECK(meter.read(0, 30).peak_utilization == 1);
  CHECK(meter.read(0, 30).saturated_s == 2);
  CHECK(meter.read(1, 30).peak_utilization == 0);
}
