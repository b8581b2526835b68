#include "engine/serving/replica.hpp"

#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {

using metrics::State;

Replica::Replica(const Setup& setup, const CostModel& costs, SequencePool& pool, GroupEvents& events, ReplicaHost& host,
                 double now)
    : setup_(setup), costs_(costs), pool_(pool), host_(host), charged_s_(now), held_s_(now) {
  for (int g = 0; g < setup.groups; ++g) {
    groups_.push_back(std::make_unique<AttentionGroup>(setup.settings, pool, events, now));
  }
  loads_.resize(groups_.size());
  decoding_.resize(groups_.size());
}

AttentionGroup& Replica::group_of(SequenceId id) {
  return *groups_[pool_[id].group - setup_.first_group];
}

void Replica::rest(State state, double now) {
  charge(now);
  resting_ = state;
}

void Replica::open(double now) {
  rest(State::idle, now);
  open_ = true;
  begin(now);
}

void Replica::close(double now) {
  rest(State::idle, now);
  open_ = false;
  for (const auto& group : groups_) {
    group->forget();
  }
}

bool Replica::empty() const {
  return !running_ && std::all_of(groups_.begin(), groups_.end(),
                                  [](const auto& g) { return g->running() == 0 && !g->held_back(); });
}

double Replica::waiting() const {
  double sum = 0;
  for (const auto& group : groups_) {
    sum += static_cast<double>(group->waiting());
  }
  return sum;
}

double Replica::requests() const {
  double sum = 0;
  for (const auto& group : groups_) {
    sum += static_cast<double>(group->waiting() + group->places());
  }
  return sum;
}

double Replica::kv_share() const {
  double used = 0;
  double all = 0;
  for (const auto& group : groups_) {
    used += static_cast<double>(group->kv().in_use());
    all += static_cast<double>(group->kv().capacity());
  }
  return used / all;
}

void Replica::check() const {
  for (const auto& group : groups_) {
    group->check();
  }
}

void Replica::enqueue(std::size_t g, SequenceId id, double now) {
  groups_[g]->enqueue(id);
  if (!running_) {
    begin(now);
  } else if (cuttable_ && groups_[g]->may_join(id)) {
    cut(now, Cut::round);
  }
}

void Replica::land(SequenceId id, double now) {
  group_of(id).land(id, now);
  running_ ? cut(now, Cut::pass) : begin(now);
}

void Replica::release(std::size_t g, SequenceId id, double now) {
  AttentionGroup& group = *groups_[g];
  group.release(id, now);
  if (!running_) {
    begin(now);
  } else if (group.waiting() > 0) {
    cut(now, Cut::round);
  }
}

/// The batch changes at the end of the pass, or of the round, that is under way.
void Replica::cut(double now, Cut at_end_of) {
  if (!cuttable_ || passes_ == 1) {
    return;
  }
  std::int64_t passes = stretch_.passes_lasting(now - started_s_, passes_);
  if (at_end_of == Cut::round) {
    passes = std::min(passes_, passes + round_left_after(passes));
  }
  if (passes < passes_) {
    passes_ = passes;
    host_.play(*this, started_s_ + stretch_.duration_s(passes));
  }
}

/// Passes until the queue is looked at, `passes` from the start of what runs.
std::int64_t Replica::round_left_after(std::int64_t passes) const {
  const std::int64_t round = setup_.settings.round_passes;
  return (round_left_ + round - passes % round) % round;
}

void Replica::plan(double now) {
  tell_held(now); // while nothing ran: for a hand-over, or on its way here
  const bool chunked = setup_.settings.chunked_prefill;
  const bool admits = round_left_ == 0;
  bool prompts = false;
  for (const auto& group : groups_) {
    group->begin_plan(now);
    if (chunked) {
      group->plan_decodes();
    }
    group->plan_prompts(admits);
    prompts = prompts || group->has_chunks();
  }
  if (!chunked && !prompts) {
    for (const auto& group : groups_) {
      group->plan_decodes();
    }
  }
}

void Replica::begin(double now) {
  if (!open_) {
    return;
  }
  if (std::all_of(groups_.begin(), groups_.end(), [](const auto& g) { return g->decodes().empty(); })) {
    round_left_ = 0;
  }
  plan(now);
  bool prompts = false;
  bool decodes = false;
  bool held_back = false;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    loads_[g] = groups_[g]->load();
    decoding_[g] = loads_[g].decode_sequences;
    prompts = prompts || loads_[g].prompt_tokens > 0;
    decodes = decodes || decoding_[g] > 0;
    held_back = held_back || groups_[g]->held_back();
  }
  if (prompts) {
    begin_prompts(now);
  } else if (decodes) {
    begin_decodes(now);
  } else {
    rest(held_back ? State::kv_wait : State::idle, now);
    awaits_tier_ = std::any_of(groups_.begin(), groups_.end(), [](const auto& g) { return g->fetching() > 0; });
  }
}

/// A mixed iteration: decodes keep what they would cost alone, prompts what they add to it.
void Replica::begin_prompts(double now) {
  const bool decodes = std::any_of(decoding_.begin(), decoding_.end(), [](double n) { return n > 0; });
  const workload::IterationCost cost = costs_.iteration(loads_);
  const double total_s = cost.total_s();
  double share = 0;
  if (decodes) {
    const workload::DecodeCost alone = costs_.decode(decoding_);
    double context = 0;
    for (const workload::IterationLoad& load : loads_) {
      context = std::max(context, load.decode_context);
    }
    const double alone_s = std::max(alone.floor_s, alone.base.total_s() + alone.per_context_s * context);
    share = std::min(1.0, alone_s / total_s);
  }
  passes_ = 1;
  cuttable_ = false;
  const double stall_s = host_.take_stall_s(*this);
  stretch_ = {total_s + stall_s, 0};
  charge(now);
  tell_shares(cost, stall_s);
  decode_share_ = share;
  if (host_.on_network(*this)) {
    workload::IterationCost stalled = cost;
    stalled.compute_s += stall_s;
    running_ = true;
    started_s_ = now;
    host_.play_on_network(*this, stalled, 1);
  } else {
    unplayed_ = cost.fabric;
    start(now, now + stretch_.first_s);
  }
}

void Replica::start(double now, double end_s) {
  running_ = true;
  started_s_ = now;
  host_.play(*this, end_s);
}

/// Passes until a group changes, or until another group has most context and sets the pace.
std::int64_t Replica::passes_unchanged() {
  std::int64_t passes = std::int64_t{1} << 40;
  std::size_t slowest = 0;
  const auto slower = [this](std::size_t a, std::size_t b) {
    const DecodeSet& x = groups_[a]->decodes();
    const DecodeSet& y = groups_[b]->decodes();
    return x.context() != y.context() ? x.context() > y.context() : x.growth() > y.growth();
  };
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    passes = std::min(passes, groups_[g]->passes());
    slowest = slower(g, slowest) ? g : slowest;
  }
  const DecodeSet& pace = groups_[slowest]->decodes();
  for (const auto& group : groups_) {
    const double gain = group->decodes().growth() - pace.growth();
    if (gain > 0) {
      const double until = std::floor((pace.context() - group->decodes().context()) / gain) + 1;
      passes = std::min(passes, static_cast<std::int64_t>(std::min(until, static_cast<double>(passes))));
    }
  }
  return std::max<std::int64_t>(1, setup_.token_by_token ? 1 : passes);
}

void Replica::begin_decodes(double now) {
  const std::int64_t most = passes_unchanged();
  const workload::DecodeCost cost = costs_.decode(decoding_);
  double context = 0;
  double growth = 0;
  for (const auto& group : groups_) {
    const DecodeSet& decodes = group->decodes();
    if (decodes.context() > context || (decodes.context() == context && decodes.growth() > growth)) {
      context = decodes.context();
      growth = decodes.growth();
    }
  }
  const double stall_s = host_.take_stall_s(*this);
  stretch_ = {cost.base.total_s() + cost.per_context_s * context, cost.per_context_s * growth};
  const std::int64_t beneath = stretch_.passes_below(cost.floor_s, most);
  if (beneath > 0) {
    stretch_ = {cost.floor_s, 0};
  }
  charge(now);
  decode_share_ = 1;
  passes_ = stall_s > 0 ? 1 : beneath > 0 ? beneath : most;
  if (const double keeps_s = host_.keeps_in_s(*this); keeps_s < never_s && passes_ > 1) {
    passes_ = stretch_.passes_lasting(keeps_s, passes_);
  }
  if (round_left_ > 0 && waiting() > 0) {
    passes_ = std::min(passes_, round_left_);
  }
  stretch_.first_s += stall_s;
  tell_shares(cost.base, stall_s);
  if (host_.on_network(*this)) {
    cuttable_ = false;
    passes_ = passes_on_network(now, passes_);
    workload::IterationCost pass = cost.base;
    pass.compute_s += stretch_.duration_s(passes_) / static_cast<double>(passes_) - cost.base.total_s();
    running_ = true;
    started_s_ = now;
    host_.play_on_network(*this, pass, static_cast<double>(passes_));
  } else {
    cuttable_ = true;
    unplayed_ = cost.base.fabric;
    start(now, now + stretch_.duration_s(passes_));
  }
}

/// On the network a stretch cannot be cut, and its traffic goes in one piece: so it ends with the pass in which the
/// next request may come, and lasts for no longer than what others on the network should see as one. While KV is on its
/// way here, or may set out at any time, each pass is played.
std::int64_t Replica::passes_on_network(double now, std::int64_t most) const {
  constexpr double piece_s = 0.25;
  const bool moving = std::any_of(groups_.begin(), groups_.end(), [](const auto& g) { return g->moving() > 0; });
  if (moving || host_.expects(*this)) {
    return 1;
  }
  const double until_s = std::min(piece_s, std::max(0.0, host_.next_arrival_s() - now));
  return stretch_.passes_lasting(until_s, most);
}

void Replica::finish(double now) {
  Stretch stretch = stretch_;
  if (!cuttable_ && passes_ > 0) { // the network decided how long it took; passes keep their proportions
    const double scale = (now - started_s_) / stretch.duration_s(passes_);
    stretch.first_s *= scale;
    stretch.slope_s *= scale;
  }
  commit(now, passes_, stretch);
  begin(now);
}

void Replica::settle(double now) {
  settle_passes(now);
  tell_held(now);
}

void Replica::settle_passes(double now) {
  if (!running_ || !cuttable_ || now <= started_s_) {
    return;
  }
  std::int64_t passes = stretch_.passes_lasting(now - started_s_, passes_);
  passes -= started_s_ + stretch_.duration_s(passes) > now ? 1 : 0;
  if (passes < 1) {
    return;
  }
  commit(started_s_ + stretch_.duration_s(passes), passes, stretch_);
  resting_ = State::decode; // in the pass that is under way
}

void Replica::commit(double now, std::int64_t passes, Stretch stretch) {
  wait_share_ = waited_share(passes, now - started_s_);
  charge(now);
  running_ = false;
  ReplicaHost::Iterations what{started_s_, now, static_cast<double>(passes), 0, 0, 0};
  if (std::any_of(decoding_.begin(), decoding_.end(), [](double n) { return n > 0; })) {
    round_left_ = round_left_after(passes);
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    AttentionGroup& group = *groups_[g];
    const workload::IterationLoad& load = loads_[g];
    what.sequences += load.decode_sequences + load.prompt_sequences;
    what.prompt_tokens += load.prompt_tokens;
    what.output_tokens += decoding_[g] > 0 ? group.decodes().growth() * static_cast<double>(passes) : 0;
    group.commit(now, passes, stretch.first_s, stretch.slope_s);
  }
  tell_held(now);
  if (!unplayed_.empty()) {
    host_.carried(*this, unplayed_, what.passes);
    unplayed_.clear();
  }
  host_.iterated(*this, what);
}

void Replica::tell_held(double now) {
  if (now <= held_s_) {
    return;
  }
  double block_seconds = 0;
  for (const auto& group : groups_) {
    block_seconds += group->block_seconds(now);
  }
  host_.held(held_s_, now, block_seconds - block_seconds_);
  held_s_ = now;
  block_seconds_ = block_seconds;
}

} // namespace iccsim::engine::serving
