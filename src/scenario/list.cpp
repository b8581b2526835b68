#include "scenario/list.hpp"

namespace iccsim::scenario {

bool is_list(const Value& value, Reading& reading, std::size_t longest, const std::string& of) {
  if (value.tree->kind == Tree::Kind::null) {
    reading.fail_at_key(value, "the value is missing", of);
    return false;
  }
  if (!value.tree->is_sequence()) {
    reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)), of);
    return false;
  }
  if (value.tree->items.size() > longest) {
    reading.fail(value, fmt::format("a list of {} elements", value.tree->items.size()),
                 fmt::format("at most {}", longest));
    return false;
  }
  return true;
}

} // namespace iccsim::scenario
