// From storage to the card: worker processes read and decode, a copy engine brings batches onto the card.
#pragma once

#include "engine/job/batch_sizes.hpp"
#include "engine/job/input_path.hpp"
#include "engine/job/input_stock.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/metrics/state.hpp"

#include <deque>
#include <functional>
#include <limits>
#include <vector>

namespace iccsim::engine {

/// Of one card.
struct InputPlan {
  double samples = 1; ///< of a batch
  double core_s_per_sample = 0;
  double copied_bytes_per_byte = 1; ///< decoded : stored
  int readers = 1;                  ///< worker processes
  int prefetch = 2;                 ///< batches ready or under way ahead of use
};

/// One representative of a class of cards. Workers take samples in order and share those of a batch; where a batch has
/// fewer samples than there are workers, several batches are under way. Over a batch, reading and decoding advance
/// together, as they do with many workers of many cards: it takes as long as the slower of the two, and no less than
/// its workers need for both, one after the other.
class InputPipeline {
public:
  /// Steps without a wait after which the spread of batches is taken to decide nothing until the next event.
  static constexpr double calm_after_steps = 50;

  /// `changed`: the next batch is there, or what it waits for is another stage.
  InputPipeline(Clock& clock, InputPath& path, const InputPlan& plan, const BatchSizes& sizes,
                std::function<void()> changed);
  InputPipeline(const InputPipeline&) = delete; // callbacks know its address
  InputPipeline& operator=(const InputPipeline&) = delete;

  /// Begins to read; no more than `batches` in all.
  void open(double batches);
  /// Starts no more reads.
  void close();
  /// Nothing is in flight.
  bool idle() const { return producing_.empty() && !copying_; }

  bool ready() const { return on_card_ > 0; }
  /// Uses the next batch; ready() must hold.
  void take();
  /// The stage that holds up the next batch: data_storage, data_cpu or data_h2d. A copy that had to wait for its batch
  /// is not what holds it up, if reading and decoding never pause.
  metrics::State behind() const;

  /// Batches of mean size from now on: their spread decides nothing, and steps can repeat.
  void set_even(bool even) { even_ = even; }
  bool varied() const { return sizes_.varied(); }
  /// Where the batches in the pipeline stand, in numbers and seconds; equal at the ends of steps that repeat. What is
  /// left of a read, a decoding or a copy counts as a share of its age: when the last batches were made does not tell
  /// how far it has come, where the slower of reading and decoding hides the other.
  std::vector<double> snapshot() const;
  InputStock stock() const;
  /// Whole batches that can be started before caches serve another share, or before all have been.
  double batches_alike() const;
  /// `batches` went through it unseen in `seconds`; what is under way goes on after them. Returns whether its path
  /// stands still meanwhile.
  bool skip(double batches, double seconds);
  /// Books what so many batches of mean size move.
  void book(double batches);

  double batches_taken() const { return taken_; }
  int longest_cycle() const { return static_cast<int>(concurrent()); }

private:
  struct Production {
    double number = 0;
    double bytes = 0;
    double started_s = 0;
    double changes = 0; ///< in what caches serve, until it was started
    bool read = false;
    bool decoded = false;
    bool worked = false;                                 ///< its workers had the time for both
    bool follows = false;                                ///< on the one before, without a wait for a free slot
    metrics::State cause = metrics::State::data_storage; ///< of the parts, the last to be done
  };
  struct Copy {
    double bytes = 0;
    metrics::State blame = metrics::State::data_h2d; ///< the stage to which a wait for it is owed
  };

  void produce(bool follows);
  void start_batch(bool follows);
  void part_done(double number, bool Production::*part);
  void copy_next(bool follows);
  void copied();
  double concurrent() const;
  double age_of(bool Production::*part) const;
  metrics::State last_part_of(const Production& batch, bool Production::*part) const;

  Clock& clock_;
  InputPath& path_;
  InputPlan plan_;
  BatchSizes sizes_;
  std::function<void()> changed_;
  double limit_ = 0;
  double started_ = 0;
  double taken_ = 0;
  double next_number_ = 0;
  bool even_ = false;
  double drawn_ = 0; ///< batches of uneven sizes: a step that begins one is unlike those before
  std::deque<Production> producing_;
  std::deque<Copy> in_host_; ///< batches that wait for their copy
  bool copying_ = false;
  Copy copy_; ///< under way
  double copy_started_s_ = 0;
  double on_card_ = 0;
  std::deque<double> produced_s_; ///< when the last batches were, as many as may be under way at once
  double copied_s_ = 0;           ///< when the last copy ended
  double until_change_ = std::numeric_limits<double>::infinity(); ///< bytes, after the last batch was started
  double changes_ = 0;                                            ///< in what caches serve
};

} // namespace iccsim::engine
