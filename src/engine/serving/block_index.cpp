#include "engine/serving/block_index.hpp"

namespace iccsim::engine::serving {
namespace {

constexpr std::size_t first_slots = 64;
constexpr std::uint64_t golden = 0x9E3779B97F4A7C15u; // 2^64 / golden ratio: Fibonacci hashing (Knuth, TAOCP 6.4)

} // namespace

std::size_t BlockIndex::home(std::uint64_t hash) const {
  const std::uint64_t mixed = hash * golden;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32)) & (slots_.size() - 1);
}

std::size_t BlockIndex::slot_of(std::uint64_t hash) const {
  std::size_t slot = home(hash);
  while (slots_[slot].id != none && slots_[slot].hash != hash) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

BlockIndex::EntryId BlockIndex::find(std::uint64_t hash) const {
  return slots_.empty() ? none : slots_[slot_of(hash)].id;
}

BlockIndex::EntryId BlockIndex::insert(std::uint64_t hash) {
  if (2 * (size_ + 1) > slots_.size()) {
    grow();
  }
  EntryId id = static_cast<EntryId>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
    entries_[id] = Entry{};
  }
  entries_[id].hash = hash;
  slots_[slot_of(hash)] = {hash, id};
  ++size_;
  return id;
}

/// Moves later entries of the run back, so that no search meets a gap (Knuth, TAOCP 6.4, algorithm R).
void BlockIndex::erase(EntryId entry) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t gap = slot_of(entries_[entry].hash);
  for (std::size_t slot = (gap + 1) & mask; slots_[slot].id != none; slot = (slot + 1) & mask) {
    const std::size_t wanted = home(slots_[slot].hash);
    if (((slot - wanted) & mask) >= ((slot - gap) & mask)) {
      slots_[gap] = slots_[slot];
      gap = slot;
    }
  }
  slots_[gap].id = none;
  free_.push_back(entry);
  --size_;
}

void BlockIndex::grow() {
  const std::vector<Slot> old = std::move(slots_);
  slots_.assign(old.empty() ? first_slots : 2 * old.size(), Slot{});
  for (const Slot& slot : old) {
    if (slot.id != none) {
      slots_[slot_of(slot.hash)] = slot;
    }
  }
}

void BlockIndex::append(EntryId id) {
  Entry& entry = entries_[id];
  entry.before = newest_;
  entry.after = none;
  entry.listed = true;
  (newest_ == none ? oldest_ : entries_[newest_].after) = id;
  newest_ = id;
}

void BlockIndex::unlink(EntryId id) {
  Entry& entry = entries_[id];
  (entry.before == none ? oldest_ : entries_[entry.before].after) = entry.after;
  (entry.after == none ? newest_ : entries_[entry.after].before) = entry.before;
  entry.listed = false;
}

} // namespace iccsim::engine::serving
