#include "workload/requests/mooncake_trace.hpp"

#include "scenario/quote.hpp"
#include "workload/requests/length_draw.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace iccsim::workload {
namespace {

using Json = nlohmann::json;
using Outcome = RowFormat::Outcome;

/// Reads the members of one object and keeps the first problem.
class ObjectReader {
public:
  ObjectReader(const Json& object, RowProblem& problem) : object_(object), problem_(problem) {}

  double time_s(const char* key) {
    const Json* value = find(key);
    if (value != nullptr && value->is_number() && std::isfinite(value->get<double>()) && value->get<double>() >= 0) {
      return value->get<double>() / 1000;
    }
    fail(key, value, "milliseconds, at least 0");
    return 0;
  }

  int tokens(const char* key, int least) {
    const Json* value = find(key);
    if (value != nullptr && value->is_number_integer()) {
      // A number beyond 64 bits is no integer to the parser; one beyond 63 is unsigned.
      const bool fits = !value->is_number_unsigned() || value->get<std::uint64_t>() <= std::uint64_t{largest_length};
      if (fits && value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= largest_length) {
        return value->get<int>();
      }
    }
    fail(key, value, fmt::format("a whole number from {} to {}", least, largest_length));
    return 0;
  }

  std::vector<std::uint64_t> hashes(const char* key) {
    std::vector<std::uint64_t> hashes;
    const Json* value = find(key);
    if (value == nullptr) {
      return hashes;
    }
    if (!value->is_array()) {
      fail(key, value, "a list of whole numbers");
      return hashes;
    }
    hashes.reserve(value->size());
    for (const auto& hash : *value) {
      if (!hash.is_number_integer()) {
        fail(key, &hash, "whole numbers of at most 64 bits");
        return {};
      }
      hashes.push_back(hash.is_number_unsigned() ? hash.get<std::uint64_t>()
                                                 : static_cast<std::uint64_t>(hash.get<std::int64_t>()));
    }
    return hashes;
  }

  bool ok() const { return ok_; }

private:
  const Json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  void fail(const char* key, const Json* value, std::string expected) {
    if (!ok_) {
      return;
    }
    ok_ = false;
    problem_ = {1, value == nullptr ? fmt::format("no {}", key) : fmt::format("{} is {}", key, shown(*value)),
                std::move(expected)};
  }

  /// Structures by their type only: printing walks down them, however deep they are. Bytes that are no UTF-8 are
  /// replaced: a message must not throw.
  static std::string shown(const Json& value) {
    return value.is_structured() ? std::string("an ") + value.type_name()
                                 : scenario::quote(value.dump(-1, ' ', true, Json::error_handler_t::replace));
  }

  const Json& object_;
  RowProblem& problem_;
  bool ok_ = true;
};

} // namespace

Outcome MooncakeTrace::read_row(std::string_view line, TraceRow& row, RowProblem& problem) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) {
    problem = {1, fmt::format("{} is no JSON object", scenario::quote(line)),
               R"({"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]} on one line)"};
    return Outcome::problem;
  }
  ObjectReader members(object, problem);
  row.at_s = members.time_s("timestamp");
  row.output_tokens = members.tokens("output_length", 0);
  row.prompt_tokens = members.tokens("input_length", row.output_tokens == 0 ? 0 : 1);
  row.hashes = members.hashes("hash_ids");
  if (!members.ok()) {
    return Outcome::problem;
  }
  // One for each block, the last of which may be short; some lists leave that out.
  const std::size_t full = static_cast<std::size_t>(row.prompt_tokens) / block_tokens_;
  const std::size_t blocks = (static_cast<std::size_t>(row.prompt_tokens) + block_tokens_ - 1) / block_tokens_;
  if (row.hashes.size() > blocks || (row.hashes.size() < full && object.contains("hash_ids"))) {
    problem = {1, fmt::format("{} hash_ids for {} tokens", row.hashes.size(), row.prompt_tokens),
               fmt::format("{}, one for each {} tokens (block_tokens)",
                           full == blocks ? fmt::format("{}", full) : fmt::format("{} or {}", full, blocks),
                           block_tokens_)};
    return Outcome::problem;
  }
  return row.output_tokens == 0 ? Outcome::skipped : Outcome::row;
}

} // namespace iccsim::workload
