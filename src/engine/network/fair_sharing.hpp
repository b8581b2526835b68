// Weighted max-min fairness by progressive filling. Knows neither time nor SimGrid.
//
// A member is a set of equal flows that advance in lockstep at one rate (bytes/s per flow). A resource that `flows`
// of a member's flows cross gives it flows x rate. All rates rise together until a resource is full; its members then
// stay where they are and the others go on. (Bertsekas & Gallager, Data Networks, 2nd ed., section 6.5.2.)
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace iccsim::engine {

class FairSharing {
public:
  using MemberId = std::uint32_t; ///< small numbers, chosen and reused by the caller
  struct Use {
    std::uint32_t resource;
    double flows; ///< > 0
  };

  /// Forgets all members; resources are then 0 .. capacities.size() - 1.
  void reset(const std::vector<double>& capacities);
  /// `uses` (not empty, each resource once) must live until the member leaves or reset().
  void join(MemberId member, const std::vector<Use>& uses);
  void leave(MemberId member);
  /// Brings the rates up to date: only those that joins and leaves since the last call can have reached.
  void solve();

  bool idle(std::uint32_t resource) const { return resources_[resource].users.empty(); }
  /// Of a member that has all its resources for itself.
  double lone_rate(const std::vector<Use>& uses) const;
  double rate(MemberId member) const { return members_[member].rate; }
  double capacity(std::uint32_t resource) const { return resources_[resource].capacity; }
  double utilization(std::uint32_t resource) const { return resources_[resource].load / resources_[resource].capacity; }
  /// Whose rate may have changed since clear_changes(); some may have left since, some may be named twice.
  const std::vector<MemberId>& changed_members() const { return changed_members_; }
  const std::vector<std::uint32_t>& changed_resources() const { return changed_resources_; }
  void clear_changes();

private:
  struct User {
    MemberId member;
    std::uint32_t use; ///< index in the member's uses
    double flows;
  };
  struct Resource {
    double capacity = 0;
    double load = 0;        ///< bytes/s
    double rest = 0;        ///< while solving: capacity left to members without a rate
    double flows = 0;       ///< while solving: flows of members without a rate
    double all_flows = 0;   ///< while solving
    std::uint32_t open = 0; ///< while solving: members without a rate
    bool dirty = false;
    std::uint64_t visit = 0;
    std::vector<User> users;
  };
  struct Member {
    const std::vector<Use>* uses = nullptr;
    std::vector<std::uint32_t> places; ///< index among each resource's users
    double rate = 0;
    bool open = false;
    std::uint64_t visit = 0;
  };
  /// Rate at which a resource would be full; of those that a member has for itself the tightest, `shared` being false.
  struct Level {
    double rate;
    std::uint32_t which; ///< resource, or member
    bool shared;
  };
  struct Higher {
    bool operator()(const Level& a, const Level& b) const { return a.rate > b.rate; }
  };

  void mark_dirty(std::uint32_t resource);
  void set_lone_rate(MemberId member);
  void collect_component();
  void reach(std::uint32_t resource);
  void collect(MemberId member);
  void open_component();
  void fill();
  void settle(std::uint32_t resource);
  void fix(MemberId member, double rate);
  void push(std::uint32_t resource);
  void measure_loads();
  void set_load(std::uint32_t resource, double load);

  std::vector<Resource> resources_;
  std::vector<Member> members_;
  std::vector<std::uint32_t> dirty_;
  std::vector<std::uint32_t> component_resources_; ///< shared ones
  std::vector<MemberId> component_members_;
  std::vector<Level> levels_; ///< heap, lowest first; entries may be out of date but never too high
  std::vector<MemberId> changed_members_;
  std::vector<std::uint32_t> changed_resources_;
  std::uint64_t visit_ = 0;
};

} // namespace iccsim::engine
