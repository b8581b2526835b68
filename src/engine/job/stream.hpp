// A communication stream of a card: transfers run in the order in which they were queued, one at a time.
#pragma once

#include "iccsim/engine/network.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace iccsim::engine {

/// Who waits for a transfer.
enum class Purpose : std::uint8_t { blocking, hidden, message, sync, parameters, tied };

struct Transfer {
  ShapeId shape = 0;
  double bytes = 0;
  double calls = 0;
  Purpose purpose = Purpose::blocking;
  std::uint32_t index = 0; ///< which hidden call, chunk, or (task, half)
};

/// The queue alone; whoever owns it starts the front on the network.
class Stream {
public:
  bool busy() const { return head_ < queue_.size(); }
  const Transfer& front() const { return queue_[head_]; }
  void push(const Transfer& transfer) { queue_.push_back(transfer); }
  /// Of the front, while nobody has asked for its end.
  std::optional<TransferId>& hidden() { return hidden_; }
  bool single() const { return queue_.size() == head_ + 1; }
  Transfer pop() {
    hidden_.reset();
    const Transfer transfer = queue_[head_++];
    if (head_ == queue_.size()) {
      queue_.clear();
      head_ = 0;
    }
    return transfer;
  }

private:
  std::vector<Transfer> queue_;
  std::size_t head_ = 0;
  std::optional<TransferId> hidden_;
};

} // namespace iccsim::engine
