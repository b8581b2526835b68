// nccl-tests in simulation: one collective over all cards of the job, size by size.
#pragma once

#include "engine/job/job.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <deque>

namespace iccsim::engine {

class CollectiveJob : public Job {
public:
  CollectiveJob(const scenario::CollectiveSpec& spec, const platform::Cluster& cluster, Clock& clock, Network& network,
                const Placement& placement, std::function<void()> finished);

  void start() override;
  bool done() const override { return done_; }
  metrics::StateSeconds states(double now) const override;
  double progress(double now) const override;
  double steps() const override { return static_cast<double>(rows_.size()) * spec_.repeat; }
  double accounted_until_s() const override { return 0; }
  void report(metrics::JobResult& result, double now) const override;
  void announce_shapes() override;
  const std::vector<ShapeId>* shapes() const override { return &shapes_; }

private:
  struct Size {
    bool silent = true; ///< nothing is moved
    ShapeId shape = 0;
    scenario::CollectiveAlgorithm algorithm = scenario::CollectiveAlgorithm::automatic;
  };
  Size make_known(double bytes);
  void next_size();
  void size_done(const Size& size);

  scenario::CollectiveSpec spec_;
  const platform::Cluster& cluster_;
  Clock& clock_;
  Network& network_;
  Placement placement_;
  workload::CollectiveCosts costs_;
  std::function<void()> finished_;
  std::vector<metrics::CollectiveRow> rows_;
  std::deque<Size> known_; ///< the one in flight first
  std::vector<ShapeId> shapes_;
  double start_s_ = 0;
  double size_start_s_ = 0;
  double end_s_ = 0;
  bool done_ = false;
};

} // namespace iccsim::engine
