// Distributions of lengths, shared prefixes and priorities against their laws, with fixed seeds.
#include "requests_kit.hpp"

#include "workload/requests/weighted_choice.hpp"

#include <map>
#include <set>

using namespace iccsim;
using namespace iccsim::requests_kit;
using scenario::LengthDistribution;

namespace {

constexpr double samples = 20000;

std::vector<double> prompts(const scenario::LengthsSpec& lengths) {
  auto spec = poisson(1, samples);
  spec.prompt = lengths;
  std::vector<double> found;
  for (const auto& request : play(spec)) {
    found.push_back(request.prompt_tokens);
  }
  return found;
}

scenario::LengthsSpec lengths(LengthDistribution distribution, double mean, double cv) {
  scenario::LengthsSpec spec;
  spec.distribution = distribution;
  spec.mean = mean;
  spec.cv = cv;
  return spec;
}

} // namespace

TEST_CASE("Lognormal lengths have the mean and the coefficient of variation asked for") {
  for (const double cv : {0.2, 0.8, 1.5}) {
    const auto found = moments(prompts(lengths(LengthDistribution::lognormal, 2000, cv)));
    INFO("cv " << cv);
    CHECK(found.mean == Approx(2000).epsilon(4 * cv / std::sqrt(samples)));
    CHECK(found.cv == Approx(cv).epsilon(0.08));
  }
}

TEST_CASE("The median of a lognormal is its mean over sqrt(1 + cv^2)") {
  auto found = prompts(lengths(LengthDistribution::lognormal, 2000, 1));
  std::nth_element(found.begin(), found.begin() + found.size() / 2, found.end());
  CHECK(found[found.size() / 2] == Approx(2000 / std::sqrt(2)).epsilon(0.03));
}

TEST_CASE("Lognormal lengths are cut at their bounds") {
  auto spec = lengths(LengthDistribution::lognormal, 500, 2);
  spec.low = 100;
  spec.high = 1000;
  const auto found = prompts(spec);
  CHECK(*std::min_element(found.begin(), found.end()) == 100);
  CHECK(*std::max_element(found.begin(), found.end()) == 1000);
}

TEST_CASE("Uniform lengths take every whole number of their range equally often") {
  scenario::LengthsSpec spec = lengths(LengthDistribution::uniform, 0, 0);
  spec.low = 3;
  spec.high = 12;
  std::map<double, double> times;
  for (const double length : prompts(spec)) {
    times[length] += 1;
  }
  REQUIRE(times.size() == 10);
  CHECK(times.begin()->first == 3);
  for (const auto& [length, count] : times) {
    CHECK(count == Approx(samples / 10).margin(5 * std::sqrt(samples / 10)));
  }
}

TEST_CASE("Constant lengths are what they are, and never less than one token") {
  CHECK(moments(prompts(lengths(LengthDistribution::constant, 777, 0))).mean == 777);
  CHECK(moments(prompts(lengths(LengthDistribution::constant, 0, 0))).mean == 1);
}

TEST_CASE("Empirical lengths are drawn from their file") {
  auto spec = lengths(LengthDistribution::empirical, 0, 0);
  spec.file = "lengths.txt";
  std::map<double, double> times;
  for (const double length : prompts(spec)) {
    times[length] += 1;
  }
  REQUIRE(times.size() == 3);
  for (const double length : {10, 20, 30}) {
    CHECK(times[length] == Approx(samples / 3).margin(5 * std::sqrt(samples / 3)));
  }
}

TEST_CASE("Lines of a file of lengths that are none are reported with their place") {
  auto spec = poisson(1, 10);
  spec.output = lengths(LengthDistribution::empirical, 0, 0);
  spec.output.file = "bad-lengths.txt";
  scenario::Diagnostics diagnostics;
  workload::check_requests(spec, options(), diagnostics);
  std::vector<int> lines;
  for (const auto& problem : diagnostics.list()) {
    lines.push_back(problem.place.line);
    CHECK(problem.path == "requests.output.file");
  }
  CHECK(lines == std::vector<int>{2, 3, 4, 5, 6});
  CHECK(diagnostics.list()[3].message == "'many' is no length");
}

TEST_CASE("Changing prompts does not reshuffle arrivals, outputs or prefixes") {
  auto base = poisson(3, 200);
  base.output = lengths(LengthDistribution::lognormal, 300, 1);
  base.shared_prefix = {64, 10, 1};
  auto changed = base;
  changed.prompt = lengths(LengthDistribution::lognormal, 900, 1);
  const auto first = play(base);
  const auto second = play(changed);
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].arrival_s == second[i].arrival_s);
    CHECK(first[i].output_tokens == second[i].output_tokens);
    CHECK(first[i].blocks[0] == second[i].blocks[0]);
  }
}

TEST_CASE("Shared prefixes are picked by Zipf's law") {
  auto spec = poisson(1, samples);
  spec.shared_prefix = {160, 8, 1.2};
  std::map<std::uint64_t, double> times;
  for (const auto& request : play(spec)) {
    CHECK(request.prompt_tokens == 260);
    times[request.blocks[9]] += 1;
  }
  REQUIRE(times.size() == 8);
  std::vector<double> counts;
  for (const auto& [hash, count] : times) {
    counts.push_back(count);
  }
  std::sort(counts.rbegin(), counts.rend());
  double sum = 0;
  for (int rank = 1; rank <= 8; ++rank) {
    sum += std::pow(rank, -1.2);
  }
  for (int rank = 1; rank <= 8; ++rank) {
    const double expected = samples * std::pow(rank, -1.2) / sum;
    CHECK(counts[static_cast<std::size_t>(rank - 1)] == Approx(expected).margin(5 * std::sqrt(expected)));
  }
}

TEST_CASE("Priorities come in their shares") {
  auto spec = poisson(1, samples);
  spec.priorities = {{0, 0.7}, {5, 0.3}};
  double high = 0;
  for (const auto& request : play(spec)) {
    REQUIRE((request.priority == 0 || request.priority == 5));
    high += request.priority == 5 ? 1 : 0;
  }
  CHECK(high / samples == Approx(0.3).margin(4 * std::sqrt(0.21 / samples)));
}
