#include "cli/bench_cases.hpp"

#include "cli/invalid_input.hpp"

#include "iccsim/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace iccsim::cli {
namespace {

namespace fs = std::filesystem;

struct Target {
  const char* name;
  double wall_s;
  double peak_bytes;
};

// Release build on two cores that nobody else uses.
constexpr Target targets[] = {
    {"all-reduce-1gb-10240", 0.1, 100e6},  {"gpt3-175b-10k-one-step", 0.3, 0},
    {"llama3-405b-16k-54-days", 2, 200e6}, {"llama3-405b-100k-54-days", 3, 500e6},
    {"shared-fabric-64-jobs", 20, 0},      {"shared-fabric-storage-64-jobs", 20, 0},
    {"serving-1m-requests", 20, 1e9},
};

constexpr int cards_per_node = 8;
constexpr int fewest_cards = 1024;
constexpr int most_cards = 131072;

BenchCase plain_case(const fs::path& file) {
  BenchCase bench{file.stem().string(), file.string(), {}, 0, 0, 0};
  const auto target =
      std::find_if(std::begin(targets), std::end(targets), [&](const Target& t) { return bench.name == t.name; });
  if (target != std::end(targets)) {
    bench.target_wall_s = target->wall_s;
    bench.target_peak_bytes = target->peak_bytes;
  }
  return bench;
}

/// The same replica of 64 cards, more and more of them, a sequence each and micro-batch.
BenchCase scaled_case(const fs::path& file, int cards) {
  BenchCase bench = plain_case(file);
  bench.name += fmt::format(" {:>6}", cards);
  bench.cards = cards;
  if (cards == fewest_cards) {
    return bench; // as it is written
  }
  bench.settings = {fmt::format("platform.nodes.gpu.count={}", cards / cards_per_node),
                    fmt::format("jobs.pretrain.cards={}", cards),
                    fmt::format("jobs.pretrain.batch.global={}", cards / 4)};
  return bench;
}

/// The nearest name beside the missing one.
std::string hint_for(fs::path path) {
  if (!path.has_filename()) {
    path = path.parent_path(); // ends in a slash
  }
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", error)) {
    names.push_back(entry.path().filename().string());
  }
  const std::string nearest = scenario::nearest_spelling(path.filename().string(), names);
  return nearest.empty() ? "" : "; did you mean '" + path.parent_path().append(nearest).string() + "'?";
}

std::vector<fs::path> files_of(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw InvalidInput(path.string() + ": no such file or directory" + hint_for(path));
  }
  if (!fs::is_directory(path, error)) {
    return {path};
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().extension() == ".yaml") {
      files.push_back(entry.path());
    }
  }
  if (error) {
    throw InvalidInput(path.string() + ": cannot be read: " + error.message());
  }
  if (files.empty()) {
    throw InvalidInput(path.string() + ": holds no benchmark scenarios (*.yaml)");
  }
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

std::vector<BenchCase> bench_cases(const std::string& path) {
  std::vector<BenchCase> cases;
  for (const auto& file : files_of(path)) {
    if (file.stem() != "scaling") {
      cases.push_back(plain_case(file));
      continue;
    }
    for (int cards = fewest_cards; cards <= most_cards; cards *= 2) {
      cases.push_back(scaled_case(file, cards));
    }
  }
  return cases;
}

} // namespace iccsim::cli
