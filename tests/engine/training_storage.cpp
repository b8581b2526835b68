// Jobs of type training on storage, against the closed form that MLPerf Storage rests on.
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>

using namespace iccsim;
using namespace iccsim::engine::test;

namespace {

/// dlio_benchmark's workloads for MLPerf Storage v1.0, one accelerator.
struct Workload {
  const char* name;
  double micro;
  double compute_s;
  double bytes_per_sample;
};
constexpr Workload workloads[] = {
    {"unet3d A100", 7, 0.636, 146600628},     {"unet3d H100", 7, 0.323, 146600628},
    {"resnet50 A100", 400, 0.435, 114660.07}, {"resnet50 H100", 400, 0.224, 114660.07},
    {"cosmoflow A100", 1, 0.00551, 2828486},  {"cosmoflow H100", 1, 0.0035, 2828486},
};

double demand_bytes_per_s(const Workload& workload) {
  return workload.micro * workload.bytes_per_sample / workload.compute_s;
}

scenario::PlatformSpec with_storage(int nodes, double read_bytes_per_s) {
  auto platform = small_cluster(nodes);
  platform.pools[0].node.host = {2, 64, 1e12, 1e12, 1e12};
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 1;
  storage.read_bytes_per_s = read_bytes_per_s;
  storage.write_bytes_per_s = read_bytes_per_s;
  storage.nics = 1;
  storage.nic_bytes_per_s = 1e15;
  platform.storage = {storage};
  return platform;
}

scenario::JobSpec training(const Workload& workload, int cards, double steps) {
  scenario::TrainingSpec spec;
  spec.compute_per_step_s = workload.compute_s;
  spec.micro = static_cast<int>(workload.micro);
  spec.length.steps = steps;
  scenario::DatasetSpec dataset;
  dataset.storage = "pfs";
  dataset.bytes_per_sample = workload.bytes_per_sample;
  dataset.readers = 4;
  dataset.prefetch = 4;
  dataset.page_cache = false;
  spec.dataset = dataset;
  return {workload.name, cards, {}, 0, spec};
}

} // namespace

TEST_CASE("accelerator utilization is min(1, bandwidth / demand) over workloads, cards and bandwidths") {
  double worst = 0;
  for (const Workload& workload : workloads) {
    for (const int cards : {1, 8, 32}) {
      for (const double supply : {0.25, 0.5, 0.9, 0.98, 1.02, 1.5}) {
        const double bandwidth = supply * demand_bytes_per_s(workload) * cards;
        const Simulated run(scenario_of(with_storage(4, bandwidth), {training(workload, cards, 1000)}));
        const double error = run.jobs[0].au.value() - std::min(1.0, supply);
        INFO(workload.name << " on " << cards << " cards with " << supply << " of its demand");
        CHECK(std::abs(error) < 0.02);
        worst = std::max(worst, std::abs(error));
        CHECK(*run.jobs[0].samples_per_s == Approx(*run.jobs[0].au * cards * workload.micro / workload.compute_s));
        const auto& io = *run.jobs[0].io.dataset;
        CHECK(io.bytes == Approx(1000 * cards * workload.micro * workload.bytes_per_sample));
        CHECK(io.storage_bytes == Approx(io.bytes));
        CHECK(io.copied_bytes == Approx(io.bytes));
        CHECK(io.operations == 1000 * cards);
      }
    }
  }
  WARN("largest error of AU against min(1, B / demand): " << worst);
}

TEST_CASE("a job on storage is skipped through its epochs as it is played") {
  const Workload& unet3d = workloads[1];
  auto job = training(unet3d, 16, 3000);
  auto& dataset = *std::get<scenario::TrainingSpec>(job.what).dataset;
  for (const bool page_cache : {false, true}) {
    for (const double supply : {0.6, 1.3}) {
      dataset.page_cache = page_cache;
      dataset.samples = 16 * 7 * 700; // 4.3 epochs of 11.5 TB; two nodes have 1 TB each
      const auto scenario = scenario_of(with_storage(2, supply * demand_bytes_per_s(unet3d) * 16), {std::move(job)});
      job = scenario.jobs[0];
      const Simulated played(scenario, false);
      const Simulated skipped(scenario, true);
      CHECK(skipped.jobs[0].end_s == Approx(played.jobs[0].end_s).epsilon(1e-6));
      CHECK(*skipped.jobs[0].au == Approx(*played.jobs[0].au).epsilon(1e-6));
      CHECK(skipped.jobs[0].io.dataset->bytes == Approx(played.jobs[0].io.dataset->bytes));
      CHECK(skipped.jobs[0].io.dataset->storage_bytes == Approx(played.jobs[0].io.dataset->storage_bytes));
      CHECK(skipped.jobs[0].io.dataset->cached_bytes == Approx(played.jobs[0].io.dataset->cached_bytes).margin(1));
      CHECK((played.jobs[0].io.dataset->cached_bytes > 0) == page_cache);
      skipped.board.io().check_balance();
    }
  }
}

TEST_CASE("input that waits for cores is data_cpu, and all jobs of a node share its cores") {
  Workload images{"images", 100, 0.1, 100e3};
  auto job = training(images, 8, 300);
  auto& dataset = *std::get<scenario::TrainingSpec>(job.what).dataset;
  dataset.readers = 16;
  dataset.cpu_time_per_sample_s = 10e-3; // 8 cards need 8 x 100 x 10 ms = 8 core-seconds a step: 64 cores give 0.125 s
  const Simulated alone(scenario_of(with_storage(1, 1e12), {job}));
  CHECK(*alone.jobs[0].au == Approx(0.8).epsilon(0.01));
  CHECK(alone.jobs[0].states[metrics::State::data_cpu] > 0.9 * 8 * alone.jobs[0].io.dataset->stall_s);
  auto half = job;
  half.cards = 4;
  auto other = half;
  other.name = "other";
  const Simulated both(scenario_of(with_storage(1, 1e12), {half, other}));
  CHECK(*both.jobs[0].au == Approx(0.8).epsilon(0.01));
  CHECK(*both.jobs[1].au == Approx(0.8).epsilon(0.01));
}

TEST_CASE("samples of uneven sizes keep the mean, and are read as often when steps are skipped") {
  auto job = training(workloads[1], 8, 5000);
  auto& dataset = *std::get<scenario::TrainingSpec>(job.what).dataset;
  dataset.bytes_cv = 0.47;
  for (const double supply : {0.7, 2.0}) {
    const Simulated run(scenario_of(with_storage(1, supply * demand_bytes_per_s(workloads[1]) * 8), {job}));
    CHECK(std::abs(*run.jobs[0].au - std::min(1.0, supply)) < 0.02);
    const auto& io = *run.jobs[0].io.dataset;
    CHECK(io.bytes == Approx(5000 * 8 * 7 * workloads[1].bytes_per_sample).epsilon(0.01));
    CHECK(io.operations == 5000 * 8);
    run.board.io().check_balance();
  }
}

namespace {

/// Batches of four samples on eight cards with a hundred cores: the slower of reading and decoding hides the other.
scenario::Scenario reading_and_decoding(double core_s_per_sample, double supply, double submit_s) {
  const Workload images{"images", 4, 0.09, 25e6};
  auto job = training(images, 8, 600);
  job.submit_s = submit_s;
  auto& dataset = *std::get<scenario::TrainingSpec>(job.what).dataset;
  dataset.readers = 16;
  dataset.cpu_time_per_sample_s = core_s_per_sample;
  auto platform = with_storage(1, supply * demand_bytes_per_s(images) * 8);
  platform.pools[0].node.host.cores = 112;
  return scenario_of(platform, {job});
}

void check_alike(const Simulated& skipped, const Simulated& played, double tolerance) {
  const auto& a = skipped.jobs[0];
  const auto& b = played.jobs[0];
  CHECK(a.end_s == Approx(b.end_s).epsilon(tolerance));
  CHECK(a.au.value_or(0) == Approx(b.au.value_or(0)).margin(tolerance));
  for (std::size_t s = 0; s < metrics::state_count; ++s) {
    const auto state = static_cast<metrics::State>(s);
    CHECK(a.states[state] == Approx(b.states[state]).margin(tolerance * b.states.total()));
  }
  CHECK_NOTHROW(skipped.board.io().check_balance());
}

} // namespace

TEST_CASE("steps are not alike while reading or decoding falls behind unseen") {
  // Cores are short from 0.315 s a sample on; a batch of workers takes no longer than four steps up to 0.36 s.
  for (const double core_s : {0.26, 0.31, 0.314, 0.3151, 0.316, 0.33, 0.35, 0.4}) {
    for (const double supply : {0.95, 0.999, 1.001, 1.05, 3.0}) {
      const auto scenario = reading_and_decoding(core_s, supply, 0);
      INFO(core_s << " core-seconds a sample, " << supply << " of what is read");
      check_alike(Simulated(scenario, true), Simulated(scenario, false), 1e-9);
    }
  }
}

TEST_CASE("steps whose reading and decoding keep up are skipped, early and late in a simulation") {
  for (const double submit_s : {0.0, 1e6}) {
    for (const double core_s : {0.2, 0.3, 0.45}) {
      const auto scenario = reading_and_decoding(core_s, 3, submit_s);
      const Simulated skipped(scenario, true);
      const Simulated played(scenario, false);
      INFO(core_s << " core-seconds a sample, after " << submit_s << " s");
      CHECK(skipped.instants.count() < played.instants.count() / 4);
      check_alike(skipped, played, 1e-9);
    }
  }
}

TEST_CASE("a job may end while nothing of its input is under way but its workers' time") {
  const Workload images{"images", 1, 0.1, 1e6};
  auto ends = training(images, 8, 1);
  auto& spec = std::get<scenario::TrainingSpec>(ends.what);
  spec.length = {};
  spec.length.time_s = 10.0;
  spec.dataset->cpu_time_per_sample_s = 1;
  spec.dataset->readers = 1;
  spec.dataset->prefetch = 2;
  auto platform = with_storage(2, 1e12);
  platform.storage[0].latency_s = 0.01; // of a request, beside decoding
  platform.storage[0].request_bytes = 1e6;
  for (const double ends_s : {9.0, 9.5, 10.0, 10.5}) {
    spec.length.time_s = ends_s;
    const auto scenario = scenario_of(platform, {ends, training(workloads[1], 8, 100)});
    for (const bool fast_forward : {false, true}) {
      const Simulated run(scenario, fast_forward);
      CHECK(run.jobs[0].state == metrics::JobState::done);
      CHECK(run.board.io().shapes(0).empty());
    }
  }
}

TEST_CASE("what an ended job still reads is not repeated with the steps of the one that runs on") {
  const Workload large{"large", 1, 0.05, 1e9};
  auto ends = training(large, 8, 1);
  auto& spec = std::get<scenario::TrainingSpec>(ends.what);
  spec.length = {};
  spec.dataset->prefetch = spec.dataset->readers = 16;
  auto goes_on = training({"on", 1, 0.1, 1e6}, 8, 600);
  for (const bool reads : {true, false}) {
    auto& other = std::get<scenario::TrainingSpec>(goes_on.what);
    other.dataset = reads ? other.dataset : std::nullopt;
    for (const double ends_s : {2.0, 10.01, 15.5}) {
      spec.length.time_s = ends_s;
      const auto scenario = scenario_of(with_storage(2, 10e9), {ends, goes_on});
      const Simulated played(scenario, false);
      const Simulated skipped(scenario, true);
      INFO("ends after " << ends_s << " s beside a job that " << (reads ? "reads" : "does not read"));
      CHECK(skipped.instants.count() < 0.8 * played.instants.count());
      check_alike(skipped, played, 1e-9);
      CHECK(skipped.jobs[1].end_s == Approx(played.jobs[1].end_s).epsilon(1e-9));
      const auto a = skipped.network.usage();
      const auto b = played.network.usage();
      REQUIRE(a.size() == b.size());
      for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].bytes == Approx(b[i].bytes).epsilon(1e-9).margin(1));
      }
    }
  }
}
