// What every job has.
#include "scenario/job_keys.hpp"

#include "scenario/list.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using J = JobSpec;

Keys<J> common_keys(bool cards_required) {
  Key<J> cards = integer("cards", &J::cards, "accelerators that it holds", 1, 100e6);
  return {
      required(text("name", &J::name, "what results and expectations call it")),
      required(custom<J>("type", any_of(words_of<JobType>()), "what the job does",
                         [](const Value&, Reading&, J&) {})), // read before the other keys: it says which there are
      cards_required ? required(std::move(cards)) : by_default(std::move(cards), "what the replicas hold"),
      texts("pool", &J::pools, "pools that it may use; default: any"),
      quantity("submit", &J::submit_s, Dimension::time, range::not_negative, "when it is queued"),
      not_built<J>("priority", "scheduling by priority"),
  };
}

} // namespace

const Keys<J>& common_job_keys(bool cards_required) {
  static const Keys<J> with_cards = common_keys(true), without = common_keys(false);
  return cards_required ? with_cards : without;
}

} // namespace iccsim::scenario
