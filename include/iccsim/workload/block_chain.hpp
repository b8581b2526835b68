// What a request shares with others: one hash for each full block of its tokens, as prefix caches keep them.
#pragma once

#include <cstdint>
#include <vector>

namespace iccsim::workload {

/// Hashes of the full blocks of a request's tokens, the prompt's first and then the output's (a trace lists the prompt's
/// only). Empty where no two requests of the service can share anything. Hash k stands for all tokens up to the end of block k: two requests have
/// it in common exactly when they begin with the same (k + 1) x block_tokens tokens. Hashes are made when asked for:
/// a chain of a thousand blocks costs no more memory than one of ten, unless a trace lists them.
class BlockChain {
public:
  /// Nothing is shared in this service.
  BlockChain() = default;

  /// A beginning that many share (`shared_key`, its full blocks), then what only one conversation has (`own_key`).
  BlockChain(int block_tokens, std::uint64_t shared_key, std::int64_t shared_tokens, std::uint64_t own_key,
             std::int64_t own_tokens);

  /// A trace's own hashes, one for `listed_tokens` tokens; `tokens` of the prompt. Blocks of `block_tokens` where one
  /// of the two sizes divides the other, else of `listed_tokens`.
  BlockChain(int block_tokens, std::vector<std::uint64_t> listed, int listed_tokens, std::int64_t tokens);

  int block_tokens() const { return block_tokens_; }
  std::int64_t size() const { return blocks_; }
  bool empty() const { return blocks_ == 0; }
  /// k counts from 0; below size().
  std::uint64_t operator[](std::int64_t k) const;

private:
  int block_tokens_ = 0;
  int listed_tokens_ = 0;
  std::int64_t blocks_ = 0;
  std::int64_t shared_blocks_ = 0;
  std::uint64_t shared_key_ = 0;
  std::uint64_t own_key_ = 0;
  std::vector<std::uint64_t> listed_;
};

} // namespace iccsim::workload
