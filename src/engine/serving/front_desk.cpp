#include "engine/serving/front_desk.hpp"

#include "iccsim/engine/clock.hpp"

#include <algorithm>

namespace iccsim::engine::serving {

void FrontDesk::take(SequenceId id, int prompt_tokens, double now) {
  const double desk_s = setup_.request_s + setup_.prompt_token_s * prompt_tokens;
  // In order of coming, however long they are.
  ready_.emplace_back(std::max(now + desk_s, ready_.empty() ? 0 : ready_.back().first), id);
}

double FrontDesk::next_s() const {
  if (ready_.empty()) {
    return never_s;
  }
  const double first_s = ready_.front().first;
  if (leaving_ > 0 || setup_.gather == 1) {
    return first_s;
  }
  const std::size_t together = static_cast<std::size_t>(setup_.gather);
  const double full_s = ready_.size() < together ? never_s : ready_[together - 1].first;
  return std::min(full_s, first_s + setup_.gather_s);
}

std::optional<FrontDesk::Handed> FrontDesk::next(double now) {
  if (next_s() > now) {
    return {};
  }
  const bool along = leaving_ > 0;
  if (!along) {
    const auto most = ready_.begin() + std::min<std::ptrdiff_t>(setup_.gather, std::ptrdiff_t(ready_.size()));
    leaving_ = static_cast<std::size_t>(
        std::count_if(ready_.begin(), most, [now](const auto& request) { return request.first <= now; }));
  }
  --leaving_;
  const SequenceId id = ready_.front().second;
  ready_.pop_front();
  return Handed{id, along};
}

} // namespace iccsim::engine::serving
