#include "engine/serving/agenda.hpp"

namespace iccsim::engine::serving {

void Agenda::place(std::size_t at, Entry entry) {
  heap_[at] = entry;
  position_[entry.actor] = static_cast<std::uint32_t>(at);
}

/// Puts an entry where it belongs, from the gap `at` up or down.
void Agenda::sift(std::size_t at, Entry entry) {
  while (at > 0 && before(entry, heap_[(at - 1) / 2])) {
    place(at, heap_[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
    child += child + 1 < heap_.size() && before(heap_[child + 1], heap_[child]) ? 1 : 0;
    if (!before(heap_[child], entry)) {
      break;
    }
    place(at, heap_[child]);
    at = child;
  }
  place(at, entry);
}

void Agenda::set(Actor actor, double time) {
  if (actor >= position_.size()) {
    position_.resize(actor + 1, absent);
  }
  if (position_[actor] == absent) {
    heap_.push_back({time, actor});
    sift(heap_.size() - 1, {time, actor});
  } else {
    sift(position_[actor], {time, actor});
  }
  if (!waking_) {
    arm();
  }
}

void Agenda::remove_at(std::size_t at) {
  position_[heap_[at].actor] = absent;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (at < heap_.size()) {
    sift(at, last);
  }
}

void Agenda::clear(Actor actor) {
  if (actor < position_.size() && position_[actor] != absent) {
    remove_at(position_[actor]);
  }
}

double Agenda::time_of(Actor actor) const {
  return actor < position_.size() && position_[actor] != absent ? heap_[position_[actor]].time : never_s;
}

void Agenda::arm() {
  if (heap_.empty() || (!armed_.empty() && armed_.back() <= heap_.front().time)) {
    return;
  }
  armed_.push_back(heap_.front().time);
  clock_.at(armed_.back(), [this] { wake(); });
}

void Agenda::wake() {
  armed_.pop_back(); // events come in order of time, and this is the earliest of ours
  waking_ = true;
  while (!heap_.empty() && heap_.front().time <= clock_.now()) {
    const Actor actor = heap_.front().actor;
    remove_at(0);
    due_(actor);
  }
  waking_ = false;
  arm();
}

} // namespace iccsim::engine::serving
