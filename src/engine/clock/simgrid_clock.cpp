#include "engine/clock/simgrid_clock.hpp"

#include "engine/clock/model_set.hpp"

#include <simgrid/kernel/resource/Model.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/NetZone.hpp>
#include <xbt/log.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace iccsim::engine {

namespace {

/// SimGrid's clock moves by differences, so it may miss an event's time by a rounding error.
double slack_s(double time) {
  return 4 * std::numeric_limits<double>::epsilon() * time;
}

/// For activities of SimGrid's own beside our models: links as they are (CM02: factors 1), no acknowledgements that
/// take 5% of the way back (crosstraffic), no TCP window (gamma) as RDMA has none.
void configure() {
  using simgrid::s4u::Engine;
  xbt_log_control_set("root.thresh:warning");
  Engine::set_config("network/model:CM02");
  Engine::set_config("network/crosstraffic", false);
  Engine::set_config("network/TCP-gamma", 0.0);
}

} // namespace

struct SimGridClock::Parts {
  struct Halt {};

  explicit Parts(const std::string& name) : engine(name) {}
  ~Parts() { *alive = nullptr; }

  /// Called by SimGrid when it has moved its clock and all its models. Throws Halt when the run is over: activities of
  /// SimGrid's own would go on without end.
  void reach_instant() {
    if (stopped) {
      throw Halt{};
    }
    const double engine_now = simgrid::s4u::Engine::get_clock();
    const double due = models.next_time();
    // The exact time of the event rather than SimGrid's sum of differences.
    const bool is_due = due <= engine_now + slack_s(engine_now) && due <= last_s;
    now_s = std::max(now_s, is_due ? due : std::min(horizon_s, engine_now));
    double next = models.advance(now_s);
    while (runs_ahead && !stopped && next != never_s && next <= last_s) { // without SimGrid: its clock follows
      now_s = std::max(now_s, next);
      next = models.advance(now_s);
    }
    // What ends at the horizon is reported after this, so the horizon is reached twice.
    if (stopped || (engine_now + slack_s(engine_now) >= last_s && ++times_at_horizon > 1)) {
      throw Halt{};
    }
  }

  simgrid::s4u::Engine engine;
  ModelSet models;
  int added = 0; ///< beside the queue of events
  double now_s = 0;
  double horizon_s = never_s;
  double last_s = never_s; ///< for events of the horizon
  bool stopped = false;
  bool runs_ahead = false;
  int times_at_horizon = 0;
  /// SimGrid's signals are static and cannot be left: what they know outlives this clock.
  std::shared_ptr<Parts*> alive = std::make_shared<Parts*>(this);
};

namespace {

constexpr double nothing_due = -1.0; // SimGrid's convention

/// A model of ours as SimGrid's kernel sees it: when is the next change?
template <class Parts> class KernelModel : public simgrid::kernel::resource::Model {
public:
  KernelModel(const std::string& name, TimedModel& model, const Parts& parts)
      : Model(name), model_(model), parts_(parts) {}

  double next_occurring_event(double now) override {
    const double next = parts_.stopped ? never_s : model_.next_time();
    return next == never_s || next > parts_.last_s ? nothing_due : std::max(0.0, next - now);
  }
  void update_actions_state(double, double) override {} // see SimGridClock: done when all models are there

private:
  TimedModel& model_;
  const Parts& parts_; // which own the engine, and with it this model
};

/// Has SimGrid stop at the horizon, where activities of its own would carry it further.
template <class Parts> class HorizonModel : public simgrid::kernel::resource::Model {
public:
  explicit HorizonModel(const Parts& parts) : Model("horizon"), parts_(parts) {}

  double next_occurring_event(double now) override {
    return parts_.last_s == never_s ? nothing_due : std::max(0.0, parts_.last_s - now);
  }
  void update_actions_state(double, double) override {}

private:
  const Parts& parts_;
};

} // namespace

SimGridClock::SimGridClock() : parts_(std::make_unique<Parts>("iccsim")) {
  configure();
  simgrid::s4u::create_star_zone("iccsim");
  parts_->engine.add_model(std::make_shared<KernelModel<Parts>>("events", parts_->models.events(), *parts_));
  parts_->engine.add_model(std::make_shared<HorizonModel<Parts>>(*parts_));
  simgrid::s4u::Engine::on_time_advance_cb([parts = parts_->alive](double) {
    if (*parts != nullptr) {
      (*parts)->reach_instant();
    }
  });
}

SimGridClock::~SimGridClock() = default;

double SimGridClock::now() const {
  return parts_->now_s;
}

void SimGridClock::at(double time, std::function<void()> event) {
  parts_->models.events().at(std::max(time, parts_->now_s), std::move(event));
}

void SimGridClock::add(TimedModel& model) {
  parts_->models.add(model);
  // SimGrid wants names to differ.
  const std::string name = "model-" + std::to_string(++parts_->added);
  parts_->engine.add_model(std::make_shared<KernelModel<Parts>>(name, model, *parts_));
}

void SimGridClock::run(double horizon_s) {
  parts_->stopped = false;
  parts_->horizon_s = horizon_s;
  parts_->last_s = last_instant_s(horizon_s);
  parts_->times_at_horizon = 0;
  try {
    parts_->engine.run();
  } catch (const Parts::Halt&) { // at the horizon, or stopped
  }
  if (!parts_->stopped && horizon_s != never_s) {
    parts_->now_s = std::max(parts_->now_s, horizon_s);
  }
}

void SimGridClock::run_ahead() {
  parts_->runs_ahead = true;
}

void SimGridClock::stop() {
  parts_->stopped = true;
}

} // namespace iccsim::engine
