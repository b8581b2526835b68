// platforms/chips/NAME.yaml
#include "scenario/file_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using C = ChipSpec;
using D = Dimension;

/// `peak`: one key for each precision.
void read_peaks(const Value& value, Reading& reading, C& chip) {
  using Peaks = std::map<Precision, double>;
  static const Keys<Peaks> keys = [] {
    Keys<Peaks> rows;
    for (const auto& row : EnumTable<Precision>::rows) {
      const Precision precision = row.value;
      rows.push_back(custom<Peaks>(std::string(row.name), expected_quantity(D::flops), std::string(row.help),
                                   [precision](const Value& v, Reading& r, Peaks& peaks) {
                                     if (const auto peak = read_quantity(v, r, D::flops, range::positive)) {
                                       peaks[precision] = *peak;
                                     }
                                   }));
    }
    return rows;
  }();
  read_mapping(value, reading, keys, chip.peak_flops);
}

} // namespace

const Keys<C>& chip_keys() {
  static const Keys<C> keys = together<C>(
      file_keys<C>(),
      {
          text("title", &C::title, "one line for people"),
          text("vendor", &C::vendor, "who makes it"),
          integer("year", &C::year, "of the first shipment", 1990, 2100),
          required(custom<C>("peak", "a mapping", "dense peak of the matrix units by precision", read_peaks)),
          required(quantity("memory", &C::memory_bytes, D::bytes, range::positive, "device memory")),
          required(quantity("memory_bandwidth", &C::memory_bytes_per_s, D::bandwidth, range::positive,
                            "of the device memory")),
          integer("multiprocessors", &C::multiprocessors, "units that run a matrix tile each (SM, CU, AI core)"),
          quantity("tdp", &C::tdp_w, D::power, range::not_negative, "thermal design power"),
          quantity("idle_power", &C::idle_w, D::power, range::not_negative, "drawn when nothing runs"),
          texts("sources", &C::sources, "where the numbers are printed"),
      });
  return keys;
}

void finish_chip(const Value& root, Reading& reading, C& chip) {
  static const std::vector<Rule<C>> rules = {
      {{"peak"},
       [](const C& c) -> std::optional<Mistake> {
         if (c.peak_flops.empty()) {
           return Mistake{"the chip has no peak in any precision", any_of(words_of<Precision>()), ""};
         }
         return std::nullopt;
       }},
      {{"idle_power", "tdp"},
       [](const C& c) -> std::optional<Mistake> {
         if (c.tdp_w > 0 && c.idle_w > c.tdp_w) {
           return Mistake{"the chip draws more when idle than its tdp", "at most tdp", ""};
         }
         return std::nullopt;
       }},
  };
  apply(rules, chip, root, reading);
}

} // namespace iccsim::scenario
