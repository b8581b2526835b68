// What is next due of many actors that change their minds: one entry an actor, few events on the clock.
#pragma once

#include "iccsim/engine/clock.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine::serving {

/// At equal times the actor with the lower number comes first.
class Agenda {
public:
  using Actor = std::uint32_t;
  using Due = std::function<void(Actor actor)>;

  Agenda(Clock& clock, Due due) : clock_(clock), due_(std::move(due)) {}
  Agenda(const Agenda&) = delete; // the clock knows its address
  Agenda& operator=(const Agenda&) = delete;

  /// `time` (>= now) takes the place of what was asked for before.
  void set(Actor actor, double time);
  void clear(Actor actor);
  double time_of(Actor actor) const;

private:
  static constexpr std::uint32_t absent = ~std::uint32_t{0};
  struct Entry {
    double time;
    Actor actor;
  };
  static bool before(const Entry& a, const Entry& b) { return a.time != b.time ? a.time < b.time : a.actor < b.actor; }
  void place(std::size_t at, Entry entry);
  void sift(std::size_t at, Entry entry);
  void remove_at(std::size_t at);
  void arm();
  void wake();

  Clock& clock_;
  Due due_;
  std::vector<Entry> heap_;
  std::vector<std::uint32_t> position_; ///< of each actor in the heap
  std::vector<double> armed_;           ///< times of events on the clock, the earliest last
  bool waking_ = false;
};

} // namespace iccsim::engine::serving
