// A whole scenario, typed and validated, and how to read one.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"
#include "iccsim/scenario/health.hpp"
#include "iccsim/scenario/job.hpp"
#include "iccsim/scenario/platform_spec.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace iccsim::scenario {

/// What a paper prints for one figure; `value` in the metric's own unit (result.json's).
struct Expectation {
  std::string metric; ///< path in result.json: jobs.pretrain.hardware_tflops_per_card
  double value = 0;
  double tolerance = 0.05; ///< share of `value`
  std::string source;
  bool calibration = false; ///< `calibration: true`: this row fixed a calibration, it is no prediction
  Place place;
};

struct Scenario {
  std::string file;
  std::string name;
  std::string title;
  std::uint64_t seed = 1;
  std::optional<double> duration_s;
  PlatformSpec platform;
  std::vector<JobSpec> jobs;
  std::vector<StragglerSpec> stragglers;
  std::vector<FaultSpec> faults;
  std::vector<Expectation> expect;
};

/// One `--set path=value`, value in YAML.
using Override = std::pair<std::string, std::string>;

/// Where names lead: ROOT/platforms/{chips,nodes,fabrics,clusters,software}/NAME.yaml, ROOT/scenarios/models/NAME.yaml.
struct Library {
  std::filesystem::path root;
  /// ICCSIM_LIBRARY, else the source tree or installed share/iccsim beside the executable.
  static Library locate();
  /// Names that `kind` (chips, nodes, fabrics, clusters, software, models) offers, sorted.
  std::vector<std::string> names(const std::string& kind) const;
};

/// Reads, resolves references, validates. On errors the optional is empty and `diagnostics` says why;
/// never throws for anything that a file holds.
std::optional<Scenario> read_scenario(const std::filesystem::path& file, const Library& library,
                                      const std::vector<Override>& overrides, Diagnostics& diagnostics);

/// One library file on its own (for `iccsim list`, and for the library's tests).
std::optional<ChipSpec> read_chip(const std::string& name, const Library&, Diagnostics&);
std::optional<NodeSpec> read_node(const std::string& name, const Library&, Diagnostics&);
std::optional<PlatformSpec> read_cluster(const std::string& name, const Library&, Diagnostics&);
std::optional<SoftwareSpec> read_software(const std::string& name, const Library&, Diagnostics&);
std::optional<ModelSpec> read_model(const std::string& name, const Library&, Diagnostics&);

} // namespace iccsim::scenario
