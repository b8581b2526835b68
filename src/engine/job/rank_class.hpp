// Ranks that evolve identically: one representative is played, with a multiplicity.
#pragma once

namespace iccsim::engine {

/// The cards of one pipeline stage that behave alike. One class a stage while all of them are healthy and equal; a
/// replica with slower cards has classes of its own.
struct RankClass {
  int stage = 0;
  double cards = 0;    ///< that the representative stands for
  double slowdown = 1; ///< compute takes this many times as long; the excess is charged to State::kernel
  /// Share of its compute time that the mean card waits for the slowest beside it, charged to State::straggler.
  double lag = 0;
};

} // namespace iccsim::engine
