#include "cli/size_plan.hpp"

#include "cli/size_load.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

namespace iccsim::cli {
namespace {

constexpr const char* nothing_finished =
    "not a single request finished within the duration of the run: a longer `duration` is needed to tell";

constexpr double load_tolerance = 0.02;

/// Shares of the highest load that the curve shows: the flat part, the knee, and what lies beyond.
constexpr double curve_shares[] = {0.25, 0.5, 0.7, 0.85, 0.95, 1.05, 1.2, 1.5};

class SizeSearch {
public:
  SizeSearch(const SizeQuestion& question, SizeTrials& trials, int most_cards)
      : question_(question), trials_(trials), most_cards_(most_cards) {}

  SizeAnswer run() {
    std::vector<int> counts = question_.counts();
    if (most_cards_ >= question_.cards_of(std::vector<int>(counts.size(), 1)) && out_of_reach()) {
      return std::move(answer_);
    }
    const bool found = counts.size() == 1 ? search_pool(counts, 0) : search_together(counts) && shrink_each(counts);
    if (found) {
      answer_.counts = counts;
      note_growth(trials_.at(counts, 1));
      note_burst(trials_.at(counts, 1));
    }
    for (auto& trial : trials_.all()) {
      if (trial.factor == 1) {
        answer_.search.push_back(std::move(trial));
      }
    }
    std::sort(answer_.search.begin(), answer_.search.end(), [this](const SizeTrial& a, const SizeTrial& b) {
      return question_.cards_of(a.counts) < question_.cards_of(b.counts);
    });
    return std::move(answer_);
  }

private:
  bool steady() const {
    const scenario::RequestsSpec& requests = question_.spec().requests;
    return requests.trace.empty() && requests.arrival.curve.empty() &&
           requests.arrival.process != scenario::ArrivalProcess::closed;
  }

  void add_note(const std::string& note) { answer_.note += (answer_.note.empty() ? "" : "; ") + note; }

  /// Steady arrivals that have not filled the service yet say too little of what it needs.
  void note_growth(const SizeTrial& trial) {
    constexpr double noise = 1.05;
    if (steady() && trial.figures.growth > noise) {
      add_note(fmt::format("requests in the system were still growing towards the end ({:.0f}% in a quarter of the "
                           "run): a longer duration, or more requests, may need more replicas",
                           100 * (trial.figures.growth - 1)));
    }
  }

  /// Requests that have all come before the first are answered are a burst, whatever their rate.
  void note_burst(const SizeTrial& trial) {
    constexpr double fills = 4; // answers that follow one another
    const scenario::RequestsSpec& requests = question_.spec().requests;
    if (!steady() || requests.count <= 0 || requests.arrival.rate_per_s <= 0) {
      return;
    }
    const double span_s = requests.count / requests.arrival.rate_per_s;
    const double answer_s = trial.figures.latencies.e2e.mean_s;
    if (span_s < fills * answer_s) {
      add_note(
          fmt::format("all {:.0f} requests come within {:.3g} s, and one takes {:.3g} s: this is the answer for such "
                      "a burst, and the curve's too; a lasting rate of {:.6g}/s may need many more replicas: ask "
                      "with {:.0f} requests or more",
                      requests.count, span_s, answer_s, requests.arrival.rate_per_s,
                      std::ceil(10 * answer_s * requests.arrival.rate_per_s)));
    }
  }

  /// What a request that has the service for itself already misses, no number of replicas keeps.
  bool out_of_reach() {
    constexpr double sample = 1000;
    constexpr double least_sample = 200;
    constexpr double sampling = 1.25; // what a quantile of a sample may be off
    const double count = question_.spec().requests.count;
    const bool all = count > 0 && count <= sample;
    const SizeTrial lone = trials_.alone(all ? count : sample);
    if (lone.figures.failed > 0) {
      answer_.note = fmt::format("a request fails on any number of replicas: {}", lone.figures.failed_reason);
      return true;
    }
    if (lone.figures.completed == 0) {
      answer_.note = nothing_finished;
      return true;
    }
    if (lone.figures.completed < (all ? count : least_sample)) {
      return false; // the horizon cut it off
    }
    for (const auto& promise : question_.promises) {
      const double alone_s = promise.latency.of(lone.figures.latencies);
      if (alone_s > promise.within_s * (all ? 1 : sampling)) {
        answer_.note =
            fmt::format("{} of requests that are alone with a replica is {} already, and {} is promised: no "
                        "number of replicas keeps that; a faster replica (more cards, a higher tensor "
                        "degree, fewer bits) or shorter requests may",
                        promise.latency.label, report::human_seconds(alone_s), report::human_seconds(promise.within_s));
        return true;
      }
    }
    return false;
  }

  /// With the others as they are; leaves the answer in `counts`.
  bool search_pool(std::vector<int>& counts, std::size_t pool) {
    const int others = question_.cards_of(counts) - question_.pools[pool].cards * counts[pool];
    const int most = (most_cards_ - others) / question_.pools[pool].cards;
    auto at = [&](int count) {
      auto changed = counts;
      changed[pool] = count;
      return changed;
    };
    return take(fewest(counts[pool], most, [&](int count) { return look(at(count)); }), counts, at, most);
  }

  /// Both pools in the proportion of the file.
  bool search_together(std::vector<int>& counts) {
    const std::vector<int> unit = counts;
    const int most = most_cards_ / question_.cards_of(unit);
    auto at = [&](int factor) {
      auto changed = unit;
      for (int& count : changed) {
        count *= factor;
      }
      return changed;
    };
    return take(fewest(1, most, [&](int factor) { return look(at(factor)); }), counts, at, most);
  }

  template <typename At> bool take(const Fewest& found, std::vector<int>& counts, At at, int most) {
    if (!found.count) {
      say_why(found, most);
      return false;
    }
    counts = at(*found.count);
    if (!found.monotone) {
      answer_.note =
          "more replicas are not better everywhere: a neighbour of the answer misses what it keeps, or keeps "
          "what it should miss";
    }
    return true;
  }

  bool shrink_each(std::vector<int>& counts) {
    for (std::vector<int> before; before != counts;) {
      before = counts;
      // Decode first: it holds most of the cards.
      for (std::size_t pool = counts.size(); pool-- > 0;) {
        search_pool(counts, pool);
      }
    }
    return true;
  }

  void say_why(const Fewest& found, int most) {
    const auto trials = trials_.all();
    if (!trials.empty() && std::all_of(trials.begin(), trials.end(), [](const SizeTrial& trial) {
          return trial.figures.completed + trial.figures.failed == 0;
        })) {
      answer_.note = nothing_finished;
      return;
    }
    answer_.note = most < 1 ? fmt::format("one replica needs {}, and {} left for this job",
                                          report::counted(question_.cards_of(question_.counts()), "card"),
                                          most_cards_ == 1 ? "1 is" : fmt::format("{} are", most_cards_))
                   : found.hopeless
                       ? "more replicas do not bring it closer: what misses the promise is not the number of them"
                       : fmt::format("{}, all that this job may have, cannot keep the promise",
                                     report::counted(most_cards_, "card"));
  }

  Verdict look(const std::vector<int>& counts) { return trials_.at(counts, 1).verdict; }

  const SizeQuestion& question_;
  SizeTrials& trials_;
  int most_cards_;
  SizeAnswer answer_;
};

/// Every point on some thread; they are looked up again afterwards.
void run_all(SizeTrials& trials, const std::vector<int>& counts, const std::vector<double>& factors, unsigned threads) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::min<std::size_t>(std::max(1u, threads), factors.size()); ++i) {
    workers.emplace_back([&] {
      try {
        for (std::size_t k = next++; k < factors.size(); k = next++) {
          trials.at(counts, factors[k]);
        }
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        failure = std::current_exception();
      }
    });
  }
  for (auto& worker : workers) {
    worker.join();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

} // namespace

SizeAnswer find_size(const SizeQuestion& question, SizeTrials& trials, int most_cards) {
  return SizeSearch(question, trials, most_cards).run();
}

LoadCurve find_curve(const SizeQuestion& question, SizeTrials& trials, const std::vector<int>& counts,
                     unsigned threads) {
  LoadCurve curve;
  curve.counts = counts;
  curve.highest = largest_load(load_tolerance, [&](double factor) { return trials.at(counts, factor).verdict; });
  std::set<double> factors;
  for (const double share : curve_shares) {
    factors.insert(whole_factor(question.spec().requests, share * curve.highest.value_or(1)));
  }
  run_all(trials, counts, {factors.begin(), factors.end()}, threads);
  for (auto& trial : trials.all()) {
    if (trial.counts == counts) {
      curve.points.push_back(std::move(trial));
    }
  }
  return curve;
}

} // namespace iccsim::cli
