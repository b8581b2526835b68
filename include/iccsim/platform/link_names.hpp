// Links by their names in results, and what was meant by names that lead nowhere.
#pragma once

#include "iccsim/platform/cluster.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace iccsim::platform {

/// For each name the resources that it means: the one of this name (gpu-17/nic3/out), or, without its last part, all
/// that go on from there (gpu-17/nic3: both directions). Processor cores carry no bytes and are no links. Names of
/// nodes are found without a look at the other nodes.
std::vector<std::vector<ResourceId>> find_links(const Cluster& cluster, const std::vector<std::string>& names);

/// Advice on names that find_links() does not know. Knows names by what they have in common: all but their numbers.
class LinkSpelling {
public:
  /// Looks at two nodes of each pool, and at all resources beyond nodes. `cluster` must outlive it.
  explicit LinkSpelling(const Cluster& cluster);
  /// "did you mean 'gpu-1/nic3'?", or from where to where the numbers of such names go; empty when no name is near.
  std::string hint(const std::string& name) const;
  /// What names look like, an example of each sort: of those that begin as `name` does, else one of each kind.
  std::vector<std::string> examples(const std::string& name) const;

private:
  /// Names alike but for their numbers.
  struct Sort {
    std::string first, last;                                               ///< in the order of resources
    std::vector<std::pair<unsigned long long, unsigned long long>> bounds; ///< of each number
  };

  void add(const std::string& name);
  std::string head_like(const std::string& pattern) const;
  std::string pattern_like(const std::string& head, const std::string& pattern) const;
  std::string filled(const std::string& pattern, const std::string& name) const;

  const Cluster& cluster_;
  std::map<std::string, Sort> sorts_;         ///< by name with '#' for each number
  std::map<ResourceKind, std::string> kinds_; ///< an example of each
};

} // namespace iccsim::platform
