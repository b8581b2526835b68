// What a service's front end does with requests before a replica has them: HTTP, tokenization, gathering.
#pragma once

#include "engine/serving/sequence.hpp"

#include <deque>
#include <optional>

namespace iccsim::engine::serving {

/// Requests leave in the order in which they came.
class FrontDesk {
public:
  struct Setup {
    double request_s = 0;      ///< of each request
    double prompt_token_s = 0; ///< the same, per token
    int gather = 1;            ///< requests that are sent on together
    double gather_s = 0;       ///< or fewer, when the first of them has waited so long
  };
  explicit FrontDesk(const Setup& setup) : setup_(setup) {}

  void take(SequenceId id, int prompt_tokens, double now);
  /// When the next request leaves; never_s: there is none.
  double next_s() const;

  struct Handed {
    SequenceId id;
    bool along; ///< to where the one before it went
  };
  /// The next of those that leave by `now`.
  std::optional<Handed> next(double now);

private:
  Setup setup_;
  std::deque<std::pair<double, SequenceId>> ready_; ///< when each is ready to leave
  std::size_t leaving_ = 0;                         ///< of the gathering that began to leave
};

} // namespace iccsim::engine::serving
