#include "engine/serving/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace iccsim::engine::serving {

using workload::ReplicaRole;

Service::Service(ServiceSetup setup, std::unique_ptr<workload::RequestSource> source, Clock& clock, Machine& machine,
                 std::function<void()> finished)
    : setup_(std::move(setup)), source_(std::move(source)), clock_(clock), machine_(machine),
      finished_(std::move(finished)), start_s_(clock.now()), expected_(source_->expected_count()),
      agenda_(clock, [this](Agenda::Actor actor) { due(actor); }), meter_(setup_.slo, start_s_), front_(setup_.router),
      back_(scenario::Router::least_loaded), desk_(setup_.desk) {
  int widest = 0;
  for (const ReplicaPlan& plan : setup_.replicas) {
    add_replica(plan);
    widest = std::max(widest, plan.groups);
  }
  for (int g = 0; g < widest; ++g) { // neighbours in a router's order belong to different replicas
    for (const auto& replica : replicas_) {
      if (g < static_cast<int>(replica->groups())) {
        const bool decodes = setup_.replicas[replica->index()].role == ReplicaRole::decode;
        (decodes ? back_ : front_).add(replica->first_group() + static_cast<std::uint32_t>(g));
      }
    }
  }
}

void Service::add_replica(const ReplicaPlan& plan) {
  Replica::Setup replica;
  replica.index = static_cast<std::uint32_t>(replicas_.size());
  replica.first_group = static_cast<std::uint32_t>(replica_of_.size());
  replica.groups = plan.groups;
  replica.cards = plan.cards;
  replica.lag = plan.lag;
  replica.settings = plan.settings;
  make_tiers(plan, replica.settings);
  replica.token_by_token = setup_.token_by_token;
  replica_of_.insert(replica_of_.end(), static_cast<std::size_t>(plan.groups), replica.index);
  GroupEvents& events = *this;
  ReplicaHost& host = *this;
  replicas_.push_back(std::make_unique<Replica>(replica, *plan.costs, pool_, events, host, start_s_));
  standing_.push_back(Standing::closed);
  accepts_.push_back(0);
  stall_s_.push_back(0);
  written_s_.push_back(start_s_);
  blocks_ += static_cast<double>(plan.settings.kv_blocks) * plan.groups;
  std::int64_t& room = plan.role == ReplicaRole::prefill ? room_for_prompt_ : room_for_all_;
  room = std::min(room, plan.settings.kv_blocks * plan.settings.kv_block - plan.settings.draft_tokens);
}

void Service::due(Agenda::Actor actor) {
  switch (actor) {
  case arrivals:
    take_arrivals();
    return;
  case front_desk:
    take_from_front_desk();
    return;
  case autoscaler:
    look_at_load();
    return;
  default:
    finish(actor - first_replica);
  }
}

void Service::finish(std::size_t i) {
  replicas_[i]->finish(clock_.now());
  end_if_drained(i);
}

void Service::announce_arrivals() {
  const auto next_s = source_->next_arrival_s();
  if (next_s) {
    agenda_.set(arrivals, std::max(clock_.now(), start_s_ + *next_s));
  } else {
    agenda_.clear(arrivals);
  }
}

void Service::take_arrivals() {
  for (auto next_s = source_->next_arrival_s(); next_s && start_s_ + *next_s <= clock_.now();
       next_s = source_->next_arrival_s()) {
    auto request = source_->next();
    if (!request) {
      break;
    }
    receive(std::move(*request));
  }
  announce_arrivals();
  finish_if_done();
}

/// Why a request can never be served; empty when it can.
std::string Service::misfit(const workload::Request& request) const {
  const int tokens = request.prompt_tokens + request.output_tokens;
  if (setup_.max_context > 0 && tokens > setup_.max_context) {
    return fmt::format("{} tokens of prompt and {} of output are more than the {} of one sequence",
                       request.prompt_tokens, request.output_tokens, setup_.max_context);
  }
  for (const auto& [needed, room] :
       {std::pair(request.prompt_tokens, room_for_prompt_), std::pair(tokens - 1, room_for_all_)}) {
    if (needed > room) {
      return fmt::format("{} tokens need more KV memory than the {} that a replica has", needed, room);
    }
  }
  return {};
}

void Service::receive(workload::Request request) {
  const std::uint32_t rank = meter_.rank_of(request.priority);
  meter_.arrived(rank, clock_.now());
  const std::string problem = misfit(request);
  if (!problem.empty()) {
    meter_.failed(rank, clock_.now(), problem);
    source_->failed(request, clock_.now() - start_s_);
    return;
  }
  const SequenceId id = pool_.add();
  Sequence& sequence = pool_[id];
  sequence.arrival_s = clock_.now();
  sequence.rank = rank;
  sequence.ticket = request.number;
  sequence.target = request.prompt_tokens;
  sequence.phase = SequencePhase::arriving;
  sequence.request = std::move(request);
  ++prefilling_;
  desk_.take(id, sequence.request.prompt_tokens, clock_.now());
  take_from_front_desk();
}

void Service::take_from_front_desk() {
  while (const auto handed = desk_.next(clock_.now())) {
    last_group_ = handed->along ? last_group_ : choose(handed->id, front_);
    dispatch(handed->id, last_group_, front_);
  }
  if (desk_.next_s() < never_s) {
    agenda_.set(front_desk, desk_.next_s());
  }
}

std::uint32_t Service::choose(SequenceId id, RequestRouter& router) {
  return router.choose([&](std::uint32_t group) { return cached_tokens(group, pool_[id]); });
}

void Service::dispatch(SequenceId id, std::uint32_t group, RequestRouter& router) {
  Sequence& sequence = pool_[id];
  sequence.group = group;
  sequence.promised = sequence.request.prompt_tokens + meter_.mean_output();
  router.promise(sequence.group, sequence.promised);
  meter_.waits(clock_.now(), 1);
  Replica& replica = replica_of(sequence.group);
  replica.enqueue(sequence.group - replica.first_group(), id, clock_.now());
}

double Service::cached_tokens(std::uint32_t group, const Sequence& sequence) const {
  const Replica& replica = *replicas_[replica_of_[group]];
  const workload::BlockChain& chain = sequence.request.blocks;
  const std::int64_t limit =
      std::min<std::int64_t>(chain.size(), chain.empty() ? 0 : sequence.request.prompt_tokens / chain.block_tokens());
  return static_cast<double>(replica.group(group - replica.first_group()).kv().cached(chain, limit)) *
         chain.block_tokens();
}

void Service::leave_group(const Sequence& sequence) {
  const bool decodes = setup_.replicas[replica_of_[sequence.group]].role == ReplicaRole::decode;
  (decodes ? back_ : front_).promise(sequence.group, -sequence.promised);
}

void Service::joined(SequenceId id) {
  if (pool_[id].joined_s < 0) {
    pool_[id].joined_s = clock_.now();
  }
  meter_.waits(clock_.now(), -1);
  meter_.runs(clock_.now(), 1);
}

void Service::pushed_out(SequenceId) {
  meter_.waits(clock_.now(), 1);
  meter_.runs(clock_.now(), -1);
  meter_.pushed_out();
}

void Service::prompt_token(double now) {
  meter_.prompt_token(now);
}

void Service::handed_over(SequenceId id, double) {
  leave_group(pool_[id]);
  meter_.runs(clock_.now(), -1);
  --prefilling_;
  dispatch(id, choose(id, back_), back_);
}

void Service::completed(SequenceId id, double now) {
  const Sequence& sequence = pool_[id];
  meter_.runs(now, -1);
  meter_.completed(sequence, now);
  prefilling_ -= sequence.prefilled_s > 0 ? 0 : 1;
  leave_group(sequence);
  source_->completed(sequence.request, now - start_s_);
  pool_.remove(id);
  announce_arrivals();
  finish_if_done();
}

void Service::finish_if_done() {
  if (!done_ && pool_.live() == 0 && agenda_.time_of(arrivals) == never_s) {
    done_ = true;
    agenda_.clear(autoscaler);
    clock_.at(clock_.now(), finished_); // what ended the last request is still on the call stack
  }
}

void Service::gaps(std::uint32_t rank, double first_s, double slope_s, double times, double count) {
  meter_.gaps(rank, first_s, slope_s, times, count);
}

void Service::looked_up(int tokens, int found) {
  meter_.looked_up(tokens, found);
}

void Service::play(Replica& replica, double time) {
  agenda_.set(first_replica + replica.index(), time);
}

bool Service::on_network(const Replica& replica) const {
  return machine_.shares_fabric(replica.index());
}

void Service::play_on_network(Replica& replica, const workload::IterationCost& cost, double passes) {
  machine_.play(replica.index(), cost, passes, [this, i = replica.index()] { finish(i); });
}

void Service::carried(Replica& replica, const std::vector<workload::FabricCall>& calls, double passes) {
  machine_.carried(replica.index(), calls, passes);
}

double Service::next_arrival_s() const {
  return std::min(agenda_.time_of(arrivals), agenda_.time_of(front_desk));
}

bool Service::expects(const Replica& replica) const {
  return prefilling_ > 0 && setup_.replicas[replica.index()].role == ReplicaRole::decode;
}

void Service::iterated(Replica& replica, const Iterations& what) {
  meter_.iterated({what.started_s, what.ended_s, what.passes, what.sequences, what.prompt_tokens, what.output_tokens,
                   static_cast<double>(replica.groups())});
  if (tiers_[replica.index()]) {
    write_back(replica.index());
  }
}

void Service::held(double from_s, double to_s, double block_seconds) {
  meter_.held(from_s, to_s, block_seconds);
}

void Service::settle(double now) {
  for (const auto& replica : replicas_) {
    replica->settle(now);
  }
}

} // namespace iccsim::engine::serving
