// The input of a job's steps, as the player of the steps sees it.
#pragma once

#include "engine/job/input_stock.hpp"
#include "iccsim/metrics/state.hpp"

#include <functional>

namespace iccsim::engine {

class StepInput {
public:
  virtual ~StepInput() = default;
  /// Begins to read, for `steps` steps at most (may be infinite). `changed`: the next step's input is there, or what it
  /// waits for is another stage.
  virtual void open(double steps, std::function<void()> changed) = 0;
  /// Every card that reads has its part of the next step's input.
  virtual bool ready() const = 0;
  /// Uses it; ready() must hold.
  virtual void take() = 0;
  /// What holds the next step up: data_storage, data_cpu or data_h2d.
  virtual metrics::State behind() const = 0;
  /// Reads no more.
  virtual void close() = 0;

  /// A step has ended. Whether what is in flight stood alike at the ends of the last steps.
  virtual void step_ended(double step_s) = 0;
  virtual bool repeats() const = 0;
  virtual InputStock stock() const { return {}; }
  /// Steps whose reads will be like those of the last ones.
  virtual double steps_alike() const = 0;
  /// `steps` steps, `seconds` in all, are skipped.
  virtual void skip(double steps, double seconds) = 0;
  /// What `steps` steps read is booked as moved.
  virtual void book(double steps) = 0;
};

} // namespace iccsim::engine
