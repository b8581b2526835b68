// Traces of the public formats, row by row, and what is said of bad ones.
#include "requests_kit.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <tuple>

using namespace iccsim;
using namespace iccsim::requests_kit;
using scenario::TraceFormat;
using Row = std::tuple<double, int, int>;

namespace {

scenario::RequestsSpec trace(const std::string& file, TraceFormat format) {
  scenario::RequestsSpec spec;
  spec.trace = file;
  spec.format = format;
  return spec;
}

/// Time to the microsecond, prompt and output of each request.
std::vector<Row> rows(const std::vector<workload::Request>& requests) {
  std::vector<Row> found;
  for (const auto& request : requests) {
    found.emplace_back(std::round(request.arrival_s * 1e6) / 1e6, request.prompt_tokens, request.output_tokens);
  }
  return found;
}

/// line:column: message of each problem.
std::vector<std::string> problems(const scenario::RequestsSpec& spec, const workload::SourceOptions& with = options()) {
  scenario::Diagnostics diagnostics;
  workload::check_requests(spec, with, diagnostics);
  std::vector<std::string> found;
  for (const auto& one : diagnostics.list()) {
    CHECK(one.path == "requests.trace");
    found.push_back(std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + ": " + one.message);
  }
  return found;
}

/// A file that goes with the test.
struct Written {
  Written(const std::string& name, const std::string& text) : path(std::filesystem::temp_directory_path() / name) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~Written() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

} // namespace

TEST_CASE("Azure's trace of 2023: dates, CRLF, a day's end, rows out of order, requests that failed") {
  CHECK(rows(play(trace("azure-2023.csv", TraceFormat::azure))) ==
        std::vector<Row>{{0, 374, 44}, {1.25, 396, 109}, {2, 91, 16}});
}

TEST_CASE("Azure's traces of 2024: microseconds and offsets") {
  CHECK(rows(play(trace("azure-2024.csv", TraceFormat::azure))) ==
        std::vector<Row>{{0, 2162, 5}, {0.007405, 2399, 6}, {0.25, 76, 15}, {86399.99007, 76, 15}});
}

TEST_CASE("Mooncake's traces: milliseconds, hashes of 64 bits, rows without hashes") {
  auto with = options();
  with.block_tokens = 512;
  const auto requests = play(trace("mooncake.jsonl", TraceFormat::mooncake), with);
  CHECK(rows(requests) == std::vector<Row>{{0, 1100, 500}, {0.5, 1024, 490}, {3, 500, 12}, {3, 600, 9}});
  CHECK(requests[0].blocks.size() == 2); // the third hash stands for less than a block
  CHECK(requests[0].blocks[0] == requests[1].blocks[0]);
  CHECK(requests[0].blocks[1] != requests[1].blocks[1]);
  CHECK(requests[3].blocks.empty());
}

TEST_CASE("BurstGPT's trace: seconds from the first request, failures left out") {
  CHECK(rows(play(trace("burstgpt.csv", TraceFormat::burstgpt))) ==
        std::vector<Row>{{0, 472, 18}, {40, 1087, 230}, {115.5, 1360, 203}});
}

TEST_CASE("iccsim's own CSV: columns in any order, conversations share their beginnings") {
  const auto requests = play(trace("own.csv", TraceFormat::csv));
  CHECK(rows(requests) == std::vector<Row>{{0.5, 100, 20}, {1.25, 64, 8}, {30, 180, 40}});
  CHECK(requests[1].priority == 3);
  CHECK(requests[0].conversation == requests[2].conversation);
  CHECK(requests[1].blocks.empty());
  REQUIRE(requests[0].blocks.size() == 7);
  CHECK(requests[0].blocks[6] == requests[2].blocks[6]);
}

TEST_CASE("Times are scaled, and a repetition begins one mean gap after the last request") {
  auto spec = trace("burstgpt.csv", TraceFormat::burstgpt);
  spec.time_scale = 0.5;
  spec.repeat = 3;
  const auto requests = play(spec);
  REQUIRE(requests.size() == 9);
  const double gap_s = 57.75 / 2;
  for (std::size_t i = 3; i < 9; ++i) {
    CHECK(requests[i].arrival_s == Approx(requests[i - 3].arrival_s + 57.75 + gap_s));
    CHECK(requests[i].prompt_tokens == requests[i - 3].prompt_tokens);
  }
  spec.count = 4;
  CHECK(play(spec).size() == 4);
  spec.count = 0;
  auto with = options();
  with.horizon_s = 30;
  CHECK(play(spec, with).size() == 2);
}

TEST_CASE("A trace whose first request comes late waits for it once") {
  auto spec = trace("own.csv", TraceFormat::csv);
  spec.repeat = 2;
  const auto requests = play(spec);
  REQUIRE(requests.size() == 6);
  CHECK(requests[3].arrival_s == Approx(30 + 29.5 / 2));
  CHECK(requests[5].arrival_s - requests[3].arrival_s == Approx(29.5));
}

TEST_CASE("Every bad row is reported with its place") {
  CHECK(problems(trace("bad.csv", TraceFormat::csv)) ==
        std::vector<std::string>{"3:1: arrival_s is '-1'", "4:1: 2 fields", "5:3: prompt_tokens is 'ten'",
                                 "6:6: output_tokens is '0'", "7:3: prompt_tokens is '99999999999999999999'",
                                 "8:3: prompt_tokens is '1.5'", "9:1: arrival_s is 'nan'",
                                 "10:1: arrival_s is '1e300'"});
  scenario::Diagnostics found;
  workload::check_requests(trace("bad.csv", TraceFormat::csv), options(), found);
  CHECK(found.list().back().expected == "seconds, from 0 to 3155760000 (100 years)");
}

TEST_CASE("A trace with a bad row is refused while it is played, too") {
  scenario::Diagnostics diagnostics;
  CHECK(workload::make_request_source(trace("bad.csv", TraceFormat::csv), options(), diagnostics) == nullptr);
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.list()[0].place.line == 3);
}

TEST_CASE("Files that are no traces") {
  CHECK(problems(trace("none.csv", TraceFormat::csv)) ==
        std::vector<std::string>{"0:0: the trace cannot be read: No such file or directory"});
  CHECK(problems(trace(".", TraceFormat::csv)) == std::vector<std::string>{"0:0: the trace is a directory"});
  CHECK(problems(trace("burstgpt.csv", TraceFormat::csv)) ==
        std::vector<std::string>{"1:1: unknown column 'Timestamp'"});
  CHECK(problems(trace("own.csv", TraceFormat::azure)) ==
        std::vector<std::string>{
            "1:1: the header 'conversation,arrival_s,prompt_tokens,output_tokens,priority' has no column TIMESTAMP"});
  const Written empty("iccsim-empty.csv", "\xEF\xBB\xBF\r\n\n");
  CHECK(problems(trace(empty.path, TraceFormat::csv)) == std::vector<std::string>{"0:0: the trace has no rows"});
}

TEST_CASE("Lines of JSON that are no requests") {
  const Written file("iccsim-bad.jsonl", R"({"timestamp": 0, "input_length": 10, "output_length": 5}
{"timestamp": 0, "input_length": 10
[1, 2]
{"timestamp": -1, "input_length": 10, "output_length": 5}
{"input_length": 10, "output_length": 5}
{"timestamp": 0, "input_length": 18446744073709551615, "output_length": 5}
{"timestamp": 0, "input_length": "10", "output_length": 5}
{"timestamp": 0, "input_length": 10, "output_length": [5]}
{"timestamp": 0, "input_length": 10, "output_length": 5, "hash_ids": [1, 2]}
{"timestamp": 0, "input_length": 10, "output_length": 5, "hash_ids": [1.5]}
{"timestamp": 0, "input_length": 1536, "output_length": 5, "hash_ids": [1, 2]}
{"timestamp": 0, "input_length": 1535, "output_length": 5, "hash_ids": [1, 2]}
{"timestamp": 0, "input_length": 1537, "output_length": 5, "hash_ids": []}
)");
  CHECK(problems(trace(file.path, TraceFormat::mooncake)) ==
        std::vector<std::string>{
            "2:1: '{\"timestamp\": 0, \"input_length\": 10' is no JSON object", "3:1: '[1, 2]' is no JSON object",
            "4:1: timestamp is '-1'", "5:1: no timestamp", "6:1: input_length is '18446744073709551615'",
            "7:1: input_length is '\"10\"'", "8:1: output_length is an array", "9:1: 2 hash_ids for 10 tokens",
            "10:1: hash_ids is '1.5'", "11:1: 2 hash_ids for 1536 tokens", "13:1: 0 hash_ids for 1537 tokens"});
}

TEST_CASE("Twenty bad rows are shown, the others counted") {
  std::string text = "arrival_s,prompt_tokens,output_tokens\n";
  for (int i = 0; i < 500; ++i) {
    text += "x,1,1\n";
  }
  const Written file("iccsim-many.csv", text);
  const auto found = problems(trace(file.path, TraceFormat::csv));
  REQUIRE(found.size() == 21);
  CHECK(found[19] == "21:1: arrival_s is 'x'");
  CHECK(found[20] == "22:1: 480 more bad rows from here on");
}

TEST_CASE("Rows slightly out of order are sorted, one far from its place is reported") {
  std::string text = "arrival_s,prompt_tokens,output_tokens\n";
  for (int i = 0; i < 5000; ++i) {
    text += std::to_string(i % 2 == 0 ? i + 1 : i - 1) + ",1,1\n";
  }
  const Written jittered("iccsim-jittered.csv", text);
  const auto requests = play(trace(jittered.path, TraceFormat::csv));
  REQUIRE(requests.size() == 5000);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    REQUIRE(requests[i].arrival_s == double(i));
  }
  const Written late("iccsim-late.csv", text + "7,1,1\n");
  const auto found = problems(trace(late.path, TraceFormat::csv));
  REQUIRE(found.size() == 1);
  CHECK(found[0].substr(0, 7) == "5002:1:");
}

TEST_CASE("Traces of dates that are none") {
  std::string text = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (const char* date : {"2023-02-29 00:00:00", "2023-13-01 00:00:00", "2023-01-01 24:00:00", "2023-01-01",
                           "2023-01-01 00:00:00.", "2023-01-01 00:00:00+0100", "20230101 00:00:00", ""}) {
    text += std::string(date) + ",1,1\n";
  }
  const Written file("iccsim-dates.csv", text + "2024-02-29 00:00:00,1,1\n");
  CHECK(problems(trace(file.path, TraceFormat::azure)).size() == 8);
}
