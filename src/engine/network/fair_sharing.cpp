#include "engine/network/fair_sharing.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <limits>

namespace iccsim::engine {

namespace {
// Relative. Sums of up to some 1e5 terms in double precision; and of the same number computed in two ways.
constexpr double sum_rounding = 1e-9;
constexpr double level_rounding = 1e-12;
// Differences keep at least ten digits while more than this share of a sum is left.
constexpr double cancelled_share = 1e-6;
} // namespace

void FairSharing::reset(const std::vector<double>& capacities) {
  resources_.assign(capacities.size(), Resource{});
  for (std::size_t r = 0; r < capacities.size(); ++r) {
    resources_[r].capacity = capacities[r];
  }
  for (Member& member : members_) {
    member.uses = nullptr;
  }
  dirty_.clear();
  clear_changes();
}

void FairSharing::clear_changes() {
  changed_members_.clear();
  changed_resources_.clear();
}

void FairSharing::mark_dirty(std::uint32_t resource) {
  if (!resources_[resource].dirty) {
    resources_[resource].dirty = true;
    dirty_.push_back(resource);
  }
}

void FairSharing::join(MemberId id, const std::vector<Use>& uses) {
  if (id >= members_.size()) {
    members_.resize(id + 1);
  }
  Member& member = members_[id];
  member.uses = &uses;
  member.places.clear();
  bool alone = true;
  for (std::uint32_t i = 0; i < uses.size(); ++i) {
    std::vector<User>& users = resources_[uses[i].resource].users;
    alone = alone && users.empty();
    member.places.push_back(static_cast<std::uint32_t>(users.size()));
    users.push_back({id, i, uses[i].flows});
  }
  if (alone) {
    set_lone_rate(id);
    return;
  }
  member.rate = 0;
  for (const Use& use : uses) {
    mark_dirty(use.resource);
  }
}

double FairSharing::lone_rate(const std::vector<Use>& uses) const {
  double rate = std::numeric_limits<double>::infinity();
  for (const Use& use : uses) {
    rate = std::min(rate, resources_[use.resource].capacity / use.flows);
  }
  return rate;
}

/// Nobody to share with: the tightest resource decides, and there is nothing to solve.
void FairSharing::set_lone_rate(MemberId id) {
  Member& member = members_[id];
  member.rate = lone_rate(*member.uses);
  for (const Use& use : *member.uses) {
    resources_[use.resource].load = use.flows * member.rate;
    changed_resources_.push_back(use.resource);
  }
  changed_members_.push_back(id);
}

void FairSharing::leave(MemberId id) {
  Member& member = members_[id];
  for (std::uint32_t i = 0; i < member.places.size(); ++i) {
    const std::uint32_t r = (*member.uses)[i].resource;
    std::vector<User>& users = resources_[r].users;
    const std::uint32_t place = member.places[i];
    users[place] = users.back();
    members_[users[place].member].places[users[place].use] = place;
    users.pop_back();
    if (users.empty()) {
      resources_[r].load = 0;
      changed_resources_.push_back(r);
    } else {
      mark_dirty(r);
    }
  }
  member.uses = nullptr;
}

void FairSharing::solve() {
  if (dirty_.empty()) {
    return;
  }
  collect_component();
  open_component();
  fill();
  measure_loads();
}

/// Everything that the dirty resources reach through members (one or several connected components).
void FairSharing::collect_component() {
  ++visit_;
  component_resources_.clear();
  component_members_.clear();
  levels_.clear();
  for (std::uint32_t r : dirty_) {
    resources_[r].dirty = false;
    reach(r);
  }
  dirty_.clear();
  std::size_t reached = 0; // the list grows while it is walked
  while (reached < component_resources_.size()) {
    for (const User& user : resources_[component_resources_[reached++]].users) {
      collect(user.member);
    }
  }
}

/// What a member has for itself bounds its rate, and leads to nobody else: of these only the tightest counts.
void FairSharing::reach(std::uint32_t r) {
  Resource& resource = resources_[r];
  if (resource.visit == visit_) {
    return;
  }
  resource.visit = visit_;
  if (resource.users.size() > 1) {
    component_resources_.push_back(r);
  } else if (!resource.users.empty()) {
    collect(resource.users.front().member);
  }
}

void FairSharing::collect(MemberId id) {
  Member& member = members_[id];
  if (member.visit == visit_) {
    return;
  }
  member.visit = visit_;
  component_members_.push_back(id);
  double bound = std::numeric_limits<double>::infinity();
  for (const Use& use : *member.uses) {
    if (resources_[use.resource].users.size() == 1) {
      bound = std::min(bound, resources_[use.resource].capacity / use.flows);
    } else {
      reach(use.resource);
    }
  }
  if (bound < std::numeric_limits<double>::infinity()) {
    levels_.push_back({bound, id, false});
  }
}

void FairSharing::open_component() {
  for (MemberId m : component_members_) {
    members_[m].open = true;
  }
  for (std::uint32_t r : component_resources_) {
    Resource& resource = resources_[r];
    resource.rest = resource.capacity;
    resource.open = static_cast<std::uint32_t>(resource.users.size());
    resource.flows = 0;
    for (const User& user : resource.users) {
      resource.flows += user.flows;
    }
    resource.all_flows = resource.flows;
    levels_.push_back({resource.rest / resource.flows, r, true});
  }
  std::make_heap(levels_.begin(), levels_.end(), Higher());
}

void FairSharing::push(std::uint32_t r) {
  levels_.push_back({resources_[r].rest / resources_[r].flows, r, true});
  std::push_heap(levels_.begin(), levels_.end(), Higher());
}

/// Levels only rise while others are fixed at lower rates, so an entry that is out of date goes back higher up.
void FairSharing::fill() {
  double reached = 0; // of all rates so far
  while (!levels_.empty()) {
    std::pop_heap(levels_.begin(), levels_.end(), Higher());
    const auto [level, r, shared] = levels_.back();
    levels_.pop_back();
    if (!shared) {
      if (members_[r].open) {
        reached = std::max(reached, level);
        fix(r, reached);
      }
      continue;
    }
    Resource& resource = resources_[r];
    if (resource.open == 0) {
      continue;
    }
    if (resource.flows < cancelled_share * resource.all_flows) {
      settle(r);
    }
    if (resource.rest > level * resource.flows * (1 + level_rounding)) {
      push(r);
      continue;
    }
    if (resource.open < resource.users.size()) {
      settle(r);
    }
    reached = std::max(reached, resource.rest / resource.flows);
    for (const User& user : resource.users) {
      if (members_[user.member].open) {
        fix(user.member, reached);
      }
    }
  }
}

/// What is left, summed anew: differences of large numbers would leave their rounding errors in small rates.
void FairSharing::settle(std::uint32_t r) {
  Resource& resource = resources_[r];
  double taken = 0;
  resource.flows = 0;
  for (const User& user : resource.users) {
    const Member& member = members_[user.member];
    (member.open ? resource.flows : taken) += member.open ? user.flows : user.flows * member.rate;
  }
  resource.rest = std::max(0.0, resource.capacity - taken);
}

void FairSharing::fix(MemberId id, double rate) {
  Member& member = members_[id];
  member.open = false;
  member.rate = rate;
  for (const Use& use : *member.uses) {
    Resource& resource = resources_[use.resource];
    --resource.open;
    resource.rest -= use.flows * rate;
    resource.flows -= use.flows;
  }
}

void FairSharing::measure_loads() {
  for (std::uint32_t r : component_resources_) {
    double load = 0;
    for (const User& user : resources_[r].users) {
      load += user.flows * members_[user.member].rate;
    }
    set_load(r, load);
  }
  for (MemberId m : component_members_) {
    for (const Use& use : *members_[m].uses) {
      if (resources_[use.resource].users.size() == 1) {
        set_load(use.resource, use.flows * members_[m].rate);
      }
    }
  }
  changed_members_.insert(changed_members_.end(), component_members_.begin(), component_members_.end());
}

void FairSharing::set_load(std::uint32_t r, double load) {
  Resource& resource = resources_[r];
  if (resource.load == load) {
    return;
  }
  resource.load = load;
  changed_resources_.push_back(r);
  if (load > resource.capacity * (1 + sum_rounding)) {
    throw metrics::InternalError("fair sharing gave out more than a resource has");
  }
}

} // namespace iccsim::engine
