#include "report/resource_part.hpp"

#include <algorithm>

namespace iccsim::report {
namespace {

ResourcePart collectives_only(std::vector<std::string> kinds, const char* title) {
  return {std::move(kinds), title, false, true, true};
}

ResourcePart storage_only(std::vector<std::string> kinds, const char* title) {
  return {std::move(kinds), title, true, false, true};
}

const std::vector<ResourcePart>& parts() {
  static const std::vector<ResourcePart> rows = {
      collectives_only({"scale_up_out", "scale_up_in"}, "scale-up bandwidth"),
      collectives_only({"scale_up_link"}, "scale-up link bandwidth"),
      {{"pcie_slot"}, "PCIe slot bandwidth"},
      {{"pcie_uplink"}, "PCIe root-port bandwidth"},
      {{"socket_link"}, "bandwidth between sockets"},
      {{"host_memory"}, "host memory bandwidth"},
      storage_only({"cpu"}, "CPU cores"),
      storage_only({"nvme"}, "local NVMe bandwidth"),
      {{"nic_out", "nic_in"}, "node NIC bandwidth"},
      {{"leaf_up", "leaf_down"}, "leaf-to-spine bandwidth"},
      {{"spine_up", "spine_down"}, "spine-to-core bandwidth"},
      {{"fabric_link"}, "fabric link bandwidth"},
      storage_only({"storage_nic"}, "storage server NIC bandwidth"),
      storage_only({"storage_media"}, "storage media bandwidth"),
      storage_only({"storage_metadata"}, "metadata rate of the storage"),
      storage_only({"storage_connections"}, "connections to the storage"),
      {{"streams"}, "what streams and workers of the jobs take", true, false, false},
  };
  return rows;
}

} // namespace

ResourcePart part_of(const std::string& kind) {
  for (const ResourcePart& part : parts()) {
    if (std::find(part.kinds.begin(), part.kinds.end(), kind) != part.kinds.end()) {
      return part;
    }
  }
  return {{kind}, "capacity", true, true, false};
}

} // namespace iccsim::report
