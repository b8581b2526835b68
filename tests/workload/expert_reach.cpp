// How many cards or domains hold a token's experts, against drawing the choices one by one.
#include "workload/expert_reach.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <vector>

using iccsim::scenario::MoeSpec;
using iccsim::workload::reached_parts;

namespace {

MoeSpec deepseek_v3() {
  MoeSpec moe;
  moe.experts = 256;
  moe.top_k = 8;
  moe.groups = 8;
  moe.group_limit = 4;
  return moe;
}

/// Draws the allowed groups without, then experts with repetition, as the closed form assumes.
double drawn_parts(const MoeSpec& moe, int parts, int draws) {
  std::mt19937_64 random(7);
  std::vector<int> groups(std::size_t(moe.groups));
  std::iota(groups.begin(), groups.end(), 0);
  const int group_size = moe.experts / moe.groups;
  double sum = 0;
  for (int draw = 0; draw < draws; ++draw) {
    std::shuffle(groups.begin(), groups.end(), random);
    std::set<int> reached;
    for (int choice = 0; choice < moe.top_k; ++choice) {
      const int group = groups[std::uniform_int_distribution<std::size_t>(0, std::size_t(moe.group_limit) - 1)(random)];
      const int expert = group * group_size + std::uniform_int_distribution<int>(0, group_size - 1)(random);
      reached.insert(expert * parts / moe.experts);
    }
    sum += double(reached.size());
  }
  return sum / draws;
}

} // namespace

TEST_CASE("Expert reach: parts that hold groups or shares of them, against draws") {
  const int parts = GENERATE(1, 2, 4, 8, 16, 32, 64, 128);
  CHECK(reached_parts(deepseek_v3(), parts) == Approx(drawn_parts(deepseek_v3(), parts, 40'000)).epsilon(0.01));
}

TEST_CASE("Expert reach: without groups, of n parts n (1 - (1 - 1/n)^k) are reached") {
  MoeSpec moe = deepseek_v3();
  moe.groups = 1;
  moe.group_limit = 0;
  for (const double parts : {2.0, 3.0, 9.0, 72.0, 320.0}) {
    CHECK(reached_parts(moe, parts) == Approx(parts * (1 - std::pow(1 - 1 / parts, 8))));
  }
}

TEST_CASE("Expert reach: limits only lessen it, never above their groups where parts are groups") {
  MoeSpec free = deepseek_v3();
  free.group_limit = 0;
  for (double parts = 1; parts <= 144; ++parts) {
    CHECK(reached_parts(deepseek_v3(), parts) <= reached_parts(free, parts) + 1e-12);
  }
  CHECK(reached_parts(deepseek_v3(), 8) < 4);
}
