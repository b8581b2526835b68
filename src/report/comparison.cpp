#include "iccsim/report/comparison.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/figure_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;

/// Figures of the run itself, not of what was simulated.
const std::set<std::string> not_compared{"wall_s", "iccsim.version"};

constexpr double rounding = 1e-9;

using FigureMap = std::map<std::string, Figure>;

std::vector<Figure> parse(const std::string& text, const char* which) {
  Json tree = Json::parse(text, nullptr, false);
  if (!tree.is_object()) {
    throw std::invalid_argument(fmt::format("the {} is not a result.json: expected a JSON object", which));
  }
  auto figures = list_figures(tree);
  figures.erase(std::remove_if(figures.begin(), figures.end(),
                               [](const Figure& figure) { return not_compared.count(figure.path) > 0; }),
                figures.end());
  return figures;
}

FigureMap by_path(const std::vector<Figure>& figures) {
  FigureMap map;
  for (const auto& figure : figures) {
    map.emplace(figure.path, figure);
  }
  return map;
}

double relative_change(const Figure& base, const Figure& next) {
  const double from = base.value.get<double>();
  const double to = next.value.get<double>();
  if (std::abs(to - from) <= rounding * std::max({base.scale, next.scale, std::abs(from)})) {
    return 0;
  }
  return from == 0 ? std::copysign(std::numeric_limits<double>::infinity(), to) : (to - from) / std::abs(from);
}

void compare_figure(const Figure& base, const Figure& next, double tolerance, std::vector<FigureChange>& changes) {
  FigureChange change{base.path, base.value.dump(), next.value.dump(), 0, true};
  if (base.value.is_number() && next.value.is_number()) {
    change.change = relative_change(base, next);
    change.beyond = std::abs(change.change) > tolerance;
    if (change.change == 0) {
      return;
    }
  } else if (base.value == next.value) {
    return;
  }
  changes.push_back(std::move(change));
}

std::string change_text(const FigureChange& change) {
  if (change.base.empty()) {
    return "new";
  }
  if (change.next.empty()) {
    return "gone";
  }
  if (change.change == 0) {
    return "changed";
  }
  return std::isinf(change.change) ? "from zero" : human_signed_percent(change.change);
}

} // namespace

bool Comparison::within_tolerance() const {
  return std::none_of(changes.begin(), changes.end(), [](const FigureChange& change) { return change.beyond; });
}

Comparison compare_results(const std::string& base_json, const std::string& new_json, double tolerance) {
  const auto base = parse(base_json, "first file");
  const auto next = parse(new_json, "second file");
  const auto base_by_path = by_path(base);
  const auto next_by_path = by_path(next);
  Comparison comparison;
  for (const auto& figure : base) {
    ++comparison.figures;
    const auto found = next_by_path.find(figure.path);
    if (found == next_by_path.end()) {
      comparison.changes.push_back({figure.path, figure.value.dump(), "", 0, true});
    } else {
      compare_figure(figure, found->second, tolerance, comparison.changes);
    }
  }
  for (const auto& figure : next) {
    if (base_by_path.count(figure.path) == 0) {
      ++comparison.figures;
      comparison.changes.push_back({figure.path, "", figure.value.dump(), 0, true});
    }
  }
  return comparison;
}

std::string comparison_text(const Comparison& comparison, double tolerance) {
  TextTable table({{Align::left, 60}, {Align::right, 24}, {Align::right, 24}, {Align::right}, {}});
  table.add({"figure", "base", "new", "change", ""});
  std::size_t beyond = 0;
  for (const auto& change : comparison.changes) {
    beyond += change.beyond ? 1 : 0;
    table.add({change.path, change.base, change.next, change_text(change), change.beyond ? "BEYOND" : ""});
  }
  const std::string rows = comparison.changes.empty() ? "" : table.to_string(0) + "\n";
  return rows + fmt::format("{} of {} figures moved, {} beyond {}\n", comparison.changes.size(), comparison.figures,
                            beyond, human_percent(tolerance));
}

std::vector<TestCase> comparison_cases(const Comparison& comparison) {
  std::vector<TestCase> cases;
  for (const auto& change : comparison.changes) {
    const std::string failure =
        fmt::format("{}: {} became {}", change_text(change), change.base.empty() ? "nothing" : change.base,
                    change.next.empty() ? "nothing" : change.next);
    cases.push_back({"compare", change.path, change.beyond ? failure : "", false});
  }
  if (cases.empty()) {
    cases.push_back({"compare", fmt::format("all {} figures are the same", comparison.figures), "", false});
  }
  return cases;
}

} // namespace iccsim::report
