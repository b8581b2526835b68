#include "scenario/yaml_builder.hpp"

#include "scenario/quote.hpp"
#include "scenario/reading.hpp"
#include "scenario/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

/// One for the value, one more for every 64 bytes of text: memory follows it.
std::size_t weight_of(const std::string& text) {
  return 1 + text.size() / 64;
}

} // namespace

Spot YamlBuilder::spot(const YAML::Mark& mark) const {
  return placed_ ? Spot{file_, mark.line + 1, mark.column + 1} : Spot{file_, 0, 0};
}

void YamlBuilder::spend(std::size_t weight, const Spot& at) {
  weight_ += weight;
  if (weight_ > YamlLimits::weight) {
    throw YamlRefused{at, "the file holds too many values, aliases counted as often as they are used",
                      fmt::format("at most {} values", YamlLimits::weight)};
  }
}

/// "?" and "!" are how yaml-cpp says that there was none.
void YamlBuilder::refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
  if (!tag.empty() && tag != "?" && tag != "!") {
    throw YamlRefused{spot(mark), "a YAML tag (!), which the language does not use", "the value alone"};
  }
}

/// yaml-cpp takes the end of the file for the missing quote.
void YamlBuilder::refuse_open_quote(const YAML::Mark& mark) const {
  std::size_t at = static_cast<std::size_t>(mark.pos);
  while (at < text_.size() && text_[at] == '&') { // an anchor stands before the value
    at = text_.find_first_not_of(" \t\r\n", std::min(text_.find_first_of(" \t\r\n", at), text_.size()));
  }
  const char quote = at < text_.size() ? text_[at] : ' ';
  if (quote != '"' && quote != '\'') {
    return; // a block text
  }
  for (++at; at < text_.size(); ++at) {
    if (text_[at] == '\\' && quote == '"') {
      ++at;
    } else if (text_[at] == quote && quote == '\'' && at + 1 < text_.size() && text_[at + 1] == quote) {
      ++at;
    } else if (text_[at] == quote) {
      return;
    }
  }
  throw YamlRefused{spot(mark), "a quote is opened and never closed", ""};
}

/// Of the mapping or list that is open.
std::string YamlBuilder::path() const {
  std::string path;
  for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
    const Open& open = open_[i];
    path = open.tree.is_mapping() ? joined(path, open.key) : path + "[" + std::to_string(open.tree.items.size()) + "]";
  }
  return path;
}

void YamlBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ > 1) {
    throw YamlRefused{spot(mark), "a second YAML document starts here", "one document in a file"};
  }
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Tree tree;
  tree.spot = spot(mark);
  spend(1, tree.spot);
  place(std::move(tree), anchor, 1);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  if (value.size() > YamlLimits::text_bytes) {
    throw YamlRefused{spot(mark), fmt::format("a text of {} bytes", value.size()),
                      fmt::format("at most {} bytes", YamlLimits::text_bytes)};
  }
  refuse_tag(mark, tag);
  Tree tree;
  tree.kind = Tree::Kind::scalar;
  tree.spot = spot(mark);
  tree.text = value;
  tree.quoted = tag == "!"; // yaml-cpp's mark of a non-plain scalar
  if (tree.quoted) {
    refuse_open_quote(mark);
  }
  spend(weight_of(value), tree.spot);
  place(std::move(tree), anchor, weight_of(value));
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    throw YamlRefused{spot(mark), "an alias inside the value that it stands for", "an anchor that ends before"};
  }
  spend(found->second.weight, spot(mark)); // before the copy: a bomb is refused while it is small
  place(found->second.tree, 0, found->second.weight);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  refuse_tag(mark, tag);
  open(mark, anchor, Tree::Kind::sequence);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  refuse_tag(mark, tag);
  open(mark, anchor, Tree::Kind::mapping);
}

void YamlBuilder::open(const YAML::Mark& mark, YAML::anchor_t anchor, Tree::Kind kind) {
  if (open_.size() >= YamlLimits::depth) {
    throw YamlRefused{spot(mark), "lists and mappings are nested too deeply",
                      fmt::format("at most {} levels", YamlLimits::depth)};
  }
  Open opened;
  opened.tree.kind = kind;
  opened.tree.spot = spot(mark);
  opened.anchor = anchor;
  opened.weight_before = weight_;
  spend(1, opened.tree.spot);
  open_.push_back(std::move(opened));
}

void YamlBuilder::close() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  place(std::move(closed.tree), closed.anchor, weight_ - closed.weight_before);
}

void YamlBuilder::place(Tree tree, YAML::anchor_t anchor, std::size_t weight) {
  if (anchor != 0) {
    spend(weight, tree.spot); // the kept copy costs memory too
    anchors_[anchor] = {tree, weight};
  }
  if (open_.empty()) {
    root_ = std::move(tree);
    return;
  }
  Open& parent = open_.back();
  if (parent.tree.is_sequence()) {
    parent.tree.items.push_back(std::move(tree));
  } else if (parent.awaits_value) {
    take_value(parent, std::move(tree));
  } else {
    take_key(tree);
  }
}

void YamlBuilder::take_key(const Tree& tree) {
  if (!tree.is_scalar()) {
    throw YamlRefused{tree.spot, fmt::format("{} where a key belongs", noun(tree.kind)), "a word before the colon"};
  }
  Open& parent = open_.back();
  parent.awaits_value = true;
  parent.key = tree.text;
  parent.key_spot = tree.spot;
  const auto [first, is_new] = parent.line_of_key.emplace(tree.text, tree.spot.line);
  parent.key_is_repeated = !is_new;
  if (!is_new) {
    diagnostics_.add({tree.spot.place(), joined(path(), tree.text),
                      fmt::format("key {} appears twice in this mapping", quote(tree.text)), "each key once",
                      placed_ ? fmt::format("the first is in line {}", first->second) : ""});
  }
}

void YamlBuilder::take_value(Open& parent, Tree tree) {
  parent.awaits_value = false;
  if (!parent.key_is_repeated) {
    parent.tree.entries.push_back({std::move(parent.key), parent.key_spot, std::move(tree)});
  }
}

} // namespace iccsim::scenario
