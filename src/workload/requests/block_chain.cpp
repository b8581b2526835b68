#include "iccsim/workload/block_chain.hpp"

#include "platform/mix_hash.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

std::uint64_t block_hash(std::uint64_t key, std::int64_t k) {
  return platform::mix_hash(platform::mix_hash(key) ^ static_cast<std::uint64_t>(k));
}

} // namespace

BlockChain::BlockChain(int block_tokens, std::uint64_t shared_key, std::int64_t shared_tokens, std::uint64_t own_key,
                       std::int64_t own_tokens)
    : block_tokens_(block_tokens), blocks_((shared_tokens + own_tokens) / block_tokens),
      shared_blocks_(shared_tokens / block_tokens), shared_key_(shared_key), own_key_(own_key) {
  if (shared_blocks_ > 0) { // the same words behind another beginning are another beginning
    own_key_ ^= block_hash(shared_key, shared_blocks_);
  }
}

BlockChain::BlockChain(int block_tokens, std::vector<std::uint64_t> listed, int listed_tokens, std::int64_t tokens)
    : block_tokens_(block_tokens), listed_tokens_(listed_tokens), listed_(std::move(listed)) {
  if (listed_tokens % block_tokens != 0 && block_tokens % listed_tokens != 0) {
    block_tokens_ = listed_tokens;
  }
  // Two lists that meet again behind different beginnings have nothing in common there.
  std::uint64_t before = 0;
  for (std::uint64_t& hash : listed_) {
    hash = before = platform::mix_hash(before ^ platform::mix_hash(hash));
  }
  // The last hash of a list often stands for less than a full block, which no cache keeps.
  const std::int64_t covered = std::min(tokens, static_cast<std::int64_t>(listed_.size()) * listed_tokens);
  blocks_ = covered / block_tokens_;
}

std::uint64_t BlockChain::operator[](std::int64_t k) const {
  if (listed_.empty()) {
    return k < shared_blocks_ ? block_hash(shared_key_, k) : block_hash(own_key_, k);
  }
  if (block_tokens_ >= listed_tokens_) {
    // A listed hash covers what comes before it, so the last one of the larger block stands for all of it.
    return listed_[static_cast<std::size_t>((k + 1) * (block_tokens_ / listed_tokens_) - 1)];
  }
  const std::int64_t parts = listed_tokens_ / block_tokens_;
  return block_hash(listed_[static_cast<std::size_t>(k / parts)], k % parts);
}

} // namespace iccsim::workload
