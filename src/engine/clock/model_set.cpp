#include "engine/clock/model_set.hpp"

#include <algorithm>

namespace iccsim::engine {

double ModelSet::next_time() const {
  double next = never_s;
  for (TimedModel* model : models_) {
    next = std::min(next, model->next_time());
  }
  return next;
}

void ModelSet::advance(double now) {
  while (next_time() <= now) {
    for (TimedModel* model : models_) {
      model->advance(now);
    }
  }
}

} // namespace iccsim::engine
