// What a name that leads nowhere may have meant.
#include "iccsim/platform/link_names.hpp"

#include "iccsim/scenario/diagnostics.hpp"
#include "platform/name_parts.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace iccsim::platform {
namespace {

constexpr std::size_t most_examples = 12;
constexpr std::size_t longest_number = 18; // digits that surely fit

/// `name` with '#' for each run of digits, and their numbers.
std::pair<std::string, std::vector<unsigned long long>> split_numbers(const std::string& name) {
  std::pair<std::string, std::vector<unsigned long long>> parts;
  for (std::size_t at = 0; at < name.size();) {
    if (!is_digit(name[at])) {
      parts.first += name[at++];
      continue;
    }
    std::size_t end = at;
    while (end < name.size() && is_digit(name[end])) {
      ++end;
    }
    parts.first += '#';
    parts.second.push_back(std::stoull(name.substr(at, std::min(end - at, longest_number))));
    at = end;
  }
  return parts;
}

/// Parts between slashes, without '#'.
std::vector<std::string> words_of(const std::string& pattern) {
  std::vector<std::string> words(1);
  for (const char c : pattern) {
    if (c == '/') {
      words.emplace_back();
    } else if (c != '#') {
      words.back() += c;
    }
  }
  return words;
}

/// Whether `some` are among `all`, in this order.
bool within(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  std::size_t next = 0;
  for (const std::string& word : all) {
    next += next < some.size() && some[next] == word ? 1 : 0;
  }
  return next == some.size();
}

/// One name for both directions.
std::string without_direction(const std::string& name) {
  const std::string last = name.substr(name.rfind('/') + 1);
  const bool direction = last == "out" || last == "in" || last == "up" || last == "down";
  return direction ? stem_of(name) : name;
}

bool begins(const std::string& name, const std::string& head) {
  return name.compare(0, head.size(), head) == 0 && (name.size() == head.size() || name[head.size()] == '/');
}

} // namespace

LinkSpelling::LinkSpelling(const Cluster& cluster) : cluster_(cluster) {
  const auto take = [this](ResourceId resource) {
    if (cluster_.kind(resource) != ResourceKind::cpu) {
      const std::string name = cluster_.resource_name(resource);
      kinds_.emplace(cluster_.kind(resource), without_direction(name));
      add(name);
      add(stem_of(name));
    }
  };
  for (const NodeResources& block : cluster.node_resources()) {
    for (const NodeId node : {NodeId{0}, block.nodes - 1}) {
      for (ResourceId local = 0; local < block.per_node; ++local) {
        take(block.first + node * block.per_node + local);
      }
    }
  }
  for (ResourceId resource = beyond_nodes(cluster); resource < cluster.resource_count(); ++resource) {
    take(resource);
  }
}

void LinkSpelling::add(const std::string& name) {
  if (name.empty()) {
    return;
  }
  const auto [pattern, numbers] = split_numbers(name);
  Sort& sort = sorts_[pattern];
  if (sort.first.empty()) {
    sort.first = name;
    for (const auto number : numbers) {
      sort.bounds.emplace_back(number, number);
    }
  }
  sort.last = name;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    sort.bounds[i] = {std::min(sort.bounds[i].first, numbers[i]), std::max(sort.bounds[i].second, numbers[i])};
  }
}

/// What the first part of the pattern may have meant: with a number or without one, or misspelt. Empty: nothing.
std::string LinkSpelling::head_like(const std::string& pattern) const {
  std::set<std::string> heads;
  for (const auto& [known, sort] : sorts_) {
    heads.insert(head_of(known));
  }
  const std::string head = head_of(pattern);
  const std::string bare = head.substr(0, head.rfind("-#"));
  for (const std::string& spelling : {head, bare, bare + "-#"}) {
    if (heads.count(spelling) != 0) {
      return spelling;
    }
  }
  return scenario::nearest_spelling(head, {heads.begin(), heads.end()});
}

/// The pattern below `head` that is nearest to one whose first part meant that head. Empty: none is near.
std::string LinkSpelling::pattern_like(const std::string& head, const std::string& pattern) const {
  std::string meant = head + pattern.substr(head_of(pattern).size());
  std::vector<std::string> patterns;
  for (const auto& [known, sort] : sorts_) {
    if (begins(known, head)) {
      patterns.push_back(known);
    }
  }
  if (std::find(patterns.begin(), patterns.end(), meant) != patterns.end()) {
    return meant;
  }
  std::string shortest; // of those that only have more parts
  for (const std::string& known : patterns) {
    if (within(words_of(meant), words_of(known)) && (shortest.empty() || known.size() < shortest.size())) {
      shortest = known;
    }
  }
  return shortest.empty() ? scenario::nearest_spelling(meant, patterns) : shortest;
}

/// The name of this pattern with the numbers of `name`, as near as they come: its first part's in the first part, the
/// others behind. What has no number gets the lowest.
std::string LinkSpelling::filled(const std::string& pattern, const std::string& name) const {
  const std::string head = head_of(name);
  std::vector<unsigned long long> left = split_numbers(head).second;
  const Sort& sort = sorts_.at(pattern);
  std::string out;
  std::size_t bound = 0;
  std::size_t next = 0;
  for (const char c : pattern) {
    if (c == '/' && out.find('/') == std::string::npos) {
      left = split_numbers(name.substr(head.size())).second;
      next = 0;
    }
    if (c != '#') {
      out += c;
      continue;
    }
    const auto [low, high] = sort.bounds[bound++];
    out += std::to_string(next < left.size() ? std::clamp(left[next], low, high) : low);
    ++next;
  }
  return find_links(cluster_, {out}).front().empty() ? sort.first : out;
}

std::string LinkSpelling::hint(const std::string& name) const {
  const std::string pattern = split_numbers(name).first;
  const auto known = sorts_.find(pattern);
  if (known != sorts_.end()) { // numbers that are not there
    const std::string& first = known->second.first;
    const std::string& last = known->second.last;
    return first == last ? "did you mean '" + first + "'?" : "such names go from " + first + " to " + last;
  }
  const std::string head = head_like(pattern);
  const std::string meant = head.empty() ? "" : pattern_like(head, pattern);
  return meant.empty() ? "" : "did you mean '" + filled(meant, name) + "'?";
}

std::vector<std::string> LinkSpelling::examples(const std::string& name) const {
  const std::string head = head_like(split_numbers(name).first);
  std::vector<std::string> examples;
  const auto list = [&examples](const std::string& example) {
    if (std::find(examples.begin(), examples.end(), example) == examples.end() && examples.size() < most_examples) {
      examples.push_back(example);
    }
  };
  for (auto sort = sorts_.begin(); sort != sorts_.end() && !head.empty(); ++sort) {
    const auto next = std::next(sort);
    const bool whole = next == sorts_.end() || !begins(next->first, sort->first); // others go on from a part
    if (begins(sort->first, head) && whole) {
      list(without_direction(sort->second.first));
    }
  }
  if (examples.empty()) {
    for (const auto& [kind, example] : kinds_) {
      list(example);
    }
  }
  return examples;
}

} // namespace iccsim::platform
