#include "engine/job/episode_book.hpp"

#include "engine/job/step_window.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace iccsim::engine {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double lone_error = 0.5;   ///< of a single sample, a share of it
constexpr double least_error = 0.05; ///< of many
constexpr double elsewhere = 2;      ///< times the error: samples from other surroundings
constexpr double unseen_error = 0.5; ///< of a neighbour that was never seen, a share of the episode
constexpr double few_bystanders = 16;
constexpr int times_seen = 1; ///< beside others, before a job is taken to be like other bystanders
constexpr double most_bystanders = 256;
constexpr double bystander_error = 2; ///< standard deviations
constexpr std::size_t most_samples = 16;
constexpr double least_seen_weight = 4; ///< each episode seen makes a part so much surer

bool names(const EpisodeKind& kind, std::size_t id) {
  return std::any_of(kind.begin(), kind.end(), [id](const auto& owner) { return owner.first == id; });
}

} // namespace

void EpisodeBook::add(int surroundings, const EpisodeKind& kind, double lasted_s,
                      const std::map<Id, StepRecord>& extras) {
  Kind& known = kinds_[kind];
  known.lasted_s += lasted_s;
  ++known.times;
  for (const auto& [id, extra] : extras) {
    std::vector<Sample>& samples = known.samples[id];
    if (samples.size() == most_samples) {
      samples.erase(samples.begin());
    }
    if (!names(kind, id) && lasted_s > 0) {
      learn_bystander(id, extra.seconds / lasted_s);
    }
    samples.push_back({surroundings, extra});
    learn_parts(kind, id, extra);
  }
}

void EpisodeBook::learn_bystander(Id id, double share) {
  ++bystander_times_[id];
  ++bystanders_;
  const double weight = std::max(1 / bystanders_, 1 / most_bystanders);
  bystander_squares_ += weight * (share * share - bystander_squares_);
}

/// What an episode may cost a job that was never seen beside it: as much as others cost it and its like, once it has
/// been seen beside any.
double EpisodeBook::unseen_error_s(Id id, double lasts_s) const {
  const auto times = bystander_times_.find(id);
  if (bystanders_ < few_bystanders || times == bystander_times_.end() || times->second < times_seen) {
    return unseen_error * lasts_s;
  }
  return std::min(unseen_error, bystander_error * std::sqrt(bystander_squares_)) * lasts_s;
}

/// What the sum missed is shared out: to those that were seen least, most.
void EpisodeBook::learn_parts(const EpisodeKind& kind, Id id, const StepRecord& extra) {
  const EpisodeCost foretold = sum_of_parts(kind, id);
  StepRecord missed = extra;
  missed.seconds -= foretold.extra.seconds;
  add_scaled(missed, foretold.extra.classes, -1);
  double weights = 0;
  bool all_seen = true;
  for (const auto& owner : kind) {
    const double seen = parts_[{owner, id}].seen;
    all_seen = all_seen && seen > 0;
    weights += 1 / (1 + least_seen_weight * seen);
  }
  if (all_seen) {
    Foresight& foresight = foresight_[id];
    ++foresight.times;
    const double share = std::max(1 / foresight.times, 0.25);
    foresight.squares += share * (missed.seconds * missed.seconds - foresight.squares);
  }
  for (const auto& owner : kind) {
    Part& part = parts_[{owner, id}];
    const double share = 1 / (1 + least_seen_weight * part.seen) / weights * (all_seen ? 0.5 : 1);
    part.extra.seconds += share * missed.seconds;
    add_scaled(part.extra, missed.classes, share);
    ++part.seen;
  }
}

EpisodeCost EpisodeBook::sum_of_parts(const EpisodeKind& kind, Id id) const {
  EpisodeCost cost;
  bool all_seen = true;
  double unseen_squares = 0;
  for (const auto& owner : kind) {
    const auto part = parts_.find({owner, id});
    if (part == parts_.end() || part->second.seen == 0) {
      all_seen = all_seen && owner.first != id;
      unseen_squares += std::pow(unseen_error_s(id, lasts_s({owner})), 2);
      continue;
    }
    cost.extra.seconds += part->second.extra.seconds;
    add_scaled(cost.extra, part->second.extra.classes, 1);
  }
  const auto foresight = foresight_.find(id);
  const double size = std::abs(cost.extra.seconds);
  const bool tried = foresight != foresight_.end() && foresight->second.times > 0;
  cost.error_s = !all_seen ? never
                 : tried
                     ? std::sqrt(unseen_squares + std::max(std::pow(least_error * size, 2), foresight->second.squares))
                     : std::hypot(std::sqrt(unseen_squares), lone_error * size);
  return cost;
}

double EpisodeBook::lasts_s(const EpisodeKind& kind) const {
  const auto found = kinds_.find(kind);
  if (found != kinds_.end()) {
    return found->second.lasted_s / found->second.times;
  }
  double longest = -1; // of its owners' own, or, of the first, together with others
  for (const auto& owner : kind) {
    const auto own = kinds_.find({owner});
    longest = own == kinds_.end() ? longest : std::max(longest, own->second.lasted_s / own->second.times);
  }
  if (longest >= 0) {
    return longest;
  }
  for (const auto& [other, known] : kinds_) {
    if (names(other, kind.front().first)) {
      longest = std::max(longest, known.lasted_s / known.times);
    }
  }
  return longest < 0 ? never : longest;
}

EpisodeCost EpisodeBook::cost(int surroundings, const EpisodeKind& kind, Id id) const {
  EpisodeCost cost;
  const auto found = kinds_.find(kind);
  const auto mine =
      found != kinds_.end() ? found->second.samples.find(id) : std::map<Id, std::vector<Sample>>::const_iterator{};
  if (found == kinds_.end() || mine == found->second.samples.end()) {
    cost.error_s = names(kind, id) ? never : unseen_error_s(id, lasts_s(kind));
    return cost;
  }
  std::vector<Sample> samples;
  std::copy_if(mine->second.begin(), mine->second.end(), std::back_inserter(samples),
               [surroundings](const Sample& sample) { return sample.surroundings == surroundings; });
  const bool here = !samples.empty();
  if (samples.size() < 2) {
    samples = mine->second;
  }
  const auto count = static_cast<double>(samples.size());
  double squares = 0;
  for (const Sample& sample : samples) {
    cost.extra.seconds += sample.extra.seconds / count;
    add_scaled(cost.extra, sample.extra.classes, 1 / count);
  }
  for (const Sample& sample : samples) {
    squares += std::pow(sample.extra.seconds - cost.extra.seconds, 2);
  }
  const double size = std::abs(cost.extra.seconds);
  cost.error_s =
      count < 2 ? lone_error * size : std::max(least_error * size, std::sqrt(squares / (count * (count - 1))));
  cost.error_s *= here ? 1 : elsewhere;
  return cost;
}

void EpisodeBook::forget(Id id) {
  foresight_.erase(id);
  bystander_times_.erase(id);
  for (auto part = parts_.begin(); part != parts_.end();) {
    const bool gone = part->first.second == id || part->first.first.first == id;
    part = gone ? parts_.erase(part) : std::next(part);
  }
  for (auto kind = kinds_.begin(); kind != kinds_.end();) {
    kind->second.samples.erase(id);
    kind = names(kind->first, id) ? kinds_.erase(kind) : std::next(kind);
  }
}

} // namespace iccsim::engine
