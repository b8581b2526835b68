// Numbers as people read them: three significant digits and an SI unit.
#pragma once

#include <string>

namespace iccsim::report {

/// 3 significant digits without an exponent: 0.123, 12.3, 123, 12300 as 12,300.
std::string human_number(double value);
/// Whole, with thousands separated: 10,240.
std::string human_count(double count);
/// 1 card, 10,240 cards: for nouns whose plural takes an s.
std::string counted(double count, const char* noun);
/// 175 B, 15.0 T, 2.30 M: the scenario language's suffixes.
std::string human_quantity(double count);
/// 41.7%
std::string human_percent(double share);
/// +1.2%, -0.4%
std::string human_signed_percent(double share);
/// 12.3 s, 4.56 ms, 2.50 h, 30.0 d
std::string human_seconds(double seconds);
/// 80.0 GB (decimal, as datasheets count)
std::string human_bytes(double bytes);
/// A message size: 8 KiB, 1 GiB where it is a whole number of them, as benchmarks write it; else as human_bytes.
std::string human_size(double bytes);
/// 400 GB/s
std::string human_bytes_per_s(double bytes_per_s);

} // namespace iccsim::report
