// For how long what jobs use is full, while nobody pauses and while somebody does.
#pragma once

#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace iccsim::engine {

/// Seen while jobs are played, and repeated for what is skipped. Of what is played more time belongs to pauses than of
/// what is skipped, so both are told apart; and groups of jobs are skipped one by one, so each has its own time.
class SaturationBook {
public:
  /// Shapes of the steps of each group, and all that jobs use. Both must outlive it.
  SaturationBook(const Clock& clock, Network& network, const std::vector<std::vector<ShapeId>>& steps,
                 std::vector<ShapeId> all);

  /// Jobs are played from now on: whether somebody pauses. `resumed_s`: since or until when each group is skipped.
  void play(bool pausing, const std::vector<double>& resumed_s);
  bool plays(bool pausing) const { return open_ && pausing == pausing_; }
  /// Nothing that comes is seen, until play() is called again.
  void close(const std::vector<double>& resumed_s);

  /// A group is skipped for so long, without pauses.
  void repeat_steps(std::size_t group, double seconds) const;
  /// All are skipped: what is no part of their steps, while nobody pauses and while somebody does.
  void repeat_others(double calm_s, double pause_s) const;

private:
  struct Seen {
    double seconds = 0;
    std::map<std::uint32_t, double> saturated_s; ///< by group of resources

    void add(double more_s, const std::map<std::uint32_t, double>& more, const std::vector<bool>& of_these);
    void fade();
  };

  void repeat(const Seen& seen, double seconds) const;

  const Clock& clock_;
  Network& network_;
  std::vector<ShapeId> all_;
  std::vector<std::vector<bool>> resources_; ///< of the steps of each group, by group of resources
  std::vector<bool> others_;
  std::vector<bool> everything_;
  std::size_t splits_; ///< of groups of resources up to then: parts that split off later are taken to be as the rest
  std::vector<Seen> steps_;
  Seen calm_;  ///< of others than steps
  Seen pause_; ///< of everything
  bool open_ = false;
  bool pausing_ = false;
  double since_s_ = 0;
  ShapeUsage usage_; ///< then
};

} // namespace iccsim::engine
