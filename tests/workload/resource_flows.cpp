// Runs of resources read as the plain list that they stand for.
#include "iccsim/workload/resource_flows.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

using iccsim::workload::ResourceFlowList;
using iccsim::workload::ResourceFlows;

namespace {

using Plain = std::vector<std::pair<unsigned, double>>;

Plain plain(const ResourceFlowList& list) {
  Plain entries;
  for (const ResourceFlows& use : list) {
    entries.emplace_back(use.resource, use.flows);
  }
  return entries;
}

} // namespace

TEST_CASE("A list of runs is read entry by entry, in order") {
  ResourceFlowList list;
  CHECK(list.empty());
  list.push_run(10, 10, 2, {{1, 1.0}, {3, 2.0}});
  list.repeat_run(50, 1);
  list.push_back({70, 4.0});
  list.push_back({71, 5.0});
  CHECK(plain(list) == Plain{{11, 1}, {13, 2}, {21, 1}, {23, 2}, {51, 1}, {53, 2}, {70, 4}, {71, 5}});
  CHECK(list.size() == 8);
  CHECK(list.front().resource == 11);
  CHECK(std::distance(list.begin(), list.end()) == 8);
}

TEST_CASE("Dividing a list divides what shared patterns stand for once") {
  ResourceFlowList list;
  list.push_run(0, 10, 3, {{0, 6.0}, {1, 9.0}});
  list.repeat_run(40, 2);
  list.push_back({90, 8.0});
  list.divide([](unsigned resource) { return resource % 10 == 1 ? 3.0 : 2.0; });
  CHECK(plain(list) ==
        Plain{{0, 3}, {1, 3}, {10, 3}, {11, 3}, {20, 3}, {21, 3}, {40, 3}, {41, 3}, {50, 3}, {51, 3}, {90, 4}});
}

TEST_CASE("A plain list stays as it is, and empty patterns are passed over") {
  ResourceFlowList list{{3, 1.0}, {5, 2.0}};
  list.push_run(10, 10, 4, {});
  list.push_back({60, 1.0});
  CHECK(plain(list) == Plain{{3, 1}, {5, 2}, {60, 1}});
  CHECK(ResourceFlowList(std::vector<ResourceFlows>{}).begin() == ResourceFlowList().end());
}
