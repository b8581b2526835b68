#include "workload/requests/conversation.hpp"

#include <boost/random/exponential_distribution.hpp>

#include <algorithm>
#include <cmath>

namespace iccsim::workload {

using scenario::LengthDistribution;

namespace {

bool is_single(const scenario::LengthsSpec& turns) {
  return turns.distribution == LengthDistribution::constant && turns.mean <= 1;
}

int tokens_of(std::int64_t sum) {
  return static_cast<int>(std::min<std::int64_t>(sum, largest_length));
}

} // namespace

WeightedChoice priority_choice(const std::vector<scenario::PrioritySpec>& priorities) {
  std::vector<double> shares;
  for (const auto& one : priorities) {
    shares.push_back(one.share);
  }
  return WeightedChoice(shares.empty() ? std::vector<double>{1} : shares);
}

std::vector<int> priority_values(const std::vector<scenario::PrioritySpec>& priorities) {
  std::vector<int> values;
  for (const auto& one : priorities) {
    values.push_back(one.priority);
  }
  return values.empty() ? std::vector<int>{0} : values;
}

ConversationMaker::ConversationMaker(const scenario::RequestsSpec& spec, const SourceOptions& options,
                                     LengthFiles files)
    : seed_(options.seed), block_tokens_(options.block_tokens), prompt_(spec.prompt, std::move(files.prompt)),
      output_(spec.output, std::move(files.output)), turns_(spec.turns.count, std::move(files.turns)),
      single_turns_(is_single(spec.turns.count)),
      prefix_tokens_(static_cast<int>(std::min<double>(std::round(spec.shared_prefix.tokens), largest_length))),
      groups_(zipf_weights(std::max(1, spec.shared_prefix.groups), spec.shared_prefix.skew)),
      priorities_(priority_choice(spec.priorities)), priority_values_(priority_values(spec.priorities)) {}

Conversation ConversationMaker::begin(std::uint64_t number, int client) const {
  Conversation conversation;
  conversation.number = number;
  conversation.client = client;
  conversation.turns = single_turns_ ? 1 : turns_(Draws(seed_, Purpose::turns, number));
  conversation.group = prefix_tokens_ > 0 ? static_cast<int>(groups_(Draws(seed_, Purpose::prefixes, number))) : 0;
  return conversation;
}

Request ConversationMaker::next_turn(Conversation& conversation, double arrival_s) const {
  const auto turn = static_cast<std::uint64_t>(conversation.turn);
  const int asked = prompt_(Draws(seed_, Purpose::prompts, conversation.number, turn));
  Request request;
  request.arrival_s = arrival_s;
  request.prompt_tokens = tokens_of(prefix_tokens_ + conversation.history_tokens + asked);
  request.output_tokens = output_(Draws(seed_, Purpose::outputs, conversation.number, turn));
  request.priority = priority_values_[priorities_(Draws(seed_, Purpose::priorities, conversation.number))];
  request.conversation = conversation.number;
  request.turn = conversation.turn;
  request.client = conversation.client;
  request.blocks = blocks(conversation, request.prompt_tokens, request.output_tokens);
  conversation.history_tokens += std::int64_t(asked) + request.output_tokens;
  ++conversation.turn;
  return request;
}

BlockChain ConversationMaker::blocks(const Conversation& conversation, int prompt_tokens, int output_tokens) const {
  if (single_turns_ && prefix_tokens_ == 0) {
    return {};
  }
  const std::uint64_t shared_key = Draws(seed_, Purpose::contents, static_cast<std::uint64_t>(conversation.group), 1)();
  const std::uint64_t own_key = Draws(seed_, Purpose::contents, conversation.number, 2)();
  return {block_tokens_, shared_key, prefix_tokens_, own_key,
          std::int64_t(prompt_tokens) - prefix_tokens_ + output_tokens};
}

double ConversationMaker::pause_s(const Conversation& conversation, double mean_s) const {
  Draws draws(seed_, Purpose::pauses, conversation.number, static_cast<std::uint64_t>(conversation.turn));
  return mean_s * boost::random::exponential_distribution<double>(1)(draws);
}

} // namespace iccsim::workload
