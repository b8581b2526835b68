// Requests that can be played: when they come, how long they are, when they end.
#include "scenario/inference_keys.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

namespace iccsim::scenario {
namespace {

namespace fs = std::filesystem;
using Result = std::optional<Mistake>;

struct RequestFacts {
  const RequestsSpec& requests;
  const Scenario& scenario;

  const ArrivalSpec& arrival() const { return requests.arrival; }
  bool from_trace() const { return !requests.trace.empty(); }
  bool closed() const { return arrival().process == ArrivalProcess::closed; }
};
using F = RequestFacts;

Result closed_has_clients(const F& f) {
  if (f.from_trace() || !f.closed() || f.arrival().concurrency > 0) {
    return std::nullopt;
  }
  return Mistake{"a closed loop needs its clients", "concurrency: a whole number", ""};
}

Result open_has_rate(const F& f) {
  if (f.from_trace() || f.closed() || f.arrival().rate_per_s > 0 || !f.arrival().curve.empty()) {
    return std::nullopt;
  }
  return Mistake{fmt::format("arrivals of process {} need a rate", name_of(f.arrival().process)),
                 "rate: 12 /s, or a curve", ""};
}

Result rate_said_once(const F& f) {
  if (f.arrival().curve.empty() || f.arrival().rate_per_s == 0) {
    return std::nullopt;
  }
  return Mistake{"a rate and a curve of rates", "one of the two", ""};
}

Result closed_has_no_rate(const F& f) {
  if (!f.closed() || (f.arrival().rate_per_s == 0 && f.arrival().curve.empty())) {
    return std::nullopt;
  }
  return Mistake{"clients of a closed loop set the rate themselves", "concurrency, or another process", ""};
}

/// The spread of gaps is a number of gamma alone: the others' is their own.
Result gaps_have_cv(const F& f) {
  return f.arrival().cv == 1 || f.arrival().process == ArrivalProcess::gamma
             ? std::nullopt
             : Result(Mistake{fmt::format("gaps of process {} have no cv", name_of(f.arrival().process)),
                              "process: gamma, or no cv", ""});
}

Result open_has_no_clients(const F& f) {
  const ArrivalSpec& a = f.arrival();
  if (f.closed() || (a.concurrency == 0 && a.think_s == 0 && a.ramp_s == 0)) {
    return std::nullopt;
  }
  return Mistake{fmt::format("arrivals of process {} have no clients", name_of(a.process)),
                 "process: closed for concurrency, think and ramp", ""};
}

Result curve_runs_forward(const F& f) {
  const auto& curve = f.arrival().curve;
  double area = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    area += curve[i].rate_per_s;
    if (i > 0 && curve[i].at_s <= curve[i - 1].at_s) {
      return Mistake{fmt::format("point {} of the curve is not later than the one before", i + 1), "rising times", ""};
    }
  }
  if (!curve.empty() && area == 0) {
    return Mistake{"the curve is zero everywhere", "a rate above 0 somewhere", ""};
  }
  if (!curve.empty() && f.arrival().period_s > 0 && f.arrival().period_s < curve.back().at_s) {
    return Mistake{"the curve repeats before it has ended", "a period of at least its last point", ""};
  }
  return std::nullopt;
}

Result period_has_curve(const F& f) {
  return f.arrival().period_s == 0 || !f.arrival().curve.empty()
             ? std::nullopt
             : Result(Mistake{"a period without a curve", "a curve that repeats", ""});
}

Result requests_end(const F& f) {
  const bool ends = f.from_trace() || f.requests.count > 0 || f.scenario.duration_s.has_value();
  return ends ? std::nullopt : Result(Mistake{"requests without end", "a count, or a duration of the scenario", ""});
}

Result shares_fill(const F& f) {
  double sum = 0;
  for (const PrioritySpec& row : f.requests.priorities) {
    sum += row.share;
  }
  for (std::size_t i = 1; i < f.requests.priorities.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (f.requests.priorities[i].priority == f.requests.priorities[k].priority) {
        return Mistake{fmt::format("priority {} is listed twice", f.requests.priorities[i].priority),
                       "each priority once", ""};
      }
    }
  }
  if (f.requests.priorities.empty() || std::abs(sum - 1) < 1e-6) {
    return std::nullopt;
  }
  return Mistake{fmt::format("the classes hold {:g} % of the requests", 100 * sum), "shares that add up to 100 %", ""};
}

const std::vector<Rule<F>>& rules() {
  static const std::vector<Rule<F>> table = {
      {{"requests.arrival.concurrency", "requests.arrival.process", "requests.trace"}, closed_has_clients},
      {{"requests.arrival.rate", "requests.arrival.process", "requests.arrival.curve", "requests.trace"},
       open_has_rate},
      {{"requests.arrival.rate", "requests.arrival.curve"}, rate_said_once},
      {{"requests.arrival.process", "requests.arrival.rate", "requests.arrival.curve"}, closed_has_no_rate},
      {{"requests.arrival.process", "requests.arrival.concurrency", "requests.arrival.think", "requests.arrival.ramp"},
       open_has_no_clients},
      {{"requests.arrival.cv", "requests.arrival.process"}, gaps_have_cv},
      {{"requests.arrival.curve", "requests.arrival.period"}, curve_runs_forward},
      {{"requests.arrival.period", "requests.arrival.curve"}, period_has_curve},
      {{"requests.count", "requests.trace", "duration"}, requests_end},
      {{"requests.priorities"}, shares_fill},
  };
  return table;
}

Result lengths_are_whole(const LengthsSpec& l) {
  switch (l.distribution) {
  case LengthDistribution::constant:
    return l.mean >= 1 ? std::nullopt : Result(Mistake{"the length is not said", "mean: at least 1", ""});
  case LengthDistribution::lognormal:
    return l.mean > 0 ? std::nullopt : Result(Mistake{"a lognormal length needs its mean", "mean above 0", ""});
  case LengthDistribution::uniform:
    return l.low >= 1 && l.high > 0 ? std::nullopt
                                    : Result(Mistake{"a uniform length needs its bounds", "min and max", ""});
  case LengthDistribution::empirical:
    return !l.file.empty() ? std::nullopt : Result(Mistake{"an empirical length needs its file", "file: NAME", ""});
  }
  return std::nullopt;
}

Result bounds_in_order(const LengthsSpec& l) {
  return l.high == 0 || l.low <= l.high
             ? std::nullopt
             : Result(Mistake{fmt::format("min {:g} is above max {:g}", l.low, l.high), "min up to max", ""});
}

/// Cut off on one side of its mean, a distribution has another.
Result mean_within_bounds(const LengthsSpec& l) {
  const bool within = l.mean >= l.low && (l.high == 0 || l.mean <= l.high);
  return l.distribution != LengthDistribution::lognormal || within || l.mean == 0
             ? std::nullopt
             : Result(Mistake{l.high == 0 ? fmt::format("mean {:g} is below min {:g}", l.mean, l.low)
                                          : fmt::format("mean {:g} is not within {:g} and {:g}, min and max", l.mean,
                                                        l.low, l.high),
                              "a mean from min to max", ""});
}

/// What a distribution does not read is a misunderstanding.
void check_belongings(const Value& at, Reading& reading, const LengthsSpec& lengths) {
  using D = LengthDistribution;
  const auto is = [&](D a, D b) { return lengths.distribution == a || lengths.distribution == b; };
  const bool bounded = is(D::uniform, D::lognormal);
  const std::pair<const char*, bool> rows[] = {{"mean", is(D::constant, D::lognormal)},
                                               {"cv", is(D::lognormal, D::lognormal)},
                                               {"min", bounded},
                                               {"max", bounded},
                                               {"file", is(D::empirical, D::empirical)}};
  for (const auto& [key, holds] : rows) {
    const Tree::Entry* entry = at.tree->find(key);
    if (entry != nullptr && !holds && reading.trusts(at.path + ".distribution")) {
      reading.fail_at_key(at.child(*entry), fmt::format("lengths of distribution {} have no {}",
                                                        name_of(lengths.distribution), quote(key)));
    }
  }
}

/// A file that a scenario names lies beside it.
void check_file(const Value& place, Reading& reading, const std::string& name, const Scenario& scenario) {
  if (name.empty() || !reading.trusts(place.path)) {
    return;
  }
  std::error_code error;
  const fs::path file = fs::path(scenario.file).parent_path() / name; // an absolute name stands for itself
  if (!fs::is_regular_file(file, error)) {
    reading.fail(place, fmt::format("{} leads to no file", quote(name)), "a file, relative to the scenario");
  }
}

void check_lengths(const Value& job, Reading& reading, const RequestFacts& f, const LengthsSpec& lengths,
                   const std::string& at) {
  static const std::vector<Rule<LengthsSpec>> table = {
      {{"mean", "distribution", "min", "max", "file"}, lengths_are_whole},
      {{"min", "max"}, bounds_in_order},
      {{"mean", "min", "max", "distribution"}, mean_within_bounds}};
  const Value value = job.seek("requests." + at);
  apply(table, lengths, value, reading);
  check_belongings(value, reading, lengths);
  check_file(value.seek("file"), reading, lengths.file, f.scenario);
}

/// Keys that say what the trace says too, and those that only a trace has.
void check_trace(const Value& job, Reading& reading, const RequestFacts& f) {
  const Value requests = job.seek("requests");
  for (const char* key : {"arrival", "prompt", "output", "turns", "shared_prefix"}) {
    const Tree::Entry* entry = requests.tree->find(key);
    if (f.from_trace() && entry != nullptr) {
      reading.fail_at_key(requests.child(*entry), "the trace says when requests come and how long they are",
                          "a trace, or arrival, prompt and output");
    }
  }
  for (const char* key : {"format", "time_scale", "repeat", "block_tokens"}) {
    const Tree::Entry* entry = requests.tree->find(key);
    if (!f.from_trace() && entry != nullptr) {
      reading.fail_at_key(requests.child(*entry), fmt::format("{} without a trace", quote(key)), "trace: FILE");
    }
  }
  const Tree::Entry* hashes = requests.tree->find("block_tokens");
  const bool format_known = f.from_trace() && reading.trusts(requests.path + ".format");
  if (hashes != nullptr && format_known && f.requests.format != TraceFormat::mooncake) {
    reading.fail_at_key(requests.child(*hashes),
                        fmt::format("traces of format {} have no hashes of blocks", name_of(f.requests.format)),
                        "format: mooncake, or no block_tokens");
  }
  check_file(requests.seek("trace"), reading, f.requests.trace, f.scenario);
}

void require_lengths(const Value& job, Reading& reading, const char* key) {
  const Value requests = job.seek("requests");
  if (requests.tree->find(key) == nullptr && reading.trusts(requests.path + "." + key)) {
    Value place = requests;
    place.path = requests.path + "." + key;
    reading.fail(place, fmt::format("key {} is missing, and there is no trace", quote(key)), "a count or a mapping");
  }
}

} // namespace

void check_requests(const Value& job, Reading& reading, const InferenceFacts& facts, const Scenario& scenario) {
  if (job.tree->find("requests") == nullptr || !job.seek("requests").tree->is_mapping()) {
    return; // reported where the keys were read
  }
  const RequestFacts f{facts.spec.requests, scenario};
  apply(rules(), f, job, reading);
  check_trace(job, reading, f);
  if (!f.from_trace() && reading.trusts(job.path + ".requests.trace")) {
    for (const auto& [key, lengths] :
         {std::pair{"prompt", &f.requests.prompt}, std::pair{"output", &f.requests.output}}) {
      require_lengths(job, reading, key);
      if (job.seek("requests").tree->find(key) != nullptr) {
        check_lengths(job, reading, f, *lengths, key);
      }
    }
    if (job.seek("requests").tree->find("turns") != nullptr && reading.trusts(job.path + ".requests.turns")) {
      check_lengths(job, reading, f, f.requests.turns.count, "turns.count");
    }
  }
}

} // namespace iccsim::scenario
