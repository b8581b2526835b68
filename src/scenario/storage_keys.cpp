// platform.storage[]
#include "scenario/declare.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using S = StorageSpec;
using D = Dimension;

bool has_servers(const S& storage) {
  return storage.kind == StorageKind::parallel_fs || storage.kind == StorageKind::object_store;
}

/// A rate that storage with servers needs.
template <double S::*rate> std::optional<Mistake> needs(const S& storage) {
  if (has_servers(storage) && storage.*rate == 0) {
    return Mistake{fmt::format("storage of type {} needs this rate of a server", name_of(storage.kind)),
                   expected_quantity(D::bandwidth), ""};
  }
  return std::nullopt;
}

} // namespace

const Keys<S>& storage_keys() {
  static const Keys<S> keys = {
      required(text("name", &S::name, "what jobs call it")),
      choice("type", &S::kind, "what kind of storage"),
      integer("servers", &S::servers, "storage servers", 1, 1'000'000),
      quantity("read", &S::read_bytes_per_s, D::bandwidth, range::positive, "of one server"),
      quantity("write", &S::write_bytes_per_s, D::bandwidth, range::positive, "of one server"),
      integer("nics", &S::nics, "of one server", 1, 1024),
      quantity("nic", &S::nic_bytes_per_s, D::bandwidth, range::positive, "of one NIC, one direction"),
  };
  return keys;
}

void check_storage(const Value& root, Reading& reading, const S& storage) {
  static const std::vector<Rule<S>> rules = {
      {{"read", "type"}, needs<&S::read_bytes_per_s>},
      {{"write", "type"}, needs<&S::write_bytes_per_s>},
      {{"nic", "type"}, needs<&S::nic_bytes_per_s>},
  };
  apply(rules, storage, root, reading);
}

} // namespace iccsim::scenario
