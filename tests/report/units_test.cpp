#include "iccsim/report/units.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace iccsim::report;

TEST_CASE("numbers have three significant digits and grouped thousands") {
  CHECK(human_number(0) == "0");
  CHECK(human_number(1) == "1.00");
  CHECK(human_number(12.34) == "12.3");
  CHECK(human_number(123.4) == "123");
  CHECK(human_number(12345.6) == "12,346");
  CHECK(human_number(0.01234) == "0.0123");
  CHECK(human_number(-1234.5) == "-1,234");
  CHECK(human_number(1234567) == "1,234,567");
}

TEST_CASE("a number that rounds up does not keep the decimals of the smaller one") {
  CHECK(human_number(9.996) == "10.0");
  CHECK(human_number(99.96) == "100");
  CHECK(human_number(0.99996) == "1.00");
}

TEST_CASE("counts are whole") {
  CHECK(human_count(7) == "7");
  CHECK(human_count(999) == "999");
  CHECK(human_count(1000) == "1,000");
  CHECK(human_count(102400) == "102,400");
}

TEST_CASE("large quantities take the scenario language's suffixes") {
  CHECK(human_quantity(10240) == "10,240");
  CHECK(human_quantity(262144) == "262 K");
  CHECK(human_quantity(174.6e9) == "175 B");
  CHECK(human_quantity(15e12) == "15.0 T");
}

TEST_CASE("seconds from nanoseconds to days") {
  CHECK(human_seconds(0) == "0 s");
  CHECK(human_seconds(2.5e-9) == "2.50 ns");
  CHECK(human_seconds(6e-7) == "600 ns");
  CHECK(human_seconds(1.5e-6) == "1.50 us");
  CHECK(human_seconds(0.00123) == "1.23 ms");
  CHECK(human_seconds(0.9999) == "1.00 s");
  CHECK(human_seconds(90) == "90.0 s");
  CHECK(human_seconds(600) == "10.0 min");
  CHECK(human_seconds(3 * 3600) == "3.00 h");
  CHECK(human_seconds(30 * 86400) == "30.0 d");
}

TEST_CASE("bytes are decimal, as datasheets count") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(512) == "512 B");
  CHECK(human_bytes(80e9) == "80.0 GB");
  CHECK(human_bytes(999.9e9) == "1.00 TB");
  CHECK(human_bytes_per_s(50e9) == "50.0 GB/s");
}

TEST_CASE("message sizes are binary where they are whole") {
  CHECK(human_size(8192) == "8 KiB");
  CHECK(human_size(1024.0 * 1024 * 1024) == "1 GiB");
  CHECK(human_size(1536) == "1.54 KB");
  CHECK(human_size(512) == "512 B");
}

TEST_CASE("percentages") {
  CHECK(human_percent(0.4168) == "41.7%");
  CHECK(human_percent(0) == "0.0%");
  CHECK(human_percent(1) == "100.0%");
  CHECK(human_percent(0.0004) == "0.04%");
  CHECK(human_signed_percent(-0.0123) == "-1.2%");
  CHECK(human_signed_percent(0.05) == "+5.0%");
}

TEST_CASE("numbers that are none end in text, not in a crash") {
  CHECK_NOTHROW(human_seconds(std::numeric_limits<double>::infinity()));
  CHECK_NOTHROW(human_bytes(std::numeric_limits<double>::quiet_NaN()));
  CHECK_NOTHROW(human_number(1e300));
}
