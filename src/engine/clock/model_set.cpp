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

double ModelSet::advance(double now) {
  double next = now;
  do {
    for (TimedModel* model : models_) {
      model->advance(now);
    }
    next = next_time();
  } while (next <= now);
  return next;
}

} // namespace iccsim::engine
