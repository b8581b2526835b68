// Checkpoints of a job, on one level or several.
#pragma once

#include "engine/io/io_service.hpp"
#include "engine/job/checkpoint_writers.hpp"
#include "engine/job/step_pause.hpp"
#include "iccsim/engine/clock.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine {

/// Synchronous: the cards stand still while they write. Asynchronous: they stand still for a copy of their state in
/// host memory, which drains beneath the steps; a level whose copy has not drained when it is due again keeps the cards
/// waiting. A checkpoint on one level stands for those on levels that survive less, whose intervals begin anew.
class Checkpointer : public StepPause {
public:
  /// Both clock and service must outlive it. Throws as IoService::add.
  Checkpointer(Clock& clock, IoService& io, std::uint32_t job, const scenario::CheckpointSpec& spec,
               std::vector<WriterGroup> writers);
  Checkpointer(const Checkpointer&) = delete; // callbacks know its address
  Checkpointer& operator=(const Checkpointer&) = delete;

  void open() override;
  bool restores() const override { return restores_; }
  void restore(std::function<void()> resume) override;
  bool due(double steps) const override;
  void begin(double steps, std::function<void()> resume) override;
  double steps_until(double steps, double step_s) const override;
  PauseSchedule schedule() const override { return schedule_; }
  const std::vector<std::size_t>& last_begun() const override { return now_due_; }
  void skip(const PauseSchedule& then, double times) override;
  void book(const PauseLevels& levels) override;
  void reschedule(const PauseSchedule& then) override { schedule_ = then; }
  int begun() const override { return begun_; }
  bool quiet() const override { return in_flight_ == 0; }
  void settle(std::function<void()> done) override;

  /// Gives back what it holds of the service; nothing may be in flight.
  void release();
  /// Written so far, all levels.
  double written() const { return written_; }

private:
  struct Level {
    scenario::CheckpointTier tier = scenario::CheckpointTier::storage;
    std::vector<IoId> from_card; ///< by group of writers; synchronous
    std::vector<IoId> from_host; ///< after a copy
    int writing = 0;             ///< groups that are not done
  };

  /// What the cards wait for.
  enum class Doing { nothing, drain, copy, writes };

  void add_level(scenario::CheckpointTier tier, const std::string& storage, std::optional<double> every_s,
                 std::optional<double> every_steps, bool needs_copy, bool needs_direct);
  IoId add_pattern(const WriterGroup& group, IoTier tier, const std::string& storage, IoDirection direction,
                   IoBuffer buffer);
  void try_begin();
  bool copies_state(const PauseLevels& levels) const;
  void copy_state();
  void copied();
  void write(bool from_host);
  void written(std::size_t level);
  void resume_cards();
  void reserve(double sign);

  Clock& clock_;
  IoService& io_;
  std::uint32_t job_;
  bool asynchronous_;
  bool restores_;
  std::vector<WriterGroup> writers_;
  std::vector<Level> levels_;
  PauseSchedule schedule_;   ///< of the levels
  std::vector<IoId> copies_; ///< by group: card to host memory
  std::vector<IoId> loads_;  ///< by group: storage to card
  double reserved_copies_ = 0;

  std::vector<std::size_t> now_due_; ///< levels of the last checkpoint, or of that at hand
  Doing doing_ = Doing::nothing;
  int pending_ = 0;   ///< groups that are not done with their copy, or their load
  int in_flight_ = 0; ///< writes of all levels
  double written_ = 0;
  int begun_ = 0;
  double steps_ = 0;
  std::function<void()> resume_;
  std::function<void()> settled_;
};

} // namespace iccsim::engine
