// The parser's events, made into a Tree.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"
#include "scenario/tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace iccsim::scenario {

/// Thrown out of the parser's recursion when a limit is passed; caught in parse_yaml.
struct YamlRefused {
  Spot spot;
  std::string message;
  std::string expected;
};

class YamlBuilder : public YAML::EventHandler {
public:
  /// `text` is what the parser reads; it outlives the builder.
  YamlBuilder(const std::string& text, std::shared_ptr<const std::string> file, bool placed, Diagnostics& diagnostics)
      : text_(text), file_(std::move(file)), placed_(placed), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  /// The document; kind null when it was empty.
  Tree take() { return std::move(root_); }

private:
  /// A collection whose end has not come yet.
  struct Open {
    Tree tree;
    YAML::anchor_t anchor = 0;
    std::size_t weight_before = 0;
    bool awaits_value = false; ///< mapping: the key has been read
    bool key_is_repeated = false;
    std::unordered_map<std::string, int> line_of_key; ///< mapping: the keys so far
    std::string key;
    Spot key_spot;
  };
  struct Anchored {
    Tree tree;
    std::size_t weight = 0;
  };

  Spot spot(const YAML::Mark& mark) const;
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Tree::Kind kind);
  void close();
  void place(Tree tree, YAML::anchor_t anchor, std::size_t weight);
  void take_key(const Tree& tree);
  void take_value(Open& parent, Tree tree);
  void spend(std::size_t weight, const Spot& at);

  void refuse_open_quote(const YAML::Mark& mark) const;
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const;
  std::string path() const;

  const std::string& text_;
  std::shared_ptr<const std::string> file_;
  bool placed_;
  Diagnostics& diagnostics_;
  Tree root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t weight_ = 0;
  int documents_ = 0;
};

} // namespace iccsim::scenario
