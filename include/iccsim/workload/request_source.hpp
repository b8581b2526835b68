// The requests of an inference service, one after the other, as they reach its router.
//
//   auto source = make_request_source(spec.requests, options, diagnostics);
//   while (const auto at_s = source->next_arrival_s()) { ... auto request = source->next(); ... }
//
// A source holds what is under way, never all requests: traces of millions of rows are read as they are played.
// Everything random is keyed by seed, purpose (arrivals, prompts, outputs, turns, prefixes, priorities, pauses) and the
// number of the conversation: changing one does not reshuffle another, and the order in which requests end neither.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"
#include "iccsim/scenario/inference.hpp"
#include "iccsim/workload/block_chain.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>

namespace iccsim::workload {

struct Request {
  std::uint64_t number = 0; ///< from 0, in the order in which the source gives them
  double arrival_s = 0;     ///< since the service began
  int prompt_tokens = 0;    ///< at least 1; the shared prefix and the earlier turns are part of it
  int output_tokens = 0;    ///< at least 1
  int priority = 0;         ///< higher goes first
  std::uint64_t conversation = 0;
  int turn = 0;   ///< from 0, in its conversation
  int client = 0; ///< of a closed loop, from 0
  BlockChain blocks;
};

class RequestSource {
public:
  virtual ~RequestSource() = default;

  /// When the next request comes, as far as is known now; empty: none is due before another one has ended, or ever.
  virtual std::optional<double> next_arrival_s() = 0;

  /// That request. Times never go back, except that what `completed` brings may come before what was announced.
  virtual std::optional<Request> next() = 0;

  /// A request that `next` gave has its last token: its client may ask again, at `now_s` or later. Every request is to
  /// be reported once, here or as `failed`.
  virtual void completed(const Request& request, double now_s) = 0;

  /// A request was refused: its conversation ends, its client begins another.
  virtual void failed(const Request& request, double now_s) = 0;

  /// How many requests there will be in all, where that is known before they have come; else 0.
  virtual double expected_count() const = 0;
};

struct SourceOptions {
  std::uint64_t seed = 1; ///< the scenario's, mixed with the job's place in it where a scenario has several
  int block_tokens = 16;  ///< of BlockChain: the engine's KV block
  double horizon_s = std::numeric_limits<double>::infinity(); ///< requests later than this do not come
  std::filesystem::path directory;                            ///< that file names are relative to: the scenario's own
  std::string path = "requests";                              ///< the key's path, for diagnostics
};

/// Opens files and checks their headers. Null when something is wrong: `diagnostics` says what. A bad row that is met
/// while a trace is played throws std::runtime_error: `check_requests` finds all of them before that.
std::unique_ptr<RequestSource> make_request_source(const scenario::RequestsSpec& spec, const SourceOptions& options,
                                                   scenario::Diagnostics& diagnostics);

/// Reads the files that the requests name from end to end and adds what is wrong with them, with file and line; the
/// first 20 rows of a file.
void check_requests(const scenario::RequestsSpec& spec, const SourceOptions& options,
                    scenario::Diagnostics& diagnostics);

} // namespace iccsim::workload
