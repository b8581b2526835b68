// KV memory: never above its capacity, every block given back, shared where prompts begin alike.
#include "serving_fakes.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace iccsim;
using namespace iccsim::engine::serving;
using namespace iccsim::engine::serving::test;
using workload::BlockChain;

namespace {

/// Requests of a few documents and conversations; chains as long as the prompts.
std::vector<workload::Request> sharing_requests(std::uint32_t seed, int count, double rate_per_s, int block) {
  auto requests = random_requests(seed, count, rate_per_s, 400, 60);
  std::mt19937_64 random(seed + 1);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::int64_t shared = static_cast<std::int64_t>(random() % 300);
    const int own = requests[i].prompt_tokens + requests[i].output_tokens;
    requests[i].prompt_tokens += static_cast<int>(shared);
    requests[i].blocks = BlockChain(block, 100 + shared / 100, shared, 1000 + i % 50, own);
  }
  return requests;
}

/// A cache of hashes by the book: a list from the least to the most recently used, and holders.
class PlainCache {
public:
  explicit PlainCache(std::int64_t capacity) : free_(capacity) {}
  std::int64_t cached(const BlockChain& chain, std::int64_t limit) const {
    std::int64_t k = 0;
    while (k < limit && holders_.count(chain[k]) > 0) {
      ++k;
    }
    return k;
  }
  void hold(const BlockChain& chain, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k) {
      if (holders_[chain[k]]++ == 0) {
        idle_.erase(std::find(idle_.begin(), idle_.end(), chain[k]));
      }
    }
  }
  void take(std::int64_t blocks) {
    for (; free_ < blocks; ++free_) {
      holders_.erase(idle_.front());
      idle_.erase(idle_.begin());
    }
    free_ -= blocks;
  }
  void publish(const BlockChain& chain, std::int64_t from, std::int64_t to) {
    for (std::int64_t k = from; k < to; ++k) {
      if (cached_one(chain[k])) {
        ++free_;
        if (holders_[chain[k]] == 0) {
          idle_.erase(std::find(idle_.begin(), idle_.end(), chain[k]));
        }
      }
      ++holders_[chain[k]];
    }
  }
  void release(const BlockChain& chain, std::int64_t held, std::int64_t own) {
    free_ += own;
    for (std::int64_t k = held - 1; k >= 0; --k) {
      if (--holders_[chain[k]] == 0) {
        idle_.push_back(chain[k]);
      }
    }
  }
  std::int64_t available() const { return free_ + static_cast<std::int64_t>(idle_.size()); }

private:
  bool cached_one(std::uint64_t hash) const { return holders_.count(hash) > 0; }
  std::int64_t free_;
  std::map<std::uint64_t, int> holders_;
  std::vector<std::uint64_t> idle_;
};

} // namespace

TEST_CASE("KV memory does what a plain list does, over random holders") {
  for (const std::uint32_t seed : {1u, 2u, 3u, 4u}) {
    std::mt19937_64 random(seed);
    KvMemory memory(200);
    PlainCache plain(200);
    struct Holder {
      BlockChain chain;
      std::int64_t held, own;
    };
    std::vector<Holder> holders;
    for (int i = 0; i < 20000; ++i) {
      const BlockChain chain(16, random() % 4, 16 * static_cast<std::int64_t>(random() % 10), 10 + random() % 20,
                             16 * static_cast<std::int64_t>(random() % 10));
      const std::int64_t found = memory.cached(chain, chain.size());
      REQUIRE(found == plain.cached(chain, chain.size()));
      const std::int64_t own = chain.size() - found + static_cast<std::int64_t>(random() % 3);
      if (own + memory.idle_blocks(chain, found) <= memory.available()) {
        memory.hold(chain, found);
        plain.hold(chain, found);
        memory.take(own);
        plain.take(own);
        memory.publish(chain, found, chain.size(), 1);
        plain.publish(chain, found, chain.size());
        holders.push_back({chain, chain.size(), own - (chain.size() - found)});
      }
      while (!holders.empty() && (random() % 3 == 0 || holders.size() > 15)) {
        const std::size_t which = random() % holders.size();
        const Holder gone = holders[which];
        holders.erase(holders.begin() + static_cast<std::ptrdiff_t>(which));
        memory.give_back(gone.own);
        memory.release(gone.chain, gone.held);
        plain.release(gone.chain, gone.held, gone.own);
      }
      REQUIRE(memory.available() == plain.available());
      REQUIRE(memory.in_use() >= 0);
    }
    memory.check();
  }
}

TEST_CASE("blocks: random requests over small memories end with every block free and every token out") {
  FakeCost cost;
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    GroupSettings settings;
    settings.kv_block = seed % 3 == 0 ? 1 : 16;
    settings.prefix_cache = seed % 2 == 0;
    settings.swap = seed % 4 == 1;
    settings.by_priority = seed % 5 == 0;
    settings.chunked_prefill = seed % 7 != 0;
    settings.max_batch = seed % 2 == 0 ? 64 : 7;
    settings.max_batched_tokens = seed % 3 == 1 ? 64 : 1024;
    settings.draft_tokens = seed % 6 == 0 ? 2 : 0;
    settings.acceptance = 0.6;
    cost.drafts = settings.draft_tokens;
    cost.blocks = 900.0 / settings.kv_block;
    ReplicaPlan wide = plan_of(cost, settings, 2);
    ReplicaPlan narrow = plan_of(cost, settings, 1);
    // Room for one sequence or two: the others are computed again.
    narrow.host_bytes = wide.host_bytes = (seed % 8 == 1 ? 320 : 1e12) * cost.bytes_per_token;
    const Served served(setup_of({wide, narrow}),
                        std::make_unique<ListedRequests>(sharing_requests(seed, 400, 15, settings.kv_block)));
    CAPTURE(seed);
    CHECK(served.service.kv_peak_bytes(KvTier::host) <= narrow.host_bytes);
    CHECK((served.machine.kept_bytes[0] > 0) == (settings.swap || settings.prefix_cache));
    CHECK(served.done);
    CHECK(served.figures.requests_completed == 400); // figures() has thrown if blocks or tokens were left
    CHECK(served.figures.requests_failed == 0);
    CHECK(served.figures.peak_kv_share <= 1);
    CHECK(served.figures.peak_kv_share > 0.5);
    CHECK(served.states.total() == Approx(16 * served.end_s).epsilon(1e-12));
    double waited = 0;
    for (const auto& point : served.figures.timeline) {
      CHECK(point.kv_share <= 1 + 1e-9);
      waited += point.running + point.waiting;
    }
    CHECK(waited > 0);
  }
}

TEST_CASE("a prompt that another began alike is computed only from there") {
  FakeCost cost;
  GroupSettings settings;
  settings.prefix_cache = true;
  std::vector<workload::Request> requests;
  for (int i = 0; i < 10; ++i) {
    requests.push_back(request(10.0 * i, 16 * 64, 16));
    requests.back().blocks = BlockChain(16, 5, 16 * 60, 100 + static_cast<std::uint64_t>(i), 16 * 5);
  }
  const Served served(setup_of({plan_of(cost, settings)}), std::make_unique<ListedRequests>(requests));
  CHECK(served.figures.prefix_hit_share == Approx(0.9 * 60 / 64));
  const double first_s = cost.base_s + cost.prompt_token_s * 16 * 64;
  const double other_s = cost.base_s + cost.prompt_token_s * 16 * 4;
  CHECK(served.figures.ttft.mean_s == Approx((first_s + 9 * other_s) / 10));
}

TEST_CASE("the same prompt again: all of it is cached, and its last token is computed") {
  FakeCost cost;
  GroupSettings settings;
  settings.prefix_cache = true;
  std::vector<workload::Request> requests;
  for (int i = 0; i < 2; ++i) {
    requests.push_back(request(10.0 * i, 16 * 8, 1));
    requests.back().blocks = BlockChain(16, 5, 16 * 8, 0, 0);
  }
  const Served served(setup_of({plan_of(cost, settings)}), std::make_unique<ListedRequests>(requests));
  CHECK(served.figures.prefix_hit_share == Approx(0.5 * 7 / 8)); // whole blocks before the last token
}

TEST_CASE("requests that can never fit fail, and say why") {
  FakeCost cost;
  cost.blocks = 10;
  auto source = std::make_unique<ListedRequests>(
      std::vector<workload::Request>{request(0, 100, 50), request(1, 150, 11), request(2, 150, 12)});
  const ListedRequests& listed = *source;
  const Served served(setup_of({plan_of(cost)}), std::move(source));
  CHECK(served.figures.requests_completed == 2);
  CHECK(served.figures.requests_failed == 1);
  CHECK(listed.refused == std::vector<std::uint64_t>{2});
  CHECK(served.figures.failed_reason == "161 tokens need more KV memory than the 160 that a replica has");
}
