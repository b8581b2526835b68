#include "engine/job/fast_forward.hpp"

#include "engine/job/contention.hpp"
#include "engine/job/pausing_contention.hpp"

#include <algorithm>

namespace iccsim::engine {

void FastForward::enter(Id id, Job& job) {
  members_[id].job = &job;
  find_neighbours(false);
}

void FastForward::leave(Id id) {
  members_.erase(id);
  episodes_.forget(id);
  forget_steps(id);
  find_neighbours(false);
  clock_.at(clock_.now(), [this, id] { look_for_lingering(id); }); // when it has given back what it can
}

void FastForward::links_change() {
  step_groups_.clear();
  episodes_ = {};
  find_neighbours(true);
}

/// One for all when somebody's traffic is not known.
std::vector<int> FastForward::components() const {
  if (members_.size() == 1) {
    return {0};
  }
  std::vector<std::vector<ShapeId>> users;
  for (const auto& [id, member] : members_) {
    member.job->announce_shapes();
    if (member.job->shapes() == nullptr || !network_.tells_users_apart()) {
      return std::vector<int>(members_.size(), 0);
    }
    users.push_back(*member.job->shapes());
  }
  return network_.components(users);
}

void FastForward::find_neighbours(bool all_anew) {
  const std::vector<int> component_of = components();
  std::map<int, std::vector<Id>> components;
  std::size_t position = 0;
  for (const auto& [id, member] : members_) {
    components[component_of[position++]].push_back(id);
  }
  for (auto& [id, member] : members_) {
    member.marked = false; // whose mark counts may be another from now on
  }
  for (const auto& [component, neighbours] : components) {
    const bool other_caches = caches_changed(neighbours);
    if (all_anew || other_caches || members_[neighbours.front()].neighbours != neighbours) {
      join(neighbours);
    }
  }
}

/// Page caches share a node's memory with all jobs on it: who comes or goes changes what the others must read.
bool FastForward::caches_changed(const std::vector<Id>& neighbours) {
  bool changed = false;
  for (const Id id : neighbours) {
    const double bytes = io_.cache_bytes(static_cast<std::uint32_t>(id));
    if (bytes != members_[id].cache_bytes) {
      changed = true;
      forget_steps(id);
    }
    members_[id].cache_bytes = bytes;
  }
  return changed;
}

/// From now on these can slow one another, and no others.
void FastForward::join(const std::vector<Id>& neighbours) {
  const std::shared_ptr<JobSampling> contention = sampling_of(neighbours);
  for (const Id id : neighbours) {
    members_[id].neighbours = neighbours;
    members_[id].contention = contention;
    members_[id].job->conditions_changed();
  }
}

/// None for a job that nobody slows, and where all must be played.
std::shared_ptr<JobSampling> FastForward::sampling_of(const std::vector<Id>& neighbours) {
  if (neighbours.size() < 2 || enough_played_ || !known_apart(neighbours)) {
    return nullptr;
  }
  std::vector<JobSampling::Member> together;
  bool use_storage = false;
  for (const Id id : neighbours) {
    Job* job = members_[id].job;
    together.push_back({id, job});
    use_storage = use_storage || job->shapes()->size() > job->step_shapes()->size();
  }
  if (use_storage) {
    return std::make_shared<PausingContention>(together, step_groups(together), clock_, network_, episodes_);
  }
  return std::make_shared<Contention>(together, clock_, network_);
}

/// Whether storage has room for what all read of their datasets, so that nobody waits for input because others read,
/// and collectives do not notice it either.
bool FastForward::input_is_light(const std::vector<JobSampling::Member>& together) const {
  constexpr double roomy = 0.5;
  constexpr double unnoticed = 0.002; ///< of what the mean of a step may be wrong by, about
  std::map<std::uint32_t, double> bytes_per_s;
  for (const JobSampling::Member& member : together) {
    bytes_per_s[static_cast<std::uint32_t>(member.id)] = member.job->most_input_bytes_per_s();
  }
  const IoService::InputLoad load = io_.input_load(bytes_per_s);
  return load.storage <= roomy && load.shared <= unnoticed;
}

/// By who slows whose steps when nobody pauses.
std::vector<int> FastForward::step_components(const std::vector<JobSampling::Member>& together) const {
  if (!input_is_light(together)) {
    return std::vector<int>(together.size(), 0);
  }
  std::vector<std::vector<ShapeId>> users;
  users.reserve(together.size());
  for (const JobSampling::Member& member : together) {
    users.push_back(*member.job->step_shapes());
  }
  return network_.components(users);
}

/// Those that are as they were keep what is known.
std::vector<std::shared_ptr<StepGroup>> FastForward::step_groups(const std::vector<JobSampling::Member>& together) {
  const std::vector<int> component_of = step_components(together);
  std::map<int, std::vector<Id>> components;
  for (std::size_t m = 0; m < together.size(); ++m) {
    components[component_of[m]].push_back(together[m].id);
  }
  std::vector<std::shared_ptr<StepGroup>> groups;
  for (const auto& [component, jobs] : components) {
    std::shared_ptr<StepGroup> group = step_groups_[jobs];
    if (group) {
      group->neighbours_change(clock_.now());
    } else {
      for (const Id id : jobs) {
        forget_steps(id);
      }
      group = std::make_shared<StepGroup>(jobs);
    }
    step_groups_[jobs] = group;
    groups.push_back(std::move(group));
  }
  return groups;
}

/// Also of those whose steps it shared links with.
void FastForward::forget_steps(Id id) {
  for (auto group = step_groups_.begin(); group != step_groups_.end();) {
    const bool its = std::find(group->first.begin(), group->first.end(), id) != group->first.end();
    group = its ? step_groups_.erase(group) : std::next(group);
  }
}

bool FastForward::known_apart(const std::vector<Id>& neighbours) const {
  return network_.tells_users_apart() && std::all_of(neighbours.begin(), neighbours.end(), [this](Id id) {
           Job& job = *members_.at(id).job;
           return job.shapes() != nullptr && job.skippable() != nullptr;
         });
}

double FastForward::next_end_s() const {
  double next = never_s;
  for (const auto& [id, member] : members_) {
    next = std::min(next, std::max(clock_.now(), member.job->end_estimate_s()));
  }
  return next;
}

/// What is in flight of ended jobs slows others, and counts with what the network carried: no step is like the next.
void FastForward::look_for_lingering(Id ended) {
  if (io_.lingers(static_cast<std::uint32_t>(ended))) {
    ended_.insert(ended);
    for (auto& [id, member] : members_) {
      member.marked = false;
    }
  }
}

bool FastForward::ended_jobs_linger() {
  if (ended_.empty()) {
    return false;
  }
  for (auto id = ended_.begin(); id != ended_.end();) {
    id = io_.lingers(static_cast<std::uint32_t>(*id)) ? std::next(id) : ended_.erase(id);
  }
  if (ended_.empty()) { // caches that they shared have more room now
    clock_.at(clock_.now(), [this] { find_neighbours(false); });
  }
  return true;
}

double FastForward::quiet_until(Id id) const {
  const Member& member = members_.at(id);
  return alone(member) && member.marked ? next_change_s_() : clock_.now();
}

/// A small system ends before; in others those that slow one another are looked at from now on.
void FastForward::look_at_what_is_played() {
  if (enough_played_ && enough_played_()) {
    enough_played_ = nullptr;
    clock_.at(clock_.now(), [this] { join_contending(); });
  }
}

/// Those that nobody slows go on as they are.
void FastForward::join_contending() {
  std::set<std::vector<Id>> together;
  for (const auto& [id, member] : members_) {
    if (!alone(member)) {
      together.insert(member.neighbours);
    }
  }
  for (const std::vector<Id>& neighbours : together) {
    join(neighbours);
  }
}

void FastForward::step_ended(Id id) {
  look_at_what_is_played();
  Member& member = members_.at(id);
  if (member.contention) {
    member.contention->step_ended(id);
    if (member.contention->known()) {
      // From an event of its own, when nothing of the job that ends its step is on the call stack.
      clock_.at(clock_.now(), [this, contention = member.contention] {
        if (contention->known() && !ended_jobs_linger()) {
          contention->skip(next_change_s_());
        }
      });
    }
  }
}

void FastForward::pauses(Id id) {
  if (JobSampling* contention = members_.at(id).contention.get(); contention != nullptr) {
    contention->pause_begins();
  }
}

void FastForward::mark(Id id) {
  Member& member = members_.at(id);
  if (members_.size() == 1) {
    network_.mark_usage();
  } else if (alone(member)) {
    member.usage = network_.usage_of(*member.job->shapes());
  }
  if (alone(member)) {
    io_.mark(static_cast<std::uint32_t>(id));
  }
  member.marked = !ended_jobs_linger();
}

void FastForward::skipped(Id id, double times) {
  Member& member = members_.at(id);
  if (!alone(member)) {
    return; // Contention accounts for it
  }
  io_.repeat(static_cast<std::uint32_t>(id), times);
  if (members_.size() == 1) {
    network_.repeat_usage(times);
  } else {
    const std::vector<ShapeId>& shapes = *member.job->shapes();
    network_.add_usage(shapes, network_.usage_of(shapes).since(member.usage), times);
  }
}

} // namespace iccsim::engine
