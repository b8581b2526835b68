#include "engine/serving/service.hpp"

#include "iccsim/metrics/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {
namespace {

OpenRequest open_request(const Sequence& sequence, const AttentionGroup& group, double now) {
  OpenRequest open;
  open.rank = sequence.rank;
  open.age_s = now - sequence.arrival_s;
  open.asked_tokens = sequence.request.output_tokens;
  open.output_tokens = sequence.phase == SequencePhase::decoding ? group.decodes().emitted(sequence) : sequence.emitted;
  const int prompt = sequence.request.prompt_tokens;
  open.prompt_tokens = open.output_tokens > 0 ? prompt : std::min(prompt, sequence.computed);
  if (open.output_tokens > 0 && !sequence.comes_from_prefill()) {
    open.ttft_s = sequence.first_token_s - sequence.arrival_s;
  }
  return open;
}

} // namespace

metrics::StateSeconds Service::states(double now) const {
  metrics::StateSeconds seconds;
  for (const auto& replica : replicas_) {
    seconds += replica->states(now);
  }
  return seconds;
}

double Service::hand_over_wait_s(double now) const {
  double seconds = 0;
  for (const auto& replica : replicas_) {
    seconds += replica->hand_over_wait_s(now) * replica->cards();
  }
  return seconds;
}

metrics::ServiceFigures Service::figures(double now) const {
  std::vector<OpenRequest> open;
  double emitted = 0;
  for (const Sequence& sequence : pool_.places()) {
    if (sequence.phase == SequencePhase::unused) {
      continue;
    }
    const Replica& replica = *replicas_[replica_of_[sequence.group]];
    open.push_back(open_request(sequence, replica.group(sequence.group - replica.first_group()), now));
    emitted += open.back().output_tokens;
  }
  double counted = 0;
  double block_seconds = 0;
  double peak_share = 0;
  double in_use = 0;
  for (const auto& replica : replicas_) {
    replica->check();
    for (std::size_t g = 0; g < replica->groups(); ++g) {
      counted += replica->group(g).emitted_tokens();
      in_use += static_cast<double>(replica->group(g).kv().in_use());
      block_seconds += replica->group(g).block_seconds(now);
      peak_share = std::max(peak_share, replica->group(g).peak_share());
    }
  }
  // Speculated tokens are spread evenly over a sequence's passes: within one of what it has.
  const double allowed = 1e-6 * std::max(1.0, emitted) + static_cast<double>(pool_.live());
  if (std::abs(counted - emitted) > allowed || (pool_.live() == 0 && in_use != 0)) {
    throw metrics::InternalError(fmt::format("tokens or blocks are left: {} tokens counted, {} emitted, {} blocks in "
                                             "use by {} requests",
                                             counted, emitted, in_use, pool_.live()));
  }
  metrics::ServiceFigures figures = meter_.figures(now, open, blocks_);
  for (const KvTier tier : {KvTier::host, KvTier::nvme}) {
    kv_peak_bytes(tier);
  }
  figures.kv_blocks = static_cast<double>(setup_.replicas.back().settings.kv_blocks);
  figures.mean_kv_share = now > start_s_ ? block_seconds / (blocks_ * (now - start_s_)) : 0;
  figures.peak_kv_share = peak_share;
  figures.evidence = setup_.replicas.front().costs->evidence();
  return figures;
}

} // namespace iccsim::engine::serving
