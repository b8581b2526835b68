#include "engine/job/checkpointer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {
namespace {

using scenario::CheckpointTier;

IoTier io_tier(CheckpointTier tier) {
  switch (tier) {
  case CheckpointTier::host_memory:
    return IoTier::host_memory;
  case CheckpointTier::peer:
    return IoTier::peer;
  case CheckpointTier::nvme:
    return IoTier::nvme;
  case CheckpointTier::storage:
    break;
  }
  return IoTier::storage;
}

/// What survives more comes later: the loss of a process, of a node, of many nodes.
int durability(CheckpointTier tier) {
  return tier == CheckpointTier::host_memory ? 0 : tier == CheckpointTier::storage ? 2 : 1;
}

constexpr double never = std::numeric_limits<double>::infinity();

} // namespace

Checkpointer::Checkpointer(Clock& clock, IoService& io, std::uint32_t job, const scenario::CheckpointSpec& spec,
                           std::vector<WriterGroup> writers)
    : clock_(clock), io_(io), job_(job), asynchronous_(spec.asynchronous), restores_(spec.restore),
      writers_(std::move(writers)) {
  const bool in_host = std::any_of(spec.levels.begin(), spec.levels.end(),
                                   [](const auto& level) { return level.tier == CheckpointTier::host_memory; });
  const bool copies = asynchronous_ || in_host;
  add_level(CheckpointTier::storage, spec.storage, spec.every_s, spec.every_steps, copies, !asynchronous_);
  for (const scenario::CheckpointLevelSpec& level : spec.levels) {
    add_level(level.tier, level.storage, level.every_s, level.every_steps, copies, !asynchronous_);
  }
  for (const WriterGroup& group : writers_) {
    if (copies) {
      copies_.push_back(add_pattern(group, IoTier::host_memory, "", IoDirection::write, IoBuffer::card));
    }
    if (restores_) {
      loads_.push_back(add_pattern(group, IoTier::storage, spec.storage, IoDirection::read, IoBuffer::card));
    }
  }
  // The copy that is kept or drains, and with both a second one meanwhile.
  reserved_copies_ = (asynchronous_ ? 1 : 0) + (in_host ? 1 : 0);
  reserve(1);
}

void Checkpointer::add_level(CheckpointTier tier, const std::string& storage, std::optional<double> every_s,
                             std::optional<double> every_steps, bool needs_copy, bool needs_direct) {
  Level level;
  level.tier = tier;
  schedule_.add(every_s.value_or(never), every_steps.value_or(never), durability(tier));
  for (const WriterGroup& group : writers_) {
    if (tier == CheckpointTier::host_memory) {
      break; // the copy is all
    }
    if (needs_direct) {
      level.from_card.push_back(add_pattern(group, io_tier(tier), storage, IoDirection::write, IoBuffer::card));
    }
    if (needs_copy) {
      level.from_host.push_back(add_pattern(group, io_tier(tier), storage, IoDirection::write, IoBuffer::host_memory));
    }
  }
  levels_.push_back(std::move(level));
}

IoId Checkpointer::add_pattern(const WriterGroup& group, IoTier tier, const std::string& storage, IoDirection direction,
                               IoBuffer buffer) {
  IoPattern pattern;
  pattern.tier = tier;
  pattern.storage = storage;
  pattern.direction = direction;
  pattern.buffer = buffer;
  pattern.clients = group.cards;
  pattern.bytes_per_file = tier == IoTier::storage ? group.bytes_each : 0; // a file of each writer
  return io_.add({job_, IoPurpose::checkpoint}, pattern);
}

void Checkpointer::reserve(double sign) {
  for (const WriterGroup& group : writers_) {
    if (reserved_copies_ > 0) {
      io_.reserve_host_memory(group.cards, sign * reserved_copies_ * group.bytes_each);
    }
  }
}

void Checkpointer::open() {
  schedule_.open(clock_.now());
}

void Checkpointer::restore(std::function<void()> resume) {
  resume_ = std::move(resume);
  pending_ = static_cast<int>(writers_.size());
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    io_.start(loads_[i], writers_[i].bytes_each, [this] {
      if (--pending_ == 0) {
        open();
        resume_cards();
      }
    });
  }
}

bool Checkpointer::due(double steps) const {
  return !schedule_.due(clock_.now(), steps).empty();
}

double Checkpointer::steps_until(double steps, double step_s) const {
  return schedule_.steps_until(clock_.now(), steps, step_s);
}

void Checkpointer::skip(const PauseSchedule& then, double times) {
  schedule_ = then;
  written_ += times * static_cast<double>(now_due_.size());
}

void Checkpointer::begin(double steps, std::function<void()> resume) {
  ++begun_;
  steps_ = steps;
  resume_ = std::move(resume);
  now_due_ = schedule_.due(clock_.now(), steps);
  try_begin();
}

/// A level that still drains keeps the cards waiting. Its next interval begins with the checkpoint, not when it was
/// due.
void Checkpointer::try_begin() {
  doing_ = Doing::drain;
  if (std::any_of(now_due_.begin(), now_due_.end(), [this](std::size_t i) { return levels_[i].writing > 0; })) {
    return;
  }
  schedule_.begin(now_due_, clock_.now(), steps_);
  if (copies_state(now_due_)) {
    copy_state();
  } else {
    doing_ = Doing::writes;
    write(false);
  }
}

bool Checkpointer::copies_state(const PauseLevels& levels) const {
  return asynchronous_ || std::any_of(levels.begin(), levels.end(),
                                      [this](std::size_t i) { return levels_[i].tier == CheckpointTier::host_memory; });
}

void Checkpointer::book(const PauseLevels& levels) {
  written_ += static_cast<double>(levels.size());
  const bool copies = copies_state(levels);
  for (std::size_t group = 0; group < writers_.size(); ++group) {
    if (copies) {
      io_.book(copies_[group], writers_[group].bytes_each);
    }
    for (const std::size_t i : levels) {
      const auto& patterns = copies ? levels_[i].from_host : levels_[i].from_card;
      if (group < patterns.size()) {
        io_.book(patterns[group], writers_[group].bytes_each);
      }
    }
  }
}

void Checkpointer::copy_state() {
  doing_ = Doing::copy;
  pending_ = static_cast<int>(writers_.size());
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    io_.start(copies_[i], writers_[i].bytes_each, [this] {
      if (--pending_ == 0) {
        copied();
      }
    });
  }
}

void Checkpointer::copied() {
  for (const std::size_t i : now_due_) {
    written_ += levels_[i].tier == CheckpointTier::host_memory ? 1 : 0;
  }
  doing_ = Doing::writes;
  write(true);
  if (asynchronous_ || in_flight_ == 0) {
    resume_cards();
  }
}

void Checkpointer::write(bool from_host) {
  for (const std::size_t i : now_due_) {
    const auto& patterns = from_host ? levels_[i].from_host : levels_[i].from_card;
    for (std::size_t group = 0; group < patterns.size(); ++group) {
      ++levels_[i].writing;
      ++in_flight_;
      io_.start(patterns[group], writers_[group].bytes_each, [this, i] { written(i); });
    }
  }
}

void Checkpointer::written(std::size_t level) {
  --in_flight_;
  if (--levels_[level].writing > 0) {
    return;
  }
  ++written_;
  if (doing_ == Doing::drain) {
    try_begin();
  } else if (doing_ == Doing::writes && in_flight_ == 0) { // synchronous: the cards wait for all levels
    resume_cards();
  }
  if (in_flight_ == 0 && settled_) {
    std::exchange(settled_, nullptr)();
  }
}

void Checkpointer::resume_cards() {
  doing_ = Doing::nothing;
  std::exchange(resume_, nullptr)();
}

void Checkpointer::settle(std::function<void()> done) {
  if (in_flight_ == 0) {
    clock_.at(clock_.now(), std::move(done));
  } else {
    settled_ = std::move(done);
  }
}

void Checkpointer::release() {
  if (in_flight_ > 0) {
    return;
  }
  for (const Level& level : levels_) {
    for (const auto* ids : {&level.from_card, &level.from_host}) {
      std::for_each(ids->begin(), ids->end(), [this](IoId id) { io_.remove(id); });
    }
  }
  std::for_each(copies_.begin(), copies_.end(), [this](IoId id) { io_.remove(id); });
  std::for_each(loads_.begin(), loads_.end(), [this](IoId id) { io_.remove(id); });
  reserve(-1);
}

} // namespace iccsim::engine
