#include "engine/serving/service.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine::serving {

using workload::ReplicaRole;

Service::Service(ServiceSetup setup, std::unique_ptr<workload::RequestSource> source, Clock& clock, Machine& machine,
                 std::function<void()> finished)
    : setup_(std::move(setup)), source_(std::move(source)), clock_(clock), machine_(machine),
      finished_(std::move(finished)), start_s_(clock.now()), expected_(source_->expected_count()),
      agenda_(clock, [this](Agenda::Actor actor) { due(actor); }), meter_(setup_.slo, start_s_), front_(setup_.router),
      back_(scenario::Router::least_loaded) {
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
  replica.settings = plan.settings;
  make_tiers(plan, replica.settings);
  replica.token_by_token = setup_.token_by_token;
  replica_of_.insert(replica_of_.end(), static_cast<std::size_t>(plan.groups), replica.index);
  GroupEvents& events = *this;
  ReplicaHost& host = *this;
  replicas_.push_back(std::make_unique<Replica>(replica, *plan.costs, pool_, events, host, start_s_));
  standing_.push_back(Standing::closed);
  accepts_.push_back(0);
  active_s_.push_back(start_s_);
  stall_s_.push_back(0);
  blocks_ += static_cast<double>(plan.settings.kv_blocks) * plan.groups;
}

void Service::start() {
  const std::size_t open = setup_.open_replicas > 0 ? static_cast<std::size_t>(setup_.open_replicas) : replicas_.size();
  for (std::size_t i = 0; i < open; ++i) {
    set_accepting(i, true); // requests that come while weights are loaded wait in its queue
    start_replica(i, 0);
  }
  if (setup_.autoscale) {
    agenda_.set(autoscaler, start_s_ + setup_.autoscale->interval_s);
  }
  announce_arrivals();
  finish_if_done();
}

void Service::start_replica(std::size_t i, double extra_s) {
  standing_[i] = Standing::starting;
  const auto open = [this, i] {
    standing_[i] = Standing::open;
    active_s_[i] = clock_.now();
    set_accepting(i, true);
    replicas_[i]->open(clock_.now());
  };
  if (!machine_.loads_weights() && extra_s == 0) {
    open();
    return;
  }
  replicas_[i]->rest(metrics::State::weights, clock_.now());
  const auto warm_up = [this, open, extra_s] { clock_.at(clock_.now() + extra_s, open); };
  machine_.loads_weights() ? machine_.load_weights(replicas_[i]->index(), warm_up) : warm_up();
}

void Service::set_accepting(std::size_t i, bool accepting) {
  RequestRouter& router = setup_.replicas[i].role == ReplicaRole::decode ? back_ : front_;
  for (std::size_t g = 0; g < replicas_[i]->groups(); ++g) {
    router.set_open(replicas_[i]->first_group() + static_cast<std::uint32_t>(g), accepting);
  }
  if (accepting != accepts_[i]) {
    accepts_[i] = accepting;
    meter_.accepts(clock_.now(), accepting ? 1 : -1);
  }
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
    replicas_[actor - first_replica]->finish(clock_.now());
  }
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
  for (const ReplicaPlan& plan : setup_.replicas) {
    const GroupSettings& group = plan.settings;
    const int needed = plan.role == ReplicaRole::prefill ? request.prompt_tokens : tokens - 1 + group.draft_tokens;
    const std::int64_t room = group.kv_blocks * group.kv_block;
    if (needed > room) {
      return fmt::format("{} tokens need more KV memory than the {} that a replica has", needed, room);
    }
  }
  return {};
}

void Service::receive(workload::Request request) {
  meter_.arrived(clock_.now());
  const std::string problem = misfit(request);
  if (!problem.empty()) {
    meter_.failed(clock_.now(), problem);
    source_->failed(request, clock_.now() - start_s_);
    return;
  }
  const SequenceId id = pool_.add();
  Sequence& sequence = pool_[id];
  sequence.arrival_s = clock_.now();
  sequence.ticket = request.number;
  sequence.target = request.prompt_tokens;
  sequence.phase = SequencePhase::arriving;
  sequence.request = std::move(request);
  const double desk_s = setup_.request_s + setup_.prompt_token_s * sequence.request.prompt_tokens;
  if (desk_s == 0) {
    dispatch(id, front_);
    return;
  }
  // In order of coming, however long they are.
  const double ready_s = std::max(clock_.now() + desk_s, desk_.empty() ? 0 : desk_.back().first);
  desk_.emplace_back(ready_s, id);
  agenda_.set(front_desk, desk_.front().first);
}

void Service::take_from_front_desk() {
  while (!desk_.empty() && desk_.front().first <= clock_.now()) {
    const SequenceId id = desk_.front().second;
    desk_.pop_front();
    dispatch(id, front_);
  }
  if (!desk_.empty()) {
    agenda_.set(front_desk, desk_.front().first);
  }
}

void Service::dispatch(SequenceId id, RequestRouter& router) {
  Sequence& sequence = pool_[id];
  sequence.group = router.choose([&](std::uint32_t group) { return cached_tokens(group, sequence); });
  sequence.promised = sequence.request.prompt_tokens + meter_.mean_output();
  router.promise(sequence.group, sequence.promised);
  meter_.waits(clock_.now(), 1);
  Replica& replica = replica_of(sequence.group);
  active_s_[replica.index()] = clock_.now();
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

void Service::joined(SequenceId) {
  meter_.waits(clock_.now(), -1);
  meter_.runs(clock_.now(), 1);
}

void Service::pushed_out(SequenceId) {
  meter_.waits(clock_.now(), 1);
  meter_.runs(clock_.now(), -1);
  meter_.pushed_out();
}

/// Tiers below device memory, where the service has some and keeps prefixes at all.
void Service::make_tiers(const ReplicaPlan& plan, GroupSettings& settings) {
  if (!plan.settings.prefix_cache || setup_.host_bytes + setup_.nvme_bytes + setup_.store_bytes <= 0) {
    return;
  }
  const double block_bytes = plan.costs->kv_bytes_per_token() * plan.settings.kv_block;
  if (setup_.store_bytes > 0 && !store_) {
    store_ = std::make_unique<KvShelf>(setup_.store_bytes / block_bytes);
  }
  tiers_.push_back(std::make_unique<KvTiers>(
      KvTiers::Sizes{setup_.host_bytes / block_bytes, setup_.nvme_bytes / block_bytes}, store_.get()));
  settings.below = tiers_.back().get();
}

double Service::kv_bytes(std::uint32_t group, double tokens) const {
  return replicas_[replica_of_[group]]->costs().kv_bytes_per_token() * tokens;
}

void Service::fetch(SequenceId id) {
  Sequence& sequence = pool_[id];
  const double bytes = kv_bytes(sequence.group, sequence.target);
  const auto land = [this, id] { replica_of(pool_[id].group).land(id, clock_.now()); };
  if (sequence.stored_to > 0) {
    fetch_stored(id, land);
    return;
  }
  if (!sequence.handed) {
    machine_.fetch(KvTier::host, sequence.group, bytes, land);
    return;
  }
  meter_.transferred(bytes);
  sequence.handed = false;
  const std::uint32_t origin = sequence.origin;
  const auto arrive = [this, id, origin, land] {
    Replica& left = replica_of(origin);
    left.release(origin - left.first_group(), id, clock_.now());
    land();
  };
  const auto move = [this, id, origin, bytes, arrive] { machine_.hand_over(origin, pool_[id].group, bytes, arrive); };
  setup_.hand_over_s > 0 ? clock_.at(clock_.now() + setup_.hand_over_s, move) : move();
}

/// From every tier that has some of it, at once; it lands with the last.
void Service::fetch_stored(SequenceId id, const Done& land) {
  Sequence& sequence = pool_[id];
  const workload::BlockChain& chain = sequence.request.blocks;
  const std::vector<double> hashes =
      tiers_[replica_of_[sequence.group]]->locate(chain, sequence.stored_from, sequence.stored_to);
  sequence.stored_from = sequence.stored_to = 0;
  const auto pending = std::make_shared<int>(
      static_cast<int>(std::count_if(hashes.begin(), hashes.end(), [](double n) { return n > 0; })));
  for (int tier = 0; tier < kv_tiers; ++tier) {
    const double found = hashes[static_cast<std::size_t>(tier)];
    if (found > 0) {
      const double bytes = kv_bytes(sequence.group, found * chain.block_tokens());
      meter_.transferred(bytes);
      machine_.fetch(static_cast<KvTier>(tier), sequence.group, bytes, [pending, land] {
        if (--*pending == 0) {
          land();
        }
      });
    }
  }
}

/// What tiers took in goes there in pieces, beside everything else.
void Service::write_back(std::size_t i) {
  constexpr double piece_blocks = 256;
  const Replica& replica = *replicas_[i];
  for (int tier = 0; tier < kv_tiers; ++tier) {
    const double blocks = tiers_[i]->written(static_cast<KvTier>(tier));
    if (blocks >= piece_blocks) {
      tiers_[i]->take_written(static_cast<KvTier>(tier));
      machine_.keep(static_cast<KvTier>(tier), replica.first_group(),
                    kv_bytes(replica.first_group(), blocks * setup_.replicas[i].settings.kv_block));
    }
  }
}

void Service::swap_out(SequenceId id, int tokens) {
  const std::uint32_t group = pool_[id].group;
  stall_s_[replica_of_[group]] += machine_.to_host_s(group, kv_bytes(group, tokens));
}

double Service::take_stall_s(Replica& replica) {
  return std::exchange(stall_s_[replica.index()], 0);
}

void Service::prompt_token(double now) {
  meter_.prompt_token(now);
}

void Service::handed_over(SequenceId id, double) {
  leave_group(pool_[id]);
  meter_.runs(clock_.now(), -1);
  dispatch(id, back_);
}

void Service::completed(SequenceId id, double now) {
  const Sequence& sequence = pool_[id];
  meter_.runs(now, -1);
  meter_.completed(sequence, now);
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

void Service::gaps(double first_s, double slope_s, double times, double count) {
  meter_.gaps(first_s, slope_s, times, count);
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
  machine_.play(replica.index(), cost, passes, [this, &replica] { replica.finish(clock_.now()); });
}

double Service::next_arrival_s() const {
  return std::min(agenda_.time_of(arrivals), agenda_.time_of(front_desk));
}

void Service::iterated(Replica& replica, const Iterations& what) {
  active_s_[replica.index()] = what.ended_s;
  meter_.iterated({what.started_s, what.ended_s, what.passes, what.sequences, what.prompt_tokens, what.output_tokens,
                   what.block_seconds, static_cast<double>(replica.groups())});
  if (!tiers_.empty()) {
    write_back(replica.index());
  }
}

void Service::settle(double now) {
  for (const auto& replica : replicas_) {
    replica->settle(now);
  }
}

bool Service::overloaded() const {
  const scenario::AutoscaleSpec& rule = *setup_.autoscale;
  double waiting = 0;
  double kv = 0;
  double open = 0;
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (accepts_[i]) {
      waiting += replicas_[i]->waiting();
      kv += replicas_[i]->kv_share();
      ++open;
    }
  }
  return (rule.target_queue > 0 && waiting > rule.target_queue * open) ||
         (rule.target_kv > 0 && kv > rule.target_kv * open);
}

/// One more replica at a time while there is too much to do; one that was idle for long enough ends.
void Service::look_at_load() {
  const scenario::AutoscaleSpec& rule = *setup_.autoscale;
  const double now = clock_.now();
  const auto standing = [this](Standing what) { return std::count(standing_.begin(), standing_.end(), what); };
  const auto closed = std::find(standing_.begin(), standing_.end(), Standing::closed);
  if (overloaded() && standing(Standing::starting) == 0 && closed != standing_.end()) {
    start_replica(static_cast<std::size_t>(closed - standing_.begin()), rule.start_s);
  }
  for (std::size_t i = replicas_.size(); i-- > 0 && standing(Standing::open) > rule.min;) {
    if (standing_[i] == Standing::open && replicas_[i]->empty() && now - active_s_[i] >= rule.scale_down_after_s) {
      set_accepting(i, false);
      replicas_[i]->close(now);
      standing_[i] = Standing::closed;
    }
  }
  agenda_.set(autoscaler, now + rule.interval_s);
}

metrics::StateSeconds Service::states(double now) const {
  metrics::StateSeconds seconds;
  for (const auto& replica : replicas_) {
    seconds += replica->states(now);
  }
  return seconds;
}

metrics::ServiceFigures Service::figures(double now) const {
  double sojourn_s = 0;
  double emitted = 0;
  for (const Sequence& sequence : pool_.places()) {
    if (sequence.phase == SequencePhase::unused) {
      continue;
    }
    sojourn_s += now - sequence.arrival_s;
    const Replica& replica = *replicas_[replica_of_[sequence.group]];
    const AttentionGroup& group = replica.group(sequence.group - replica.first_group());
    emitted += sequence.phase == SequencePhase::decoding ? group.decodes().emitted(sequence) : sequence.emitted;
  }
  double counted = 0;
  double block_seconds = 0;
  double peak_share = 0;
  double in_use = 0;
  for (const auto& replica : replicas_) {
    replica->check();
    for (std::size_t g = 0; g < replica->groups(); ++g) {
      counted += replica->group(g).emitted_tokens();
      in_use += static_cast<double>(replica->group(g).kv().in_use());
      block_seconds += replica->group(g).block_seconds(now);
      peak_share = std::max(peak_share, replica->group(g).peak_share());
    }
  }
  // Speculated tokens are spread evenly over a sequence's passes: within one of what it has.
  const double allowed = 1e-6 * std::max(1.0, emitted) + static_cast<double>(pool_.live());
  if (std::abs(counted - emitted) > allowed || (pool_.live() == 0 && in_use != 0)) {
    throw metrics::InternalError(fmt::format("tokens or blocks are left: {} tokens counted, {} emitted, {} blocks in "
                                             "use by {} requests",
                                             counted, emitted, in_use, pool_.live()));
  }
  metrics::ServiceFigures figures = meter_.figures(now, static_cast<double>(pool_.live()), sojourn_s, blocks_);
  figures.kv_blocks = static_cast<double>(setup_.replicas.back().settings.kv_blocks);
  figures.mean_kv_share = now > start_s_ ? block_seconds / (blocks_ * (now - start_s_)) : 0;
  figures.peak_kv_share = peak_share;
  figures.evidence = setup_.replicas.front().costs->evidence();
  return figures;
}

} // namespace iccsim::engine::serving
