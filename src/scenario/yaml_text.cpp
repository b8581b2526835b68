#include "scenario/yaml_text.hpp"

#include "scenario/utf8.hpp"
#include "scenario/yaml_builder.hpp"
#include "scenario/yaml_errors.hpp"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace iccsim::scenario {
namespace {

namespace fs = std::filesystem;

/// Why the path cannot be read as a file, or "".
std::string why_unreadable(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) {
    return "no such file";
  }
  if (fs::is_directory(status)) {
    return "this is a folder, not a file";
  }
  if (!fs::is_regular_file(status)) {
    return "this is not a regular file";
  }
  return "";
}

std::optional<std::string> read_text(const fs::path& file, Diagnostics& diagnostics) {
  const auto refuse = [&](std::string message, std::string expected) {
    diagnostics.add({{file.string(), 0, 0}, "", std::move(message), std::move(expected), ""});
    return std::nullopt;
  };
  if (const std::string why = why_unreadable(file); !why.empty()) {
    return refuse(why, "a YAML file");
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return refuse("the file cannot be opened", "a file that you may read");
  }
  std::error_code unknown;
  const auto bytes = std::min<std::uintmax_t>(fs::file_size(file, unknown), YamlLimits::file_bytes);
  std::string text(static_cast<std::size_t>(bytes) + 1, '\0'); // a byte more than allowed is too large
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (const std::string mark = "\xEF\xBB\xBF"; text.compare(0, mark.size(), mark) == 0) {
    text.erase(0, mark.size()); // UTF-8 needs no byte order mark, but some editors write one
  }
  if (text.size() > YamlLimits::file_bytes) {
    return refuse("the file is too large", fmt::format("at most {} MiB", YamlLimits::file_bytes >> 20));
  }
  return text;
}

Spot spot_at(const std::string& text, std::size_t position, const std::shared_ptr<const std::string>& file) {
  const auto begin = text.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(position);
  const auto line = std::count(begin, end, '\n');
  const auto line_start = text.rfind('\n', position == 0 ? 0 : position - 1);
  const std::size_t column = line == 0 ? position : position - line_start - 1;
  return {file, static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

/// What the parser would choke on, found in one pass over the bytes. Brackets are counted wherever they stand (also in
/// comments and texts), so the bound on depth is looser here than in the builder.
void refuse_hostile_bytes(const std::string& text, const std::shared_ptr<const std::string>& file) {
  std::size_t punctuation = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0') {
      throw YamlRefused{spot_at(text, i, file), "a NUL byte: this is not a text file", "YAML in UTF-8"};
    }
    depth += c == '[' || c == '{' ? 1 : (c == ']' || c == '}') && depth > 0 ? -1 : 0;
    if (depth > 4 * YamlLimits::depth) {
      throw YamlRefused{spot_at(text, i, file), "lists and mappings are nested too deeply",
                        fmt::format("at most {} levels", YamlLimits::depth)};
    }
    punctuation += std::string_view("[]{},:-?&*!\"'").find(c) != std::string_view::npos;
  }
  if (punctuation > YamlLimits::punctuation) {
    throw YamlRefused{{file, 0, 0}, "the file holds too many values", fmt::format("at most {}", YamlLimits::weight)};
  }
  if (const auto bad = first_invalid_utf8(text)) {
    throw YamlRefused{spot_at(text, *bad, file), "bytes that are not UTF-8", "YAML in UTF-8"};
  }
}

} // namespace

std::optional<Tree> load_yaml(const fs::path& file, Diagnostics& diagnostics) {
  const std::optional<std::string> text = read_text(file, diagnostics);
  return text ? parse_yaml(*text, file.string(), true, diagnostics) : std::nullopt;
}

std::optional<Tree> parse_yaml(const std::string& text, const std::string& file, bool placed,
                               Diagnostics& diagnostics) {
  const auto name = std::make_shared<const std::string>(file);
  const auto refuse = [&](const Spot& spot, std::string message, std::string expected) {
    const Spot shown = placed ? spot : Spot{name, 0, 0};
    diagnostics.add({shown.place(), "", std::move(message), std::move(expected), ""});
  };
  try {
    refuse_hostile_bytes(text, name);
    std::istringstream in(text);
    YAML::Parser parser(in);
    YamlBuilder builder(text, name, placed, diagnostics);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const YamlRefused& refused) {
    refuse(refused.spot, refused.message, refused.expected);
  } catch (const YAML::Exception& error) {
    refuse({name, error.mark.line + 1, error.mark.column + 1}, explain_yaml_error(error.msg), "");
  }
  return std::nullopt;
}

} // namespace iccsim::scenario
