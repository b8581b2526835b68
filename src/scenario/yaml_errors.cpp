#include "scenario/yaml_errors.hpp"

#include <yaml-cpp/exceptions.h>

#include <string_view>

namespace iccsim::scenario {
namespace {

struct Phrase {
  std::string_view parser; ///< how yaml-cpp's message begins
  std::string_view ours;
};

namespace Y = YAML::ErrorMsg;

const Phrase phrases[] = {
    {Y::END_OF_MAP_FLOW, "a { has no matching } or a comma is missing"},
    {Y::END_OF_SEQ_FLOW, "a [ has no matching ] or a comma is missing"},
    {Y::END_OF_MAP, "the mapping breaks off here: a line is indented differently, or text follows a closing quote"},
    {Y::END_OF_SEQ, "the list breaks off here: a line is indented differently, or text follows a closing quote"},
    {Y::TAB_IN_INDENTATION, "a tab in the indentation, where YAML allows spaces only"},
    {Y::FLOW_END, "a ] or } that closes nothing"},
    {Y::BLOCK_ENTRY, "a list item ('- ') where none can stand"},
    {Y::MAP_KEY, "a key where none can stand; is the indentation right?"},
    {Y::MAP_VALUE, "a ':' where no key can stand; is the indentation right, or are quotes missing?"},
    {Y::EOF_IN_SCALAR, "a quote is opened and never closed"},
    {Y::DOC_IN_SCALAR, "a document marker inside a quoted text"},
    {Y::CHAR_IN_SCALAR, "a character that a plain text cannot hold; put it in quotes"},
    {Y::UNKNOWN_TOKEN, "a character that can start no value; put the text in quotes"},
    {Y::INVALID_ESCAPE, "an unknown escape after a backslash"},
    {Y::INVALID_HEX, "a bad hexadecimal escape"},
    {Y::INVALID_UNICODE, "an escape that is no Unicode character"},
    {Y::UNKNOWN_ANCHOR, "an alias (*) to an anchor that the file does not define before it"},
    {Y::ALIAS_NOT_FOUND, "a * without the name of an anchor; put the text in quotes"},
    {Y::ANCHOR_NOT_FOUND, "a & without a name; put the text in quotes"},
    {Y::CHAR_IN_ALIAS, "a character that the name after * cannot hold"},
    {Y::CHAR_IN_ANCHOR, "a character that the name after & cannot hold"},
    {Y::ALIAS_CONTENT, "an alias with a tag or an anchor of its own"},
    {Y::MULTIPLE_ANCHORS, "two anchors on one value"},
    {Y::MULTIPLE_TAGS, "two tags on one value"},
    {Y::CHAR_IN_BLOCK, "an unexpected character after | or >"},
    {Y::ZERO_INDENT_IN_BLOCK, "a block text cannot have an indentation of 0"},
};

} // namespace

std::string explain_yaml_error(const std::string& parser_message) {
  for (const Phrase& phrase : phrases) {
    if (parser_message.compare(0, phrase.parser.size(), phrase.parser) == 0) {
      return std::string(phrase.ours);
    }
  }
  return "this is not valid YAML";
}

} // namespace iccsim::scenario
