// platform.storage[]
#include "scenario/declare.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using S = StorageSpec;
using D = Dimension;

Keys<S> server_keys() {
  return {
      integer("servers", &S::servers, "storage servers", 1, 1'000'000),
      quantity("read", &S::read_bytes_per_s, D::bandwidth, range::positive, "of one server"),
      quantity("write", &S::write_bytes_per_s, D::bandwidth, range::positive, "of one server"),
      integer("nics", &S::nics, "of one server", 1, 1024),
      quantity("nic", &S::nic_bytes_per_s, D::bandwidth, range::positive, "of one NIC, one direction"),
      quantity("metadata_rate", &S::metadata_per_s, D::rate, range::positive,
               "files opened or created, all servers together; default: no limit"),
      by_default(integer("stripe_servers", &S::stripe_servers, "servers that one file lies on", 1, 1'000'000), "all"),
      by_default(integer("connections", &S::connections, "requests in flight of one client node", 1, 1'000'000),
                 "any number"),
      choice("network", &S::network, "what the servers are plugged into"),
  };
}

Keys<S> client_keys() {
  return {
      quantity("stream_read", &S::stream_read_bytes_per_s, D::bandwidth, range::positive,
               "most that one reader process gets; default: no limit"),
      quantity("stream_write", &S::stream_write_bytes_per_s, D::bandwidth, range::positive,
               "most that one writer gets; default: no limit"),
      quantity("latency", &S::latency_s, D::time, range::not_negative, "of a request, until its first byte"),
      quantity("request", &S::request_bytes, D::bytes, range::positive, "bytes of one request; each pays the latency"),
      flag("gpu_direct", &S::gpu_direct, "bytes pass between NIC or drive and card without host memory"),
  };
}

Keys<S> tier_keys() {
  return {
      text("behind", &S::behind, "tiered: the storage that misses go to"),
      choice("cache", &S::cache, "tiered: what it caches in"),
      by_default(quantity("cache_capacity", &S::cache_bytes, D::bytes, range::positive,
                          "tiered: of one node, or of one server when cache is servers"),
                 "all of the node's drives"),
  };
}

} // namespace

const Keys<S>& storage_keys() {
  static const Keys<S> keys = together<S>(together<S>({required(text("name", &S::name, "what jobs call it")),
                                                       choice("type", &S::kind, "what kind of storage")},
                                                      server_keys()),
                                          together<S>(client_keys(), tier_keys()));
  return keys;
}

} // namespace iccsim::scenario
