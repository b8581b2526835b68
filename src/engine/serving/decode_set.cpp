#include "engine/serving/decode_set.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {

DecodeSet::DecodeSet(SequencePool& pool, int kv_block, int draft_tokens)
    : pool_(pool), kv_block_(kv_block), draft_tokens_(draft_tokens), due_(static_cast<std::size_t>(kv_block)) {}

std::size_t DecodeSet::residue(std::int64_t value) const {
  const std::int64_t r = value % kv_block_;
  return static_cast<std::size_t>(r < 0 ? r + kv_block_ : r);
}

void DecodeSet::add(SequenceId id, std::int64_t passes) {
  Sequence& added = pool_[id];
  added.phase = SequencePhase::decoding;
  added.position = static_cast<std::uint32_t>(members_.size());
  added.start_pass = pass_;
  added.finish_pass = pass_ + passes;
  added.rate = even() ? 1.0 : static_cast<double>(added.request.output_tokens - added.emitted) / passes;
  members_.push_back(id);
  if (added.rank >= ranks_.size()) {
    ranks_.resize(added.rank + 1);
  }
  ++ranks_[added.rank];
  ends_.push_back({added.finish_pass, added.admitted, id, added.epoch});
  std::push_heap(ends_.begin(), ends_.end(), later);
  context_ += added.target + 1;
  growth_ += added.rate;
  ++due(added);
}

void DecodeSet::remove(SequenceId id) {
  Sequence& removed = pool_[id];
  --due(removed);
  --ranks_[removed.rank];
  context_ -= removed.target + 1 + removed.rate * static_cast<double>(pass_ - removed.start_pass);
  growth_ -= removed.rate;
  ++removed.epoch; // its entry among the ends is stale now
  pool_[members_.back()].position = removed.position;
  members_[removed.position] = members_.back();
  members_.pop_back();
  if (members_.empty()) { // no rounding is carried on
    context_ = 0;
    growth_ = 0;
  }
}

void DecodeSet::advance(std::int64_t passes) {
  pass_ += passes;
  context_ += growth_ * static_cast<double>(passes);
}

void DecodeSet::drop_stale() {
  while (!ends_.empty() && pool_[ends_.front().id].epoch != ends_.front().epoch) {
    std::pop_heap(ends_.begin(), ends_.end(), later);
    ends_.pop_back();
  }
}

std::int64_t DecodeSet::passes_to_end() {
  drop_stale();
  return ends_.front().pass - pass_;
}

bool DecodeSet::ended(SequenceId& id) {
  drop_stale();
  if (ends_.empty() || ends_.front().pass > pass_) {
    return false;
  }
  id = ends_.front().id;
  return true;
}

int DecodeSet::emitted(const Sequence& member) const {
  constexpr double rounding = 1e-6; // rate x passes is a whole number at the end
  return member.emitted +
         static_cast<int>(std::floor(member.rate * static_cast<double>(pass_ - member.start_pass) + rounding));
}

int DecodeSet::tokens(const Sequence& member) const {
  return member.target + emitted(member) - member.emitted;
}

/// With room for the draft tokens that a pass writes beside the accepted ones.
std::int64_t DecodeSet::blocks_at(const Sequence& member, std::int64_t pass) const {
  const double tokens = member.target + member.rate * static_cast<double>(pass - member.start_pass);
  const std::int64_t whole = static_cast<std::int64_t>(std::ceil(tokens - 1e-6));
  return (whole + (pass > member.start_pass ? draft_tokens_ : 0) + kv_block_ - 1) / kv_block_;
}

std::int64_t DecodeSet::blocks(const Sequence& member) const {
  return blocks_at(member, pass_);
}

std::int64_t DecodeSet::blocks_needed(std::int64_t passes) const {
  if (members_.empty()) {
    return 0;
  }
  std::int64_t needed = 0;
  if (!even()) {
    for (const SequenceId id : members_) {
      needed += blocks_at(pool_[id], pass_ + passes) - blocks_at(pool_[id], pass_);
    }
    return needed;
  }
  needed = passes / kv_block_ * static_cast<std::int64_t>(members_.size());
  for (std::int64_t j = 0; j < passes % kv_block_; ++j) {
    needed += due_in(pass_ + j);
  }
  return needed;
}

std::int64_t DecodeSet::passes_within(std::int64_t blocks, std::int64_t limit) const {
  if (blocks >= blocks_needed(limit)) {
    return limit;
  }
  std::int64_t fits = 0; // blocks_needed grows with the passes: halve what lies between
  for (std::int64_t too_many = limit; too_many - fits > 1;) {
    const std::int64_t middle = fits + (too_many - fits) / 2;
    (blocks_needed(middle) <= blocks ? fits : too_many) = middle;
  }
  return fits;
}

double DecodeSet::block_seconds(std::int64_t passes, double first_s, double slope_s) const {
  const auto until = [&](double j) { return first_s * j + slope_s * j * (j - 1) / 2; };
  const double whole_s = until(static_cast<double>(passes));
  if (passes == 1) {
    return whole_s * static_cast<double>(blocks_needed(1));
  }
  if (!even()) { // blocks grow about evenly
    return whole_s * static_cast<double>(blocks_needed(1) + blocks_needed(passes)) / 2;
  }
  double sum = 0;
  const double block = kv_block_;
  for (std::int64_t first = 0; first < std::min<std::int64_t>(kv_block_, passes); ++first) {
    const double members = static_cast<double>(due_in(pass_ + first));
    if (members == 0) {
      continue;
    }
    // They need a block in passes first + q block, q = 0 .. times - 1, and keep each to the end: sums over q of
    // until(first + q block), a polynomial of second degree.
    const std::int64_t whole_blocks = (passes - 1 - first) / kv_block_;
    const double times = static_cast<double>(whole_blocks + 1);
    const double f = static_cast<double>(first);
    const double q1 = times * (times - 1) / 2;
    const double q2 = (times - 1) * times * (2 * times - 1) / 6;
    const double begun = first_s * (times * f + block * q1) +
                         slope_s / 2 * (times * f * (f - 1) + block * (2 * f - 1) * q1 + block * block * q2);
    sum += members * (times * whole_s - begun);
  }
  return sum;
}

} // namespace iccsim::engine::serving
