// What every job has.
#include "scenario/job_keys.hpp"

#include "scenario/list.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {

const Keys<JobSpec>& common_job_keys() {
  using J = JobSpec;
  static const Keys<J> keys = {
      required(text("name", &J::name, "what results and expectations call it")),
      required(custom<J>("type", any_of(words_of<JobType>()), "what the job does",
                         [](const Value&, Reading&, J&) {})), // read before the other keys: it says which there are
      required(integer("cards", &J::cards, "accelerators that it holds", 1, 100e6)),
      texts("pool", &J::pools, "pools that it may use; default: any"),
      quantity("submit", &J::submit_s, Dimension::time, range::not_negative, "when it is queued"),
      not_built<J>("priority", "scheduling by priority"),
  };
  return keys;
}

} // namespace iccsim::scenario
