#include "cli/progress_meter.hpp"
#include "cli/share_option.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;

TEST_CASE("progress tells simulated time, steps and what is left") {
  engine::Progress progress;
  progress.simulated_s = 90;
  progress.done_share = 0.25;
  progress.steps = 1000;
  CHECK(cli::progress_text(progress, 10) == " 25%  simulated 90.0 s, 1,000 steps, about 30.0 s left");
  progress.horizon_s = 30 * 86400;
  CHECK(cli::progress_text(progress, 10).find("of 30.0 d") != std::string::npos);
  progress.done_share = 0;
  CHECK(cli::progress_text(progress, 10).find("left") == std::string::npos);
}

TEST_CASE("shares are written with or without a percent sign") {
  CHECK(cli::parse_share("1%", "--tolerance") == Approx(0.01));
  CHECK(cli::parse_share("0.5 %", "--tolerance") == Approx(0.005));
  CHECK(cli::parse_share("0.02", "--tolerance") == Approx(0.02));
}
