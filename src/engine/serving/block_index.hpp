// Blocks by their hash, and those that nobody holds in the order in which they were last held.
#pragma once

#include <cstdint>
#include <vector>

namespace iccsim::engine::serving {

/// An open-addressed table of entries, some of them in a list from the least to the most recently used.
class BlockIndex {
public:
  using EntryId = std::uint32_t;
  static constexpr EntryId none = ~EntryId{0};
  struct Entry {
    std::uint64_t hash = 0;
    EntryId before = none, after = none; ///< in the list
    EntryId parent = none;               ///< of the chain's hash before this one, where its user keeps that
    std::int32_t holders = 0;
    std::int32_t blocks = 1; ///< KV blocks that the hash stands for
    bool listed = false;
  };

  EntryId find(std::uint64_t hash) const;
  /// `hash` must not be there.
  EntryId insert(std::uint64_t hash);
  /// The entry must not be in the list.
  void erase(EntryId entry);
  Entry& operator[](EntryId entry) { return entries_[entry]; }
  const Entry& operator[](EntryId entry) const { return entries_[entry]; }
  std::size_t size() const { return size_; }

  void append(EntryId entry); ///< as the most recent of the list
  void unlink(EntryId entry);
  EntryId oldest() const { return oldest_; } ///< of the list; none: it is empty

private:
  std::size_t home(std::uint64_t hash) const;
  std::size_t slot_of(std::uint64_t hash) const;
  void grow();

  /// The hash beside its entry: a search touches one place of memory, not two.
  struct Slot {
    std::uint64_t hash = 0;
    EntryId id = none;
  };
  std::vector<Slot> slots_; ///< a power of two of them, at most half used
  std::vector<Entry> entries_;
  std::vector<EntryId> free_;
  std::size_t size_ = 0;
  EntryId oldest_ = none, newest_ = none;
};

} // namespace iccsim::engine::serving
