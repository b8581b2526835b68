// One request on its way through an engine.
#pragma once

#include "engine/serving/kv_tiers.hpp"
#include "iccsim/workload/request_source.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine::serving {

using SequenceId = std::uint32_t;

enum class SequencePhase : std::uint8_t {
  unused,
  arriving,     ///< between the network and the queue
  waiting,      ///< in a queue
  moving,       ///< its KV is on the way to the group that it belongs to
  landed,       ///< its KV is there, it waits for a place in the batch
  prefilling,   ///< in the batch, its prompt not yet all computed
  decoding,     ///< in the batch, a token a pass
  handing_over, ///< prefilled; its KV is kept until another replica has it
};

struct Sequence {
  workload::Request request;
  double arrival_s = 0;       ///< on the clock
  double joined_s = -1;       ///< when its prompt began; < 0: it has not
  double prefilled_s = 0;     ///< when its prompt was done; of handed-over ones
  double streamed_s = 0;      ///< when decode had its KV and began; 0: it was not handed over
  double first_token_s = 0;   ///< that a client saw; valid when emitted > 0
  double last_token_s = 0;    ///< before it was preempted or handed over
  std::uint64_t ticket = 0;   ///< order of coming
  std::uint64_t admitted = 0; ///< order of joining the batch
  std::int64_t blocks = 0;    ///< KV blocks that it has, shared ones too; of decoding ones: when decoding began
  std::int64_t start_pass = 0;
  std::int64_t finish_pass = 0;   ///< of its group's passes: the one that brings its last token
  double rate = 1;                ///< tokens a pass
  double promised = 0;            ///< tokens that its router counted for it
  int computed = 0;               ///< tokens whose KV is there; of decoding ones: when decoding began
  int target = 0;                 ///< tokens to compute before it emits again: the prompt, and what it had emitted
  int emitted = 0;                ///< of decoding ones: when decoding began
  int held = 0;                   ///< hashes of its chain that it shares with a cache
  std::int64_t origin_blocks = 0; ///< as `blocks`, in the group that it came from
  int origin_held = 0;
  std::uint32_t group = 0;    ///< of all attention groups of the service
  std::uint32_t origin = 0;   ///< group that prefilled it; valid when `handed`
  std::uint32_t position = 0; ///< in its group's list
  std::uint32_t epoch = 0;    ///< changes when it leaves a batch
  std::uint32_t rank = 0;     ///< of its priority, in the order in which priorities were first seen
  SequencePhase phase = SequencePhase::unused;
  bool swapped = false; ///< its KV lies in host memory
  bool remote = false;  ///< its KV lies on the replica that prefilled it
  KvParts stored{};     ///< hashes to be fetched from tiers below device memory
  bool handed = false;  ///< from the group `origin`, which still has its KV
  bool seen = false;    ///< was looked up in the prefix cache before

  /// Another replica computed its prompt, and it has not been in a decode batch yet.
  bool comes_from_prefill() const { return prefilled_s > 0 && streamed_s == 0; }
};

/// Requests under way; their places are used again.
class SequencePool {
public:
  SequenceId add() {
    ++live_;
    if (free_.empty()) {
      sequences_.emplace_back();
      return static_cast<SequenceId>(sequences_.size() - 1);
    }
    const SequenceId id = free_.back();
    free_.pop_back();
    return id;
  }
  void remove(SequenceId id) {
    const std::uint32_t epoch = sequences_[id].epoch + 1;
    sequences_[id] = Sequence{};
    sequences_[id].epoch = epoch;
    free_.push_back(id);
    --live_;
  }
  Sequence& operator[](SequenceId id) { return sequences_[id]; }
  const Sequence& operator[](SequenceId id) const { return sequences_[id]; }
  std::size_t live() const { return live_; }
  /// All places, unused ones too.
  const std::vector<Sequence>& places() const { return sequences_; }

private:
  std::vector<Sequence> sequences_;
  std::vector<SequenceId> free_;
  std::size_t live_ = 0;
};

} // namespace iccsim::engine::serving
