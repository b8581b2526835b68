#include "workload/requests/generated_source.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

/// A closed loop numbers conversations by client and round, so that none depends on the other clients' pace.
constexpr int round_bits = 32;

/// A refused client does not ask again at once: time would stand still.
constexpr double least_pause_after_failure_s = 1;

} // namespace

GeneratedSource::GeneratedSource(const scenario::RequestsSpec& spec, const SourceOptions& options,
                                 ConversationMaker maker)
    : maker_(std::move(maker)), arrival_(spec.arrival), turn_pause_s_(spec.turns.think_s), count_(spec.count),
      horizon_s_(options.horizon_s), closed_(spec.arrival.process == scenario::ArrivalProcess::closed) {
  if (closed_) {
    start_clients();
  } else {
    clock_.emplace(spec.arrival, options.seed);
    advance_clock();
  }
}

void GeneratedSource::start_clients() {
  for (int client = 0; client < arrival_.concurrency; ++client) {
    const double at_s = arrival_.ramp_s * client / arrival_.concurrency;
    due_.push({at_s, maker_.begin(static_cast<std::uint64_t>(client) << round_bits, client)});
  }
}

void GeneratedSource::advance_clock() {
  clock_s_ = clock_->next_s();
  if (clock_s_ && *clock_s_ > horizon_s_) {
    clock_s_.reset();
  }
}

bool GeneratedSource::clock_is_first() const {
  return clock_s_ && (due_.empty() || *clock_s_ <= due_.top().at_s);
}

std::optional<double> GeneratedSource::next_arrival_s() {
  if (count_ > 0 && given_ >= count_) {
    return std::nullopt;
  }
  if (clock_is_first()) {
    return clock_s_;
  }
  if (due_.empty() || due_.top().at_s > horizon_s_) {
    return std::nullopt;
  }
  return due_.top().at_s;
}

Conversation GeneratedSource::take_next(double& at_s) {
  if (clock_is_first()) {
    at_s = *clock_s_;
    advance_clock();
    return maker_.begin(begun_++, 0);
  }
  at_s = due_.top().at_s;
  Conversation conversation = due_.top().conversation;
  due_.pop();
  return conversation;
}

std::optional<Request> GeneratedSource::next() {
  if (!next_arrival_s()) {
    return std::nullopt;
  }
  double at_s = 0;
  Conversation conversation = take_next(at_s);
  Request request = maker_.next_turn(conversation, at_s);
  request.number = static_cast<std::uint64_t>(given_++);
  if (closed_ || conversation.turn < conversation.turns) {
    live_.emplace(conversation.number, conversation);
  }
  return request;
}

std::optional<Conversation> GeneratedSource::take_live(std::uint64_t number) {
  const auto found = live_.find(number);
  if (found == live_.end()) {
    return std::nullopt;
  }
  const Conversation conversation = found->second;
  live_.erase(found);
  return conversation;
}

void GeneratedSource::completed(const Request& request, double now_s) {
  const auto conversation = take_live(request.conversation);
  if (!conversation) {
    return;
  }
  if (conversation->turn < conversation->turns) {
    due_.push({now_s + maker_.pause_s(*conversation, turn_pause_s_), *conversation});
  } else {
    begin_another(*conversation, now_s + maker_.pause_s(*conversation, arrival_.think_s));
  }
}

void GeneratedSource::failed(const Request& request, double now_s) {
  if (const auto conversation = take_live(request.conversation); conversation && closed_) {
    const double pause_s = maker_.pause_s(*conversation, arrival_.think_s);
    begin_another(*conversation, now_s + std::max(least_pause_after_failure_s, pause_s));
  }
}

void GeneratedSource::begin_another(const Conversation& ended, double not_before_s) {
  if (closed_) {
    due_.push({not_before_s, maker_.begin(ended.number + 1, ended.client)});
  }
}

} // namespace iccsim::workload
