// Conversations, closed loops and the blocks that requests share.
#include "requests_kit.hpp"

#include <map>
#include <set>

using namespace iccsim;
using namespace iccsim::requests_kit;
using scenario::ArrivalProcess;
using workload::BlockChain;

namespace {

scenario::RequestsSpec chat(double count) {
  auto spec = poisson(2, count);
  spec.prompt.distribution = spec.output.distribution = scenario::LengthDistribution::lognormal;
  spec.prompt.mean = 80;
  spec.prompt.cv = spec.output.cv = 1;
  spec.output.mean = 120;
  spec.turns.count.distribution = scenario::LengthDistribution::uniform;
  spec.turns.count.low = 1;
  spec.turns.count.high = 6;
  spec.turns.think_s = 20;
  spec.shared_prefix = {100, 3, 1};
  return spec;
}

std::map<std::uint64_t, std::vector<workload::Request>> by_conversation(const std::vector<workload::Request>& all) {
  std::map<std::uint64_t, std::vector<workload::Request>> found;
  for (const auto& request : all) {
    found[request.conversation].push_back(request);
  }
  return found;
}

std::int64_t common_blocks(const BlockChain& a, const BlockChain& b) {
  std::int64_t k = 0;
  while (k < std::min(a.size(), b.size()) && a[k] == b[k]) {
    ++k;
  }
  return k;
}

scenario::RequestsSpec loop(int clients, double think_s, double count) {
  auto spec = poisson(0, count);
  spec.arrival.process = ArrivalProcess::closed;
  spec.arrival.concurrency = clients;
  spec.arrival.think_s = think_s;
  return spec;
}

} // namespace

TEST_CASE("A turn's prompt holds everything said before and comes after the answer") {
  int later_turns = 0;
  for (const auto& [number, turns] : by_conversation(play(chat(3000), options(), 5))) {
    for (std::size_t t = 0; t < turns.size(); ++t) {
      CHECK(turns[t].turn == int(t));
      CHECK(turns[t].prompt_tokens > 100);
      if (t > 0) {
        ++later_turns;
        CHECK(turns[t].prompt_tokens > turns[t - 1].prompt_tokens + turns[t - 1].output_tokens);
        CHECK(turns[t].arrival_s >= turns[t - 1].arrival_s + 5);
      }
    }
  }
  CHECK(later_turns > 1000);
}

TEST_CASE("A turn begins with the blocks of the turns before it, other conversations share the prefix only") {
  const auto conversations = by_conversation(play(chat(2000)));
  std::vector<const workload::Request*> firsts;
  for (const auto& [number, turns] : conversations) {
    for (std::size_t t = 1; t < turns.size(); ++t) {
      const auto& before = turns[t - 1];
      const auto said = (before.prompt_tokens + before.output_tokens) / 16;
      CHECK(before.blocks.size() == said);
      CHECK(common_blocks(before.blocks, turns[t].blocks) == said);
    }
    firsts.push_back(&turns.front());
  }
  std::set<std::int64_t> shared;
  for (std::size_t i = 1; i < firsts.size(); ++i) {
    shared.insert(common_blocks(firsts[i - 1]->blocks, firsts[i]->blocks));
  }
  // 100 shared tokens are six full blocks of 16; the seventh differs.
  CHECK(shared == std::set<std::int64_t>{0, 6});
}

TEST_CASE("What a conversation says does not depend on how fast it is answered") {
  const auto fast = by_conversation(play(chat(1500), options(), 0.1));
  const auto slow = by_conversation(play(chat(1500), options(), 60));
  int compared = 0;
  for (const auto& [number, turns] : fast) {
    const auto other = slow.find(number);
    for (std::size_t t = 0; other != slow.end() && t < std::min(turns.size(), other->second.size()); ++t) {
      CHECK(turns[t].prompt_tokens == other->second[t].prompt_tokens);
      CHECK(turns[t].output_tokens == other->second[t].output_tokens);
      ++compared;
    }
  }
  CHECK(compared > 1000);
}

TEST_CASE("A conversation whose request is refused ends") {
  auto spec = chat(50);
  auto made = source(spec);
  std::set<std::uint64_t> seen;
  while (made->next_arrival_s()) {
    const auto request = made->next();
    CHECK(seen.insert(request->conversation).second);
    made->failed(*request, request->arrival_s);
  }
  CHECK(seen.size() == 50);
}

TEST_CASE("A closed loop never has more requests under way than clients, and all of them without pauses") {
  auto made = source(loop(8, 0, 200));
  int under_way = 0;
  std::vector<workload::Request> waiting;
  double now_s = 0;
  for (int answered = 0; answered < 150; ++answered) {
    while (made->next_arrival_s()) {
      waiting.push_back(*made->next());
      ++under_way;
    }
    CHECK(under_way == 8);
    now_s += 1;
    made->completed(waiting.front(), now_s);
    waiting.erase(waiting.begin());
    --under_way;
    REQUIRE(made->next_arrival_s());
    CHECK(*made->next_arrival_s() == now_s);
  }
}

TEST_CASE("A closed loop's throughput is clients / (answer + pause)") {
  const auto requests = play(loop(50, 9, 20000), options(), 1);
  CHECK(double(requests.size()) / requests.back().arrival_s == Approx(50 / 10.0).epsilon(0.03));
}

TEST_CASE("Clients of a ramp start evenly") {
  auto spec = loop(4, 1000, 4);
  spec.arrival.ramp_s = 20;
  std::vector<double> starts;
  for (const auto& request : play(spec)) {
    starts.push_back(request.arrival_s);
  }
  CHECK(starts == std::vector<double>{0, 5, 10, 15});
}

TEST_CASE("A refused client asks again later, so that time goes on") {
  auto made = source(loop(1, 0, 3));
  for (double now_s = 0; now_s < 3; ++now_s) {
    REQUIRE(made->next_arrival_s());
    CHECK(*made->next_arrival_s() >= now_s);
    made->failed(*made->next(), now_s);
  }
  CHECK_FALSE(made->next_arrival_s());
}

TEST_CASE("Single requests of a service without shared prefixes have no blocks") {
  for (const auto& request : play(poisson(1, 50))) {
    CHECK(request.blocks.empty());
  }
}

TEST_CASE("Equal hashes behind different beginnings are different blocks") {
  CHECK(common_blocks(BlockChain(64, {11, 22, 33}, 64, 192), BlockChain(64, {99, 22, 33}, 64, 192)) == 0);
  const BlockChain listed(64, {11, 22, 33}, 64, 192);
  const BlockChain late(64, {99, 22, 33}, 64, 192);
  CHECK(listed[2] != late[2]);
  const BlockChain own(16, 1, 64, 7, 64);
  const BlockChain other(16, 2, 64, 7, 64);
  CHECK(own[6] != other[6]);
}

TEST_CASE("Hashes of a trace are cut or joined to the engine's blocks") {
  const std::vector<std::uint64_t> listed = {11, 22, 33, 44, 55};
  SECTION("finer blocks are full blocks of the prompt") {
    const BlockChain fine(16, listed, 64, 64 * 4 + 40);
    CHECK(fine.block_tokens() == 16);
    CHECK(fine.size() == 4 * 4 + 2);
    const BlockChain other(16, {11, 22, 99}, 64, 192);
    CHECK(common_blocks(fine, other) == 8);
  }
  SECTION("coarser blocks end where a listed one does") {
    const BlockChain coarse(128, listed, 64, 300);
    CHECK(coarse.size() == 2);
    CHECK(common_blocks(coarse, BlockChain(128, {11, 22, 99, 44}, 64, 256)) == 1);
    CHECK(common_blocks(coarse, BlockChain(128, listed, 64, 256)) == 2);
  }
  SECTION("sizes that do not divide keep the trace's") {
    const BlockChain odd(48, listed, 64, 300);
    CHECK(odd.block_tokens() == 64);
    CHECK(odd.size() == 4);
    CHECK(common_blocks(odd, BlockChain(64, listed, 64, 256)) == 4);
  }
}
