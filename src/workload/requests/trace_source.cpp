#include "workload/requests/trace_source.hpp"

#include "workload/requests/conversation.hpp"

#include <algorithm>

namespace iccsim::workload {

TraceSource::TraceSource(const scenario::RequestsSpec& spec, const SourceOptions& options)
    : spec_(spec), options_(options), priorities_(priority_choice(spec.priorities)),
      priority_values_(priority_values(spec.priorities)) {
  begin_round();
  read_ahead();
}

void TraceSource::begin_round() {
  if (round_ > 0) {
    const double mean_gap_s = rows_in_round_ > 1 ? (last_s_ - first_s_) / (rows_in_round_ - 1) : 0;
    round_start_s_ = last_s_ + mean_gap_s;
  }
  ++round_;
  rows_in_round_ = 0;
  rows_ = std::make_unique<TraceRows>(options_.directory / spec_.trace, spec_.format, spec_.block_tokens,
                                      options_.path + ".trace",
                                      [](const scenario::Diagnostic& problem) { throw BadTrace(problem); });
}

void TraceSource::read_ahead() {
  ahead_ = rows_->next();
  if (!ahead_ && rows_in_round_ > 0 && round_ < spec_.repeat) {
    begin_round();
    ahead_ = rows_->next();
  }
  if (!ahead_) {
    return;
  }
  const double scaled_s = ahead_->at_s * spec_.time_scale;
  if (rows_in_round_ == 0 && round_ == 1) {
    first_s_ = scaled_s;
  } else if (rows_in_round_ == 0) {
    // The trace's own start, which may lie before its first request, is not waited for again.
    round_start_s_ -= scaled_s;
    first_s_ = round_start_s_ + scaled_s;
  }
  ahead_->at_s = last_s_ = round_start_s_ + scaled_s;
  ++rows_in_round_;
}

std::optional<double> TraceSource::next_arrival_s() {
  const bool enough = spec_.count > 0 && static_cast<double>(given_) >= spec_.count;
  if (enough || !ahead_ || ahead_->at_s > options_.horizon_s) {
    return std::nullopt;
  }
  return ahead_->at_s;
}

std::optional<Request> TraceSource::next() {
  if (!next_arrival_s()) {
    return std::nullopt;
  }
  TraceRow row = std::move(*ahead_);
  Request request;
  request.number = given_++;
  request.arrival_s = row.at_s;
  request.prompt_tokens = row.prompt_tokens;
  request.output_tokens = row.output_tokens;
  if (!row.conversation) {
    // Beside the numbers that a trace can hold, which are below 2^63.
    row.conversation = request.number | (std::uint64_t{1} << 63);
  }
  request.conversation = *row.conversation;
  request.priority = priority(row, request.number);
  request.blocks = blocks(row);
  read_ahead();
  return request;
}

BlockChain TraceSource::blocks(TraceRow& row) const {
  if (!row.hashes.empty()) {
    return {options_.block_tokens, std::move(row.hashes), spec_.block_tokens, row.prompt_tokens};
  }
  const bool alone = *row.conversation >> 63 != 0;
  if (alone) {
    return {};
  }
  const std::uint64_t key = Draws(options_.seed, Purpose::contents, *row.conversation, 2)();
  return {options_.block_tokens, 0, 0, key, std::int64_t(row.prompt_tokens) + row.output_tokens};
}

int TraceSource::priority(const TraceRow& row, std::uint64_t number) const {
  return row.priority ? *row.priority
                      : priority_values_[priorities_(Draws(options_.seed, Purpose::priorities, number))];
}

} // namespace iccsim::workload
