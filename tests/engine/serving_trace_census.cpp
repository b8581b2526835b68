// Rows of traces that are no request are counted, with the line of the first.
#include "engine/serving/trace_census.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace iccsim;
using engine::serving::trace_census;
using scenario::TraceFormat;

namespace {

namespace fs = std::filesystem;

metrics::TraceFigures census(TraceFormat format, const std::string& text) {
  const fs::path file = fs::temp_directory_path() / ("iccsim-census-" + std::to_string(int(format)));
  std::ofstream(file) << text;
  scenario::RequestsSpec requests;
  requests.trace = file.filename().string();
  requests.format = format;
  requests.block_tokens = 512;
  const auto figures = trace_census(requests, file.parent_path());
  fs::remove(file);
  return figures;
}

} // namespace

TEST_CASE("rows of traces without a token of an answer are counted, and the line of the first is known") {
  const auto azure = census(TraceFormat::azure, "TIMESTAMP,ContextTokens,GeneratedTokens\n"
                                                "2023-11-16 18:17:03.9799600,4808,10\n\n"
                                                "2023-11-16 18:17:04.0319600,110,0\n"
                                                "2023-11-16 18:17:04.0781490,3180,8\n"
                                                "2023-11-16 18:17:05.0781490,0,0\n");
  CHECK(azure.rows == 4);
  CHECK(azure.left_out == 2);
  CHECK(azure.first_left_out_line == 4);
  const auto burst =
      census(TraceFormat::burstgpt, "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                                    "5,ChatGPT,472,18,490,Conversation log\n"
                                    "45,ChatGPT,1087,0,1087,Conversation log\n");
  CHECK(burst.rows == 2);
  CHECK(burst.left_out == 1);
  CHECK(burst.first_left_out_line == 3);
  const auto mooncake =
      census(TraceFormat::mooncake, R"({"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1]})"
                                    "\n"
                                    R"({"timestamp": 3, "input_length": 600, "output_length": 0, "hash_ids": [0, 1]})"
                                    "\n");
  CHECK(mooncake.rows == 2);
  CHECK(mooncake.left_out == 1);
  CHECK(mooncake.first_left_out_line == 2);
  const auto csv = census(TraceFormat::csv, "arrival_s,prompt_tokens,output_tokens\n0,10,5\n1,10,5\n");
  CHECK(csv.rows == 2);
  CHECK(csv.left_out == 0);
  CHECK(csv.first_left_out_line == 0);
}
