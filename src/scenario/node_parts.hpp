// The key tables of a node's parts.
#pragma once

#include "iccsim/scenario/node.hpp"
#include "scenario/list.hpp"

namespace iccsim::scenario {

/// Rows of a list in a node file; more is a mistake or an attack.
constexpr std::size_t most_rows = 256;

/// `nics: [{ count: 8, bandwidth: ... }]`
struct NicRow {
  int count = 1;
  NicSpec nic;
};

/// `nvme: [{ count: 8, capacity: ... }]`
struct NvmeRow {
  int count = 1;
  NvmeSpec drive;
};

const Keys<ScaleUpSpec>& scale_up_keys();
const Keys<PcieSwitchSpec>& pcie_keys();
const Keys<NicRow>& nic_keys();
const Keys<NvmeRow>& nvme_keys();
const Keys<HostSpec>& host_keys();

} // namespace iccsim::scenario
