#include "engine/job/fast_forward.hpp"

#include <algorithm>

namespace iccsim::engine {

void FastForward::enter(Id id, Job& job) {
  members_[id].job = &job;
  find_neighbours(false);
}

void FastForward::leave(Id id) {
  members_.erase(id);
  find_neighbours(false);
}

void FastForward::links_change() {
  find_neighbours(true);
}

/// One for all when somebody's traffic is not known.
std::vector<int> FastForward::components() const {
  std::vector<std::vector<ShapeId>> users;
  for (const auto& [id, member] : members_) {
    if (member.job->shapes() == nullptr || !network_.tells_users_apart()) {
      return std::vector<int>(members_.size(), 0);
    }
    users.push_back(*member.job->shapes());
  }
  return users.size() > 1 ? network_.components(users) : std::vector<int>(users.size(), 0);
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
    if (all_anew || members_[neighbours.front()].neighbours != neighbours) {
      join(neighbours);
    }
  }
}

/// From now on these can slow one another, and no others.
void FastForward::join(const std::vector<Id>& neighbours) {
  std::vector<Contention::Member> together;
  together.reserve(neighbours.size());
  for (const Id id : neighbours) {
    together.push_back({id, members_[id].job});
  }
  const bool sampled = neighbours.size() > 1 && known_apart(neighbours);
  const auto contention = sampled ? std::make_shared<Contention>(together, clock_, network_) : nullptr;
  for (const Id id : neighbours) {
    members_[id].neighbours = neighbours;
    members_[id].contention = contention;
    members_[id].job->conditions_changed();
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
    Skippable* job = member.job->skippable();
    next = std::min(next, job != nullptr ? job->end_estimate_s() : clock_.now());
  }
  return next;
}

double FastForward::quiet_until(Id id) const {
  const Member& member = members_.at(id);
  return alone(member) && member.marked ? next_change_s_() : clock_.now();
}

void FastForward::step_ended(Id id) {
  Member& member = members_.at(id);
  if (member.contention) {
    member.contention->step_ended(id);
    if (member.contention->known()) {
      // From an event of its own, when nothing of the job that ends its step is on the call stack.
      clock_.at(clock_.now(), [this, contention = member.contention] {
        if (contention->known()) {
          contention->skip(next_change_s_());
        }
      });
    }
    return;
  }
  if (members_.size() == 1) {
    network_.mark_usage();
    io_.mark();
  } else if (alone(member)) {
    member.usage = network_.usage_of(*member.job->shapes());
  }
  member.marked = true;
}

void FastForward::skipped(Id id, double times) {
  Member& member = members_.at(id);
  if (members_.size() == 1) {
    network_.repeat_usage(times);
    io_.repeat(times);
  } else if (alone(member)) { // else Contention accounts for it
    const std::vector<ShapeId>& shapes = *member.job->shapes();
    network_.add_usage(shapes, network_.usage_of(shapes).since(member.usage), times);
  }
}

} // namespace iccsim::engine
