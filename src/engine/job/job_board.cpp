#include "engine/job/job_board.hpp"

#include "engine/job/collective_job.hpp"
#include "engine/job/pretraining_job.hpp"
#include "engine/job/training_job.hpp"
#include "engine/serving/inference_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace iccsim::engine {
namespace {

std::vector<int> pool_indices(const scenario::JobSpec& job, const scenario::PlatformSpec& platform) {
  std::vector<int> indices;
  for (const std::string& name : job.pools) {
    for (std::size_t i = 0; i < platform.pools.size(); ++i) {
      if (platform.pools[i].name == name) {
        indices.push_back(static_cast<int>(i));
      }
    }
  }
  return indices;
}

/// Cards of the smallest scale-up domain that the pools offer.
int domain_cards(const std::vector<int>& pools, const scenario::PlatformSpec& platform) {
  int smallest = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < platform.pools.size(); ++i) {
    const scenario::NodeSpec& node = platform.pools[i].node;
    if (pools.empty() || std::find(pools.begin(), pools.end(), static_cast<int>(i)) != pools.end()) {
      smallest = std::min(smallest, node.cards * node.scale_up.domain_nodes);
    }
  }
  return smallest;
}

/// The largest run of consecutive ranks that a domain can hold and that holds whole groups: expert groups with the
/// tensor (and context) groups among them, or these alone.
int block_of(const scenario::JobSpec& job, int domain) {
  if (const auto* inference = std::get_if<scenario::InferenceSpec>(&job.what)) {
    return serving::replica_block(*inference, domain);
  }
  const auto* spec = std::get_if<scenario::PretrainingSpec>(&job.what);
  if (spec == nullptr) {
    return 1;
  }
  const workload::Plan plan(*spec, job.cards);
  const int experts = plan.expert() * plan.expert_tensor();
  for (const int block : {std::lcm(plan.tensor() * plan.context(), experts), std::lcm(plan.tensor(), experts),
                          plan.tensor() * plan.context(), plan.tensor()}) {
    if (block <= domain) {
      return block;
    }
  }
  return 1;
}

std::vector<CapacityChange> existing_links(const scenario::Scenario& scenario, const platform::Cluster& cluster) {
  scenario::Diagnostics diagnostics;
  auto changes = capacity_changes(scenario, cluster, diagnostics);
  if (!diagnostics.empty()) {
    throw std::invalid_argument(diagnostics.to_string());
  }
  return changes;
}

std::string type_of(const scenario::JobSpec& job) {
  if (std::holds_alternative<scenario::CollectiveSpec>(job.what)) {
    return "collective";
  }
  if (std::holds_alternative<scenario::InferenceSpec>(job.what)) {
    return "inference";
  }
  return std::holds_alternative<scenario::TrainingSpec>(job.what) ? "training" : "pretraining";
}

} // namespace

JobBoard::JobBoard(const scenario::Scenario& scenario, const platform::Cluster& cluster, Clock& clock, Network& network,
                   bool fast_forward, std::function<bool()> enough_played)
    : scenario_(scenario), cluster_(cluster), clock_(clock), network_(network), io_(scenario, cluster, clock, network),
      fast_forwards_(fast_forward),
      fast_forward_(
          clock, network, io_, [this] { return next_change_s(); }, std::move(enough_played)),
      cards_(cluster), health_(scenario.stragglers, cluster),
      faults_(existing_links(scenario, cluster), clock, network) {
  for (const scenario::JobSpec& spec : scenario.jobs) {
    Entry entry;
    entry.spec = &spec;
    entry.pools = pool_indices(spec, scenario.platform);
    check(entry);
    entry.block = block_of(spec, domain_cards(entry.pools, scenario.platform));
    entries_.push_back(std::move(entry));
  }
}

void JobBoard::check(const Entry& entry) const {
  const int offered = cards_.capacity(entry.pools);
  if (entry.spec->cards > offered) {
    throw std::invalid_argument(fmt::format("job '{}' asks for {} cards, but its pools have {} in all",
                                            entry.spec->name, entry.spec->cards, offered));
  }
  if (const auto* pretraining = std::get_if<scenario::PretrainingSpec>(&entry.spec->what)) {
    const std::string problem = workload::plan_problem(*pretraining, entry.spec->cards);
    if (!problem.empty()) {
      throw std::invalid_argument(fmt::format("job '{}': {}", entry.spec->name, problem));
    }
  }
  if (const auto* inference = std::get_if<scenario::InferenceSpec>(&entry.spec->what)) {
    const std::string problem =
        serving::service_problem(*inference, entry.spec->cards, scenario_.duration_s.has_value());
    if (!problem.empty()) {
      throw std::invalid_argument(fmt::format("job '{}': {}", entry.spec->name, problem));
    }
  }
}

void JobBoard::open(std::function<void()> all_done) {
  when_all_done_ = std::move(all_done);
  faults_.open([this] { links_change(); });
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    clock_.at(entries_[i].spec->submit_s, [this, i] { submit(i); });
  }
}

void JobBoard::submit(std::size_t index) {
  entries_[index].submitted = true;
  queue_.push_back(index);
  start_waiting();
}

void JobBoard::start_waiting() {
  while (!queue_.empty()) {
    Entry& head = entries_[queue_.front()];
    cards_change();
    auto placement = cards_.take(head.spec->cards, head.pools, head.block);
    if (!placement) {
      return;
    }
    head.placement = std::move(*placement);
    most_taken_ = std::max(most_taken_, cards_.taken());
    const std::size_t index = queue_.front();
    queue_.pop_front();
    start(index);
  }
}

void JobBoard::start(std::size_t index) {
  Entry& entry = entries_[index];
  entry.state = metrics::JobState::running;
  entry.start_s = clock_.now();
  entry.job = make_job(index);
  tell_neighbours();
  if (fast_forwards_) {
    fast_forward_.enter(index, *entry.job);
  }
  entry.job->start();
}

void JobBoard::tell_neighbours() {
  const auto runs = [](const Entry& entry) { return entry.state == metrics::JobState::running && entry.job; };
  const auto running = std::count_if(entries_.begin(), entries_.end(), runs);
  for (const Entry& entry : entries_) {
    if (runs(entry)) {
      entry.job->neighbours_changed(running > 1);
    }
  }
}

std::unique_ptr<Job> JobBoard::make_job(std::size_t index) {
  Entry& entry = entries_[index];
  const auto finished = [this, index] { finish(index); };
  if (const auto* collective = std::get_if<scenario::CollectiveSpec>(&entry.spec->what)) {
    return std::make_unique<CollectiveJob>(*collective, cluster_, clock_, network_, entry.placement, finished);
  }
  if (std::holds_alternative<scenario::InferenceSpec>(entry.spec->what)) {
    return std::make_unique<InferenceJob>(scenario_, static_cast<std::uint32_t>(index), cluster_, clock_, network_, io_,
                                          entry.placement, InferenceHooks{finished, !fast_forwards_});
  }
  PlayerHooks hooks;
  hooks.finished = finished;
  if (fast_forwards_) {
    hooks.quiet_until = [this, index] { return fast_forward_.quiet_until(index); };
    hooks.skipped = [this, index](double steps, double) { fast_forward_.skipped(index, steps); };
    hooks.step_ended = [this, index] { fast_forward_.step_ended(index); };
    hooks.pauses = [this, index] { fast_forward_.pauses(index); };
    hooks.marked = [this, index] { fast_forward_.mark(index); };
  }
  if (std::holds_alternative<scenario::TrainingSpec>(entry.spec->what)) {
    return std::make_unique<TrainingJob>(scenario_, static_cast<std::uint32_t>(index), cluster_, clock_, io_,
                                         entry.placement, health_, std::move(hooks));
  }
  return std::make_unique<PretrainingJob>(scenario_, static_cast<std::uint32_t>(index), cluster_, clock_, network_, io_,
                                          entry.placement, health_, std::move(hooks));
}

void JobBoard::finish(std::size_t index) {
  Entry& entry = entries_[index];
  entry.state = metrics::JobState::done;
  entry.end_s = clock_.now();
  ++done_;
  cards_change();
  cards_.give_back(entry.placement);
  // From an event of its own: the job that ends is still on the call stack.
  clock_.at(entry.end_s, [this, index] {
    if (fast_forwards_) {
      fast_forward_.leave(index);
    }
    entries_[index].job->retire();
    tell_neighbours();
    start_waiting();
    if (all_done() && when_all_done_) {
      when_all_done_();
    }
  });
}

/// Until when no job starts and links stay as they are. Jobs in the queue wait for the end of one that runs.
double JobBoard::next_change_s() const {
  double next = std::min(scenario_.duration_s.value_or(never_s), faults_.next_s());
  for (const Entry& entry : entries_) {
    next = entry.submitted ? next : std::min(next, entry.spec->submit_s);
  }
  return queue_.empty() ? next : std::min(next, fast_forward_.next_end_s());
}

void JobBoard::links_change() {
  for (const Entry& entry : entries_) {
    if (entry.state == metrics::JobState::running) {
      entry.job->conditions_changed();
    }
  }
  if (fast_forwards_) {
    fast_forward_.links_change();
  }
}

void JobBoard::cards_change() {
  free_card_s_ = free_card_seconds(clock_.now());
  cards_changed_s_ = clock_.now();
}

double JobBoard::free_card_seconds(double now) const {
  return free_card_s_ + (now - cards_changed_s_) * (static_cast<double>(cluster_.cards()) - cards_.taken());
}

double JobBoard::progress() const {
  double sum = 0;
  for (const Entry& entry : entries_) {
    sum += entry.job ? entry.job->progress(clock_.now()) : 0;
  }
  return entries_.empty() ? 1 : sum / static_cast<double>(entries_.size());
}

double JobBoard::steps() const {
  double sum = 0;
  for (const Entry& entry : entries_) {
    sum += entry.job ? entry.job->steps() : 0;
  }
  return sum;
}

double JobBoard::accounted_until_s() const {
  double until = 0;
  for (const Entry& entry : entries_) {
    until = entry.state == metrics::JobState::running ? std::max(until, entry.job->accounted_until_s()) : until;
  }
  return until;
}

metrics::JobResult JobBoard::result_of(const Entry& entry, double now) const {
  metrics::JobResult result;
  result.name = entry.spec->name;
  result.type = type_of(*entry.spec);
  result.state = entry.state;
  result.cards = entry.spec->cards;
  result.submit_s = entry.spec->submit_s;
  if (!entry.job) {
    result.queue_s = entry.submitted ? now - entry.spec->submit_s : 0;
    return result;
  }
  result.start_s = entry.start_s;
  result.end_s = entry.job->done() ? entry.end_s : now;
  result.queue_s = entry.start_s - entry.spec->submit_s;
  result.states = entry.job->states(result.end_s);
  entry.job->report(result, now);
  return result;
}

std::vector<metrics::JobResult> JobBoard::results(double now) const {
  std::vector<metrics::JobResult> results;
  for (const Entry& entry : entries_) {
    results.push_back(result_of(entry, now));
  }
  return results;
}

} // namespace iccsim::engine
