// A service as a job: it holds its cards until its requests are done, or the horizon.
#pragma once

#include "engine/job/job.hpp"
#include "engine/serving/network_machine.hpp"
#include "engine/serving/replica_layout.hpp"
#include "engine/serving/service.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <memory>

namespace iccsim::engine {

struct InferenceHooks {
  std::function<void()> finished;
  bool token_by_token = false;
  serving::WeightLoader load_weights; ///< empty: weights are in memory at the start
};

class InferenceJob : public Job {
public:
  /// `index` of the job in `scenario`. All but `placement` must outlive the job. Throws std::invalid_argument, with a
  /// sentence for a user, when the model does not fit or its requests cannot be read.
  InferenceJob(const scenario::Scenario& scenario, std::size_t index, const platform::Cluster& cluster, Clock& clock,
               Network& network, const Placement& placement, InferenceHooks hooks);

  void start() override;
  bool done() const override { return done_; }
  void retire() override { machine_.release(); }
  metrics::StateSeconds states(double now) const override;
  double progress(double now) const override;
  double steps() const override { return service_.ended(); }
  double accounted_until_s() const override { return 0; }
  void conditions_changed() override {}
  void report(metrics::JobResult& result, double now) const override;
  /// Other jobs run, whose traffic may meet this one's.
  void set_neighbours(bool any) { machine_.set_neighbours(any); }

private:
  const scenario::Scenario& scenario_;
  const scenario::InferenceSpec& spec_;
  const platform::Cluster& cluster_;
  Clock& clock_;
  Placement placement_;
  std::function<void()> finished_;
  serving::ReplicaLayout layout_;
  serving::NetworkMachine machine_;
  serving::Service service_;
  double start_s_;
  double end_s_ = 0;
  bool done_ = false;
};

} // namespace iccsim::engine
