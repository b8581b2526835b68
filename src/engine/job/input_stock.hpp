// What a job has read ahead of use.
#pragma once

namespace iccsim::engine {

/// Batches of all lanes of a job's input that have been read and wait to be used, and how many there may be.
struct InputStock {
  double batches = 0;
  double full = 0;
  double changes = 0; ///< how often caches came to serve another share of what is read

  InputStock& operator+=(const InputStock& other) {
    batches += other.batches;
    full += other.full;
    changes += other.changes;
    return *this;
  }
  /// Neither filling up nor being used up.
  bool at_rest() const { return batches == 0 || batches >= full; }
};

} // namespace iccsim::engine
