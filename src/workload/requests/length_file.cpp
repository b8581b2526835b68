#include "workload/requests/length_file.hpp"

#include "scenario/quote.hpp"
#include "workload/requests/csv_line.hpp"
#include "workload/requests/length_draw.hpp"
#include "workload/requests/line_reader.hpp"

#include <fmt/format.h>

namespace iccsim::workload {
namespace {

std::string_view without_comment(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto first = line.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::vector<int> read_length_file(const std::filesystem::path& file, const std::string& path, const ProblemSink& sink) {
  LineReader lines(file);
  std::vector<int> lengths;
  if (!lines.problem().empty()) {
    sink(file_problem(file.string(), 0, 0, path, fmt::format("the file {}", lines.problem()),
                      "a file of one number a line, relative to the scenario"));
    return lengths;
  }
  bool any = false;
  for (std::string_view line; lines.next(line);) {
    const auto text = without_comment(line);
    if (text.empty()) {
      continue;
    }
    any = true;
    const auto number = read_whole(text);
    if (number && *number >= 1 && *number <= largest_length) {
      lengths.push_back(static_cast<int>(*number));
    } else {
      sink(file_problem(file.string(), lines.number(), 1, path, scenario::quote(text) + " is no length",
                        fmt::format("a whole number from 1 to {}", largest_length)));
    }
  }
  if (!any) {
    sink(file_problem(file.string(), 0, 0, path, "the file has no numbers", "one a line"));
  }
  return lengths;
}

} // namespace iccsim::workload
