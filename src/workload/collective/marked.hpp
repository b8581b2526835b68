// A set of numbers that is filled in any order and emptied in ascending order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace iccsim::workload {

class Marked {
public:
  explicit Marked(std::size_t numbers) : words_(numbers / word_bits + 1), first_word_(words_.size()) {}

  void add(std::size_t number) {
    const std::size_t word = number / word_bits;
    words_[word] |= std::uint64_t{1} << number % word_bits;
    first_word_ = std::min(first_word_, word);
    last_word_ = std::max(last_word_, word);
  }
  /// Calls `visit(number)` for each, and forgets them.
  template <typename Visit> void drain(Visit visit) {
    for (std::size_t word = first_word_; word <= last_word_ && word < words_.size(); ++word) {
      for (std::uint64_t bits = std::exchange(words_[word], 0); bits != 0; bits &= bits - 1) {
        visit(word * word_bits + static_cast<std::size_t>(__builtin_ctzll(bits)));
      }
    }
    first_word_ = words_.size();
    last_word_ = 0;
  }

private:
  static constexpr std::size_t word_bits = 64;

  std::vector<std::uint64_t> words_;
  std::size_t first_word_; ///< that may hold a bit
  std::size_t last_word_ = 0;
};

} // namespace iccsim::workload
