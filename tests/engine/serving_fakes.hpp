// Costs with closed forms, a machine without traffic, and requests from a list: engines whose answers are known.
#pragma once

#include "engine/clock/fake_clock.hpp"
#include "engine/serving/service.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

namespace iccsim::engine::serving::test {

/// base + per prompt token + per decode + per KV token read by the group that reads most.
class FakeCost : public CostModel {
public:
  double base_s = 0.01, prompt_token_s = 1e-4, pair_s = 0, decode_s = 1e-4, context_s = 1e-7;
  double floor_s = 0; ///< host work of an iteration, beneath the device's
  double blocks = 1000;
  double bytes_per_token = 1000;

  workload::IterationCost iteration(const std::vector<workload::IterationLoad>& groups) const override {
    workload::IterationCost cost;
    double context = 0;
    cost.compute_s = base_s;
    for (const auto& load : groups) {
      cost.compute_s +=
          prompt_token_s * load.prompt_tokens + pair_s * load.prompt_pairs + decode_s * load.decode_tokens;
      context = std::max(context, load.decode_context);
    }
    cost.compute_s = std::max(floor_s, cost.compute_s + context_s * context);
    return cost;
  }
  workload::DecodeCost decode(const std::vector<double>& sequences) const override {
    workload::DecodeCost cost;
    cost.base.compute_s = base_s;
    for (const double count : sequences) {
      cost.base.compute_s += decode_s * count * (1 + drafts);
    }
    cost.per_context_s = context_s;
    cost.floor_s = floor_s;
    return cost;
  }
  const std::vector<workload::CollectiveShape>& fabric_shapes() const override { return shapes; }
  double model_bytes() const override { return 1e9; }
  double kv_bytes_per_token() const override { return bytes_per_token; }
  double kv_blocks() const override { return blocks; }
  scenario::Evidence evidence() const override { return scenario::Evidence::datasheet_only; }

  int drafts = 0;
  std::vector<workload::CollectiveShape> shapes;
};

/// KV moves at a fixed rate, weights take a fixed time.
class FakeMachine : public Machine {
public:
  explicit FakeMachine(Clock& clock) : clock_(clock) {}
  double bytes_per_s = 1e9;
  double weights_s = 0;
  double handed_bytes = 0;
  double fetched_bytes[kv_tiers] = {};
  double kept_bytes[kv_tiers] = {};
  struct Kept {
    KvTier tier;
    double at_s, bytes;
  };
  std::vector<Kept> kept; ///< in the order in which it set out

  bool shares_fabric(std::uint32_t) const override { return false; }
  void play(std::uint32_t, const workload::IterationCost&, double, Done) override {}
  void carried(std::uint32_t, const std::vector<workload::FabricCall>&, double) override {}
  void hand_over(std::uint32_t, std::uint32_t, double bytes, Done done) override {
    handed_bytes += bytes;
    clock_.at(clock_.now() + bytes / bytes_per_s, std::move(done));
  }
  void fetch(KvTier tier, std::uint32_t, double bytes, Done done) override {
    fetched_bytes[static_cast<int>(tier)] += bytes;
    clock_.at(clock_.now() + bytes / bytes_per_s, std::move(done));
  }
  void keep(KvTier tier, std::uint32_t, double bytes) override {
    kept_bytes[static_cast<int>(tier)] += bytes;
    kept.push_back({tier, clock_.now(), bytes});
  }
  double to_host_s(std::uint32_t, double bytes) const override { return bytes / bytes_per_s; }
  bool loads_weights() const override { return weights_s > 0; }
  void load_weights(std::uint32_t, Done done) override { clock_.at(clock_.now() + weights_s, std::move(done)); }

private:
  Clock& clock_;
};

inline workload::Request request(double arrival_s, int prompt, int output, int priority = 0) {
  workload::Request made;
  made.arrival_s = arrival_s;
  made.prompt_tokens = prompt;
  made.output_tokens = output;
  made.priority = priority;
  return made;
}

/// Requests that are known beforehand; keeps what became of them.
class ListedRequests : public workload::RequestSource {
public:
  struct Ended {
    std::uint64_t number;
    double at_s;
  };
  explicit ListedRequests(std::vector<workload::Request> requests) : requests_(std::move(requests)) {
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      requests_[i].number = i;
    }
  }
  std::optional<double> next_arrival_s() override {
    return next_ < requests_.size() ? std::optional<double>(requests_[next_].arrival_s) : std::nullopt;
  }
  std::optional<workload::Request> next() override { return requests_[next_++]; }
  void completed(const workload::Request& request, double now_s) override { ended.push_back({request.number, now_s}); }
  void failed(const workload::Request& request, double) override { refused.push_back(request.number); }
  double expected_count() const override { return static_cast<double>(requests_.size()); }

  std::vector<Ended> ended; ///< in the order of their ends
  std::vector<std::uint64_t> refused;

private:
  std::vector<workload::Request> requests_;
  std::size_t next_ = 0;
};

/// Clients that ask again at once.
class Clients : public workload::RequestSource {
public:
  Clients(int clients, int count, int prompt, int output)
      : waiting_(clients), left_(count), prompt_(prompt), output_(output) {}
  std::optional<double> next_arrival_s() override {
    return waiting_ > 0 && left_ > 0 ? std::optional<double>(now_s_) : std::nullopt;
  }
  std::optional<workload::Request> next() override {
    --waiting_;
    --left_;
    workload::Request made = request(now_s_, prompt_, output_);
    made.number = number_++;
    return made;
  }
  void completed(const workload::Request&, double now_s) override {
    ++waiting_;
    now_s_ = now_s;
  }
  void failed(const workload::Request& request, double now_s) override { completed(request, now_s); }
  double expected_count() const override { return 0; }

private:
  int waiting_, left_, prompt_, output_;
  double now_s_ = 0;
  std::uint64_t number_ = 0;
};

inline ReplicaPlan plan_of(const CostModel& costs, GroupSettings settings = {}, int groups = 1) {
  settings.kv_blocks = static_cast<std::int64_t>(costs.kv_blocks());
  return {workload::ReplicaRole::both, groups, 8, settings, &costs};
}

/// A service played to its end, on a clock of its own.
class Served {
public:
  Served(ServiceSetup setup, std::unique_ptr<workload::RequestSource> source, double horizon_s = never_s,
         double weights_s = 0)
      : machine(clock), service(std::move(setup), std::move(source), clock, machine, [this] {
          done = true;
          clock.stop();
        }) {
    machine.weights_s = weights_s;
    service.start();
    if (horizon_s < never_s) {
      clock.at(horizon_s, [this] { service.settle(clock.now()); });
    }
    clock.run(horizon_s);
    end_s = clock.now();
    figures = service.figures(end_s);
    states = service.states(end_s);
  }

  FakeClock clock;
  FakeMachine machine;
  bool done = false;
  Service service;
  double end_s = 0;
  metrics::ServiceFigures figures;
  metrics::StateSeconds states;
};

inline ServiceSetup setup_of(std::vector<ReplicaPlan> plans) {
  ServiceSetup setup;
  setup.replicas = std::move(plans);
  return setup;
}

/// Poisson arrivals of requests whose lengths are even between bounds; `max_tokens` 0: single tokens.
inline std::vector<workload::Request> random_requests(std::uint32_t seed, int count, double rate_per_s, int max_prompt,
                                                      int max_output) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap(rate_per_s);
  std::uniform_int_distribution<int> prompt(1, max_prompt);
  std::uniform_int_distribution<int> output(1, max_output);
  std::uniform_int_distribution<int> priority(0, 2);
  std::vector<workload::Request> requests;
  double at_s = 0;
  for (int i = 0; i < count; ++i) {
    at_s += gap(random);
    requests.push_back(request(at_s, prompt(random), output(random), priority(random)));
  }
  return requests;
}

} // namespace iccsim::engine::serving::test
