// Conversations, and the requests that they are made of.
#pragma once

#include "workload/requests/length_draw.hpp"
#include "workload/requests/weighted_choice.hpp"

#include "iccsim/workload/request_source.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::workload {

/// One that is under way; a single request is a conversation of one turn.
struct Conversation {
  std::uint64_t number = 0;
  int client = 0;
  int turn = 0; ///< the next one
  int turns = 1;
  int group = 0;                   ///< of shared prefixes
  std::int64_t history_tokens = 0; ///< prompts and outputs of the turns before
};

/// What the empirical distributions of a service draw from.
struct LengthFiles {
  std::vector<int> prompt, output, turns;
};

class ConversationMaker {
public:
  ConversationMaker(const scenario::RequestsSpec& spec, const SourceOptions& options, LengthFiles files);

  Conversation begin(std::uint64_t number, int client) const;

  /// Its next turn: the prompt holds the shared prefix, what was said before, and new tokens by `prompt`.
  Request next_turn(Conversation& conversation, double arrival_s) const;

  /// Exponential with that mean, for what comes before the conversation's next turn.
  double pause_s(const Conversation& conversation, double mean_s) const;

private:
  BlockChain blocks(const Conversation& conversation, int prompt_tokens, int output_tokens) const;

  std::uint64_t seed_;
  int block_tokens_;
  LengthDraw prompt_, output_, turns_;
  bool single_turns_;
  int prefix_tokens_;
  WeightedChoice groups_, priorities_;
  std::vector<int> priority_values_;
};

/// Shares of the classes as weights; requests without classes have priority 0.
WeightedChoice priority_choice(const std::vector<scenario::PrioritySpec>& priorities);
std::vector<int> priority_values(const std::vector<scenario::PrioritySpec>& priorities);

} // namespace iccsim::workload
