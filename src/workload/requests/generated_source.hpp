// Requests by processes and distributions.
#pragma once

#include "workload/requests/arrival_clock.hpp"
#include "workload/requests/conversation.hpp"

#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

namespace iccsim::workload {

/// An open process begins conversations by its clock; in a closed loop each client begins one when its last has ended.
/// Held are the conversations under way, and those that wait for their next turn.
class GeneratedSource : public RequestSource {
public:
  GeneratedSource(const scenario::RequestsSpec& spec, const SourceOptions& options, ConversationMaker maker);

  std::optional<double> next_arrival_s() override;
  std::optional<Request> next() override;
  void completed(const Request& request, double now_s) override;
  void failed(const Request& request, double now_s) override;
  double expected_count() const override { return count_; }

private:
  struct Due {
    double at_s;
    Conversation conversation;
  };
  struct Later {
    bool operator()(const Due& a, const Due& b) const {
      return a.at_s != b.at_s ? a.at_s > b.at_s : a.conversation.number > b.conversation.number;
    }
  };

  void start_clients();
  void advance_clock();
  bool clock_is_first() const;
  Conversation take_next(double& at_s);
  std::optional<Conversation> take_live(std::uint64_t number);
  void begin_another(const Conversation& ended, double not_before_s);

  ConversationMaker maker_;
  scenario::ArrivalSpec arrival_;
  double turn_pause_s_;
  double count_;
  double horizon_s_;
  bool closed_;
  double given_ = 0;
  std::optional<ArrivalClock> clock_;
  std::optional<double> clock_s_; ///< when the next conversation of an open process begins
  std::uint64_t begun_ = 0;       ///< by the clock
  std::priority_queue<Due, std::vector<Due>, Later> due_;
  std::unordered_map<std::uint64_t, Conversation> live_; ///< with a request under way that something follows
};

} // namespace iccsim::workload
