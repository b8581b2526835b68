#include "iccsim/metrics/samples.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using iccsim::metrics::Samples;

TEST_CASE("quantiles are nearest ranks of the sorted samples") {
  std::mt19937 random(3);
  Samples samples;
  std::vector<double> sorted;
  for (int i = 0; i < 500; ++i) {
    const double value = static_cast<double>(random() % 97);
    const int times = 1 + static_cast<int>(random() % 3);
    samples.add(value, times);
    sorted.insert(sorted.end(), static_cast<std::size_t>(times), value);
  }
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const double value : sorted) {
    sum += value;
  }
  CHECK(samples.count() == static_cast<double>(sorted.size()));
  CHECK(samples.mean() == Approx(sum / samples.count()));
  for (const double share : {0.01, 0.25, 0.5, 0.9, 0.99, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * samples.count()));
    CHECK(samples.quantile(share) == sorted[rank - 1]);
  }
}

TEST_CASE("no samples, no figures") {
  Samples samples;
  CHECK(samples.mean() == 0);
  CHECK(samples.quantile(0.5) == 0);
  samples.add(3, 0);
  CHECK(samples.count() == 0);
}
