// What an input pipeline needs of the machine around it.
#pragma once

#include "iccsim/engine/network.hpp"

#include <limits>

namespace iccsim::engine {

/// What is left of the reads, the decoding and the copies in flight, each in whole ones.
struct InputLeft {
  double read = 0;
  double decode = 0;
  double copy = 0;
};

/// The way of one class of cards from storage to card. Figures are of one card; `done` fires once, never inside the
/// call.
class InputPath {
public:
  virtual ~InputPath() = default;
  /// Stored bytes into host memory (or, when copies() is false, onto the card).
  virtual void read(double bytes, Done done) = 0;
  /// Work of the card's worker processes, seconds of one core.
  virtual void decode(double core_s, Done done) = 0;
  /// Host to device.
  virtual void copy(double bytes, Done done) = 0;
  /// Time that passes whatever else is under way.
  virtual void wait(double seconds, Done done) = 0;
  virtual bool copies() const = 0;
  /// Seconds that one worker, alone, spends in reading so many bytes.
  virtual double worker_read_s(double bytes) const = 0;
  /// So much was read, decoded and copied without being played.
  virtual void book(double /*read_bytes*/, double /*core_s*/, double /*copied_bytes*/) {}
  /// All that is in flight stands still for so long. Returns false, and does nothing, where that is not built.
  virtual bool hold(double /*seconds*/) { return false; }
  /// Nothing where that cannot be told.
  virtual InputLeft left() const { return {}; }
  /// Bytes that may yet be read before caches serve another share; infinite when they never do.
  virtual double bytes_until_change() const { return std::numeric_limits<double>::infinity(); }
};

} // namespace iccsim::engine
