// Scenarios of a few lines, read with the small library beside this file.
#pragma once

#include "iccsim/scenario/scenario.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario::test {

/// tests/scenario/library.
Library library();

/// A file that exists while the object does.
class TemporaryFile {
public:
  explicit TemporaryFile(const std::string& text);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

struct Outcome {
  std::optional<Scenario> scenario;
  std::vector<std::string> messages; ///< without the file's name
};

Outcome read(const std::string& yaml, const std::vector<Override>& overrides = {});
/// Fails the test when there are mistakes.
Scenario read_good(const std::string& yaml, const std::vector<Override>& overrides = {});

/// A pretraining scenario; each argument replaces a part.
struct Parts {
  std::string top;
  std::string platform = "{ nodes: [ { name: gpu, type: dgx-a100-80g, count: 16 } ], fabric: rail-2tier }";
  std::string model = "gpt3-175b";
  std::string cards = "128";
  std::string parallelism = "{ tensor: 8, pipeline: 4 }";
  std::string batch = "{ global: 64, sequence: 2048 }";
  std::string more; ///< further keys of the job, one a line, not indented
};
std::string pretraining(const Parts& parts = {});

const PretrainingSpec& pretraining_of(const Scenario& scenario);

} // namespace iccsim::scenario::test
