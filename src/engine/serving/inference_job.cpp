#include "engine/serving/inference_job.hpp"

#include "engine/serving/service_memory.hpp"
#include "engine/serving/trace_census.hpp"
#include "iccsim/metrics/result.hpp"
#include "iccsim/workload/request_source.hpp"
#include "platform/mix_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace iccsim::engine {
namespace {

using scenario::InferenceSpec;

const InferenceSpec& spec_of(const scenario::Scenario& scenario, std::uint32_t index) {
  return std::get<InferenceSpec>(scenario.jobs[index].what);
}

/// Services of one scenario do not repeat each other's requests.
std::uint64_t seed_of(const scenario::Scenario& scenario, std::uint32_t index) {
  return platform::mix_hash(platform::mix_hash(scenario.seed) + index);
}

scenario::KernelCalibration calibration_of(const InferenceSpec& spec, const platform::Cluster& cluster,
                                           const Placement& placement) {
  const auto& chip = cluster.node_spec(cluster.node_of(placement.front())).chip;
  const auto known = spec.software.chips.find(chip.name);
  return known != spec.software.chips.end() ? known->second
                                            : spec.software.fallback.value_or(scenario::KernelCalibration{});
}

std::unique_ptr<workload::RequestSource> source_of(const scenario::Scenario& scenario, std::uint32_t index,
                                                   double now) {
  const InferenceSpec& spec = spec_of(scenario, index);
  workload::SourceOptions options;
  options.seed = seed_of(scenario, index);
  options.block_tokens = spec.engine.kv_block;
  options.horizon_s = scenario.duration_s ? *scenario.duration_s - now : never_s;
  options.directory = std::filesystem::path(scenario.file).parent_path();
  options.path = "jobs[" + std::to_string(index) + "].requests";
  scenario::Diagnostics diagnostics;
  auto source = workload::make_request_source(spec.requests, options, diagnostics);
  if (!source) {
    throw std::invalid_argument(diagnostics.to_string());
  }
  return source;
}

serving::ServiceSetup setup_of(const InferenceSpec& spec, const scenario::KernelCalibration& calibration,
                               const std::vector<serving::ReplicaPlan>& plans, bool token_by_token) {
  serving::ServiceSetup setup;
  setup.slo = spec.slo;
  setup.router = spec.router;
  setup.autoscale = spec.autoscale;
  if (spec.autoscale) {
    setup.open_replicas = std::clamp(spec.replicas.count, spec.autoscale->min, spec.autoscale->max);
  }
  for (const scenario::EngineSpec& engine : serving::engines_of(spec)) {
    const int most = engine.max_context > 0 ? engine.max_context : spec.model.max_positions;
    const bool tighter = setup.max_context == 0 || most < setup.max_context;
    setup.max_context = most > 0 && tighter ? most : setup.max_context;
  }
  const auto serving = calibration.serving.value_or(scenario::ServingCalibration{});
  setup.desk.gather = spec.engine.gather;
  setup.desk.gather_s = spec.engine.gather_s;
  if (spec.engine.front_end) {
    setup.desk.request_s = serving.request_s;
    setup.desk.prompt_token_s = serving.prompt_token_s;
  }
  setup.hand_over_s = serving.kv_transfer_s;
  setup.token_by_token = token_by_token;
  setup.replicas = plans;
  return setup;
}

} // namespace

InferenceJob::InferenceJob(const scenario::Scenario& scenario, std::uint32_t index, const platform::Cluster& cluster,
                           Clock& clock, Network& network, IoService& io, const Placement& placement,
                           InferenceHooks hooks)
    : scenario_(scenario), spec_(spec_of(scenario, index)), index_(index), cluster_(cluster), clock_(clock), io_(io),
      placement_(placement), finished_(std::move(hooks.finished)),
      layout_(serving::lay_out(spec_, cluster, CardHealth(scenario.stragglers, cluster), placement,
                               seed_of(scenario, index))),
      machine_(cluster, clock, network, layout_.cards,
               workload::library_costs(calibration_of(spec_, cluster, placement)), weight_loader(),
               [this](auto... move) { move_kv(std::move(move)...); }),
      service_(setup_of(spec_, calibration_of(spec_, cluster, placement), layout_.plans, hooks.token_by_token),
               source_of(scenario, index, clock.now()), clock, machine_,
               [this] {
                 done_ = true;
                 end_s_ = clock_.now();
                 finished_();
               }),
      start_s_(clock.now()) {}

serving::WeightLoader InferenceJob::weight_loader() {
  if (spec_.weights.empty()) {
    return {};
  }
  return [this](const std::vector<platform::CardId>& cards, double bytes, Done done) {
    load_weights(cards, bytes, std::move(done));
  };
}

/// Every card reads its part of the model.
void InferenceJob::load_weights(const std::vector<platform::CardId>& cards, double bytes, Done done) {
  auto known = loads_.find(cards.front());
  if (known == loads_.end()) {
    IoPattern pattern;
    pattern.tier = IoTier::storage;
    pattern.storage = spec_.weights;
    pattern.direction = IoDirection::read;
    pattern.buffer = IoBuffer::card;
    pattern.clients = cards;
    known = loads_.emplace(cards.front(), io_.add({index_, IoPurpose::weights}, pattern)).first;
  }
  ++loads_moving_;
  io_.start(known->second, bytes / static_cast<double>(cards.size()), [this, loaded = std::move(done)] {
    --loads_moving_;
    ++loads_done_;
    loaded();
  });
}

void InferenceJob::move_kv(serving::KvTier tier, bool to_tier, const std::vector<platform::CardId>& cards, double bytes,
                           Done done) {
  const auto key = std::make_tuple(tier, to_tier, cards.front());
  auto known = kv_moves_.find(key);
  if (known == kv_moves_.end()) {
    IoPattern pattern;
    pattern.tier = tier == serving::KvTier::host   ? IoTier::host_memory
                   : tier == serving::KvTier::nvme ? IoTier::nvme
                                                   : IoTier::storage;
    pattern.storage = tier == serving::KvTier::store ? kv_store() : "";
    pattern.direction = to_tier ? IoDirection::write : IoDirection::read;
    pattern.buffer = IoBuffer::card;
    pattern.clients = cards;
    known = kv_moves_.emplace(key, io_.add({index_, IoPurpose::kv}, pattern)).first;
  }
  ++kv_moving_;
  double& booked = to_tier ? kv_of(tier).written_bytes : kv_of(tier).read_bytes;
  io_.start(known->second, bytes / static_cast<double>(cards.size()), [this, &booked, bytes, moved = std::move(done)] {
    --kv_moving_;
    booked += bytes;
    if (moved) {
      moved();
    }
  });
}

metrics::KvTierFigures& InferenceJob::kv_of(serving::KvTier tier) {
  switch (tier) {
  case serving::KvTier::host:
    return kv_moved_.host;
  case serving::KvTier::nvme:
    return kv_moved_.nvme;
  case serving::KvTier::store:
    break;
  }
  return kv_moved_.storage;
}

bool InferenceJob::moves_kv() const {
  const std::vector<scenario::EngineSpec> engines = serving::engines_of(spec_);
  return std::any_of(engines.begin(), engines.end(), [](const scenario::EngineSpec& engine) {
    const scenario::KvOffloadSpec& below = engine.kv_offload;
    return engine.preemption == scenario::Preemption::swap || below.host_bytes > 0 || below.nvme_bytes > 0 ||
           !below.storage.empty();
  });
}

/// The one that any pool names: a scenario with two is refused.
std::string InferenceJob::kv_store() const {
  std::string name;
  for (const scenario::EngineSpec& engine : serving::engines_of(spec_)) {
    name = engine.kv_offload.storage.empty() ? name : engine.kv_offload.storage;
  }
  return name;
}

/// What the service had moved is what the I/O service's books say: drives and stores served it, and no more of it than
/// all crossed PCIe.
metrics::KvIoFigures InferenceJob::kv_figures(const metrics::JobResult& result) const {
  constexpr double rounding = 1e-6;
  metrics::KvIoFigures kv = kv_moved_;
  const metrics::IoFigures books = io_.figures({index_, IoPurpose::kv});
  const double outside = kv.nvme.read_bytes + kv.nvme.written_bytes + kv.storage.read_bytes + kv.storage.written_bytes;
  const double host = kv.host.read_bytes + kv.host.written_bytes;
  if (std::abs(outside - books.bytes) > rounding * outside || books.copied_bytes < host * (1 - rounding) ||
      books.copied_bytes > (host + outside) * (1 + rounding)) {
    throw metrics::InternalError(fmt::format("KV of {} bytes went to tiers outside and of {} to host memory, but the "
                                             "books of I/O say {}, and {} over PCIe",
                                             outside, host, books.bytes, books.copied_bytes));
  }
  kv.host.peak_bytes = service_.kv_peak_bytes(serving::KvTier::host);
  kv.nvme.peak_bytes = service_.kv_peak_bytes(serving::KvTier::nvme);
  kv.storage.peak_bytes = service_.kv_peak_bytes(serving::KvTier::store);
  kv.stall_s = (result.states[metrics::State::kv_wait] - service_.hand_over_wait_s(result.end_s)) /
               static_cast<double>(placement_.size());
  return kv;
}

void InferenceJob::retire() {
  machine_.release();
  if (kv_moving_ == 0) { // what is on its way to a tier goes on
    for (const auto& [key, move] : kv_moves_) {
      io_.remove(move);
    }
    kv_moves_.clear();
  }
  if (loads_moving_ == 0) { // a replica that came too late still reads
    for (const auto& [card, load] : loads_) {
      io_.remove(load);
    }
    loads_.clear();
  }
}

void InferenceJob::start() {
  if (scenario_.duration_s) {
    clock_.at(std::max(clock_.now(), *scenario_.duration_s), [this] {
      service_.settle(clock_.now());
      if (!done_) {
        machine_.book_carried();
      }
    });
  }
  service_.start();
}

const std::vector<ShapeId>* InferenceJob::shapes() const {
  const bool alone = machine_.local() && !spec_.disaggregation && spec_.weights.empty() && !moves_kv();
  return alone ? &no_shapes_ : nullptr;
}

/// Cards beside those of the replicas are idle.
metrics::StateSeconds InferenceJob::states(double now) const {
  metrics::StateSeconds seconds = service_.states(now);
  double cards = 0;
  for (const serving::ReplicaPlan& plan : layout_.plans) {
    cards += plan.cards;
  }
  seconds[metrics::State::idle] += (static_cast<double>(placement_.size()) - cards) * (now - start_s_);
  return seconds;
}

double InferenceJob::progress(double now) const {
  if (done_) {
    return 1;
  }
  if (service_.expected() > 0) {
    return service_.ended() / service_.expected();
  }
  const double horizon_s = scenario_.duration_s.value_or(never_s);
  return horizon_s < never_s && horizon_s > start_s_ ? (now - start_s_) / (horizon_s - start_s_) : 0;
}

void InferenceJob::report(metrics::JobResult& result, double) const {
  metrics::ServiceFigures figures = service_.figures(result.end_s);
  std::set<platform::NodeId> nodes;
  for (const platform::CardId card : placement_) {
    nodes.insert(cluster_.node_of(card));
  }
  const auto cards = static_cast<double>(placement_.size());
  figures.prompt_tokens_per_s_per_card = figures.prompt_tokens_per_s / cards;
  figures.prompt_tokens_per_s_per_node = figures.prompt_tokens_per_s / static_cast<double>(nodes.size());
  figures.output_tokens_per_s_per_card = figures.output_tokens_per_s / cards;
  figures.output_tokens_per_s_per_node = figures.output_tokens_per_s / static_cast<double>(nodes.size());
  figures.hand_over_stall_s = service_.hand_over_wait_s(result.end_s) / cards;
  figures.memory = serving::memory_figures(spec_, cluster_, layout_);
  if (!spec_.requests.trace.empty()) {
    figures.trace = serving::trace_census(spec_.requests, std::filesystem::path(scenario_.file).parent_path());
  }
  result.plan = serving::describe(spec_);
  if (!spec_.weights.empty()) {
    metrics::IoFigures weights = io_.figures({index_, IoPurpose::weights});
    weights.stall_s = result.states[metrics::State::weights] / static_cast<double>(placement_.size());
    weights.operations = loads_done_;
    result.io.weights = weights;
  }
  if (moves_kv()) {
    result.io.kv = kv_figures(result);
  }
  result.service = std::move(figures);
}

} // namespace iccsim::engine
