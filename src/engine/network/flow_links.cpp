#include "engine/network/flow_links.hpp"

#include "iccsim/metrics/result.hpp"

#include <simgrid/kernel/resource/Model.hpp>
#include <simgrid/kernel/resource/NetworkModelIntf.hpp>
#include <simgrid/kernel/routing/NetZoneImpl.hpp>
#include <simgrid/s4u/Comm.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>
#include <simgrid/s4u/NetZone.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <utility>

namespace iccsim::engine {

namespace s4u = simgrid::s4u;
namespace kernel = simgrid::kernel;

namespace {

/// SimGrid takes whole bytes: all are counted in fine grains, so that rounding a small message to them is harmless.
/// Relative to a message of one byte: 1 / 2^17.
constexpr double grains_per_byte = 65536;
constexpr double most_grains = 1.8e19; // 2^64

/// SimGrid shares a link in inverse proportion to the latencies of the flows, and starts those without any apart from
/// the rest. So the latency of a route is used to weigh flows, and shrunk to this when it is paid.
constexpr double start_delay_s = 1e-12;

/// SimGrid solves to 1e-5 (maxmin/precision); what it leaves free of a link is rounding.
constexpr double full_from = 1 - 1e-4;
constexpr double overfull_from = 1 + 1e-3;

/// Hands out the route that was laid down just before the flow starts.
class PathZone : public kernel::routing::NetZoneImpl {
public:
  explicit PathZone(const std::string& name) : NetZoneImpl(name) {}
  void get_local_route(const kernel::routing::NetPoint*, const kernel::routing::NetPoint*, kernel::routing::Route* into,
                       double* latency) override {
    into->link_list_ = links;
    *latency += latency_s;
  }

  std::vector<kernel::resource::StandardLinkImpl*> links;
  double latency_s = 1;
};

/// SimGrid seals its zones when it starts. Links made later belong to one that it has not heard of; they only need its
/// model of networks.
class LateZone : public PathZone {
public:
  explicit LateZone(const NetZoneImpl& root) : PathZone("late-flows") { set_network_model(root.get_network_model()); }
  ~LateZone() override = default;
};

} // namespace

struct FlowLinks::Parts {
  struct Flow {
    Parts* owner = nullptr;
    std::uint32_t place = 0;
    Tag tag = 0;
    double grains = 0;
    double held_grains = 0; ///< not carried yet by a flow that is held
    FlowPath path;
    s4u::CommPtr comm; ///< null: free, or held
  };

  explicit Parts(Listener heard) : listener(std::move(heard)) {}

  void build(const std::vector<double>& bytes_per_s);
  void add(double bytes_per_s);
  Flow& free_flow();
  void start(Flow& flow, double grains);
  void enter(const FlowPath& path);
  void leave(const FlowPath& path);
  void stop(Flow& flow);
  void end_step();
  void mark_for_solving();
  void ended(const s4u::Activity& activity);
  void measure(double now);

  Listener listener;
  PathZone* zone = nullptr; // SimGrid's
  std::unique_ptr<LateZone> late;
  s4u::Host* from = nullptr;
  s4u::Host* to = nullptr;
  std::vector<s4u::Link*> links;
  std::deque<Flow> flows; // SimGrid knows their addresses
  std::vector<std::uint32_t> free_flows;
  std::vector<std::uint32_t> entered;  ///< links of flows that started since the last step of time
  std::vector<std::uint32_t> entering; ///< and in the step before: these pay their delay in this one
  std::vector<s4u::CommPtr> graveyard; ///< SimGrid goes on using a communication after it reported its end
  std::vector<s4u::CommPtr> stopped;   ///< since the last step of time: SimGrid cancels them at the end of this one
  std::vector<s4u::CommPtr> stopping;  ///< and in the step before
  std::vector<std::uint32_t> users;    ///< by link
  std::vector<std::uint32_t> busy;     ///< links with users, or that had some when last measured
  std::vector<bool> is_busy;
  bool started = false; ///< SimGrid takes no more links into its own zone
  bool rates_changed = false;
  double last_start_s = 0;
  /// SimGrid's signals are static and cannot be left: what they know outlives this object.
  std::shared_ptr<Parts*> alive = std::make_shared<Parts*>(this);
};

namespace {

/// A model of which nothing is ever due. SimGrid asks it after it has found the rates of its flows.
template <class Parts> class RateModel : public kernel::resource::Model {
public:
  explicit RateModel(std::shared_ptr<Parts*> parts) : Model("flow-rates"), parts_(std::move(parts)) {}
  double next_occurring_event(double now) override {
    if (*parts_ != nullptr) {
      (*parts_)->measure(now);
    }
    return -1; // nothing
  }
  void update_actions_state(double, double) override {}

private:
  std::shared_ptr<Parts*> parts_;
};

} // namespace

FlowLinks::FlowLinks(const std::vector<double>& bytes_per_s, Listener listener)
    : parts_(std::make_unique<Parts>(std::move(listener))) {
  parts_->build(bytes_per_s);
  s4u::Engine::get_instance()->add_model(std::make_shared<RateModel<Parts>>(parts_->alive));
  s4u::Engine::on_time_advance_cb([parts = parts_->alive](double) {
    if (*parts != nullptr) {
      (*parts)->end_step();
    }
  });
  s4u::Activity::on_completion_cb([parts = parts_->alive](const s4u::Activity& activity) {
    if (*parts != nullptr) {
      (*parts)->ended(activity);
    }
  });
}

void FlowLinks::Parts::build(const std::vector<double>& bytes_per_s) {
  s4u::NetZone* root = s4u::Engine::get_instance()->get_netzone_root();
  zone = new PathZone("flows"); // owned by its parent
  zone->get_iface()->set_parent(root);
  root->get_network_model()->set_lat_factor_cb([parts = alive](double, const s4u::Host*, const s4u::Host*,
                                                               const std::vector<s4u::Link*>&,
                                                               const std::unordered_set<s4u::NetZone*>&) {
    return *parts != nullptr ? start_delay_s / (*parts)->zone->latency_s : 1.0;
  });
  from = zone->create_host("flows-from", {1.0});
  to = zone->create_host("flows-to", {1.0});
  from->seal();
  to->seal();
  links.reserve(bytes_per_s.size());
  for (const double rate : bytes_per_s) {
    add(rate);
  }
  started = true;
}

void FlowLinks::Parts::add(double bytes_per_s) {
  if (!late && started) {
    late = std::make_unique<LateZone>(*s4u::Engine::get_instance()->get_netzone_root()->get_impl());
  }
  kernel::routing::NetZoneImpl* home = late ? late.get() : zone;
  links.push_back(home->create_link("flows-" + std::to_string(links.size()), {bytes_per_s * grains_per_byte}));
  links.back()->seal();
  users.push_back(0);
  is_busy.push_back(false);
}

void FlowLinks::add(double bytes_per_s) {
  parts_->add(bytes_per_s);
}

FlowLinks::~FlowLinks() {
  *parts_->alive = nullptr;
  for (Parts::Flow& flow : parts_->flows) {
    if (flow.comm) {
      flow.comm->cancel();
    }
  }
}

FlowLinks::Parts::Flow& FlowLinks::Parts::free_flow() {
  if (free_flows.empty()) {
    flows.emplace_back();
    flows.back().owner = this;
    flows.back().place = static_cast<std::uint32_t>(flows.size() - 1);
    return flows.back();
  }
  Flow& flow = flows[free_flows.back()];
  free_flows.pop_back();
  return flow;
}

/// Lays the route down, and counts the flow on its links.
void FlowLinks::Parts::enter(const FlowPath& path) {
  zone->links.clear();
  for (const FlowPath::Step& step : path.steps) {
    // A link that a route names n times is shared as if n such flows crossed it.
    zone->links.insert(zone->links.end(), step.times, links[step.link]->get_impl());
    entered.push_back(step.link);
    ++users[step.link];
    if (!is_busy[step.link]) {
      is_busy[step.link] = true;
      busy.push_back(step.link);
    }
  }
  zone->latency_s = 1 / path.weight;
}

void FlowLinks::Parts::leave(const FlowPath& path) {
  for (const FlowPath::Step& step : path.steps) {
    --users[step.link];
  }
  rates_changed = true;
}

void FlowLinks::start(const FlowPath& path, double bytes, Tag tag) {
  Parts::Flow& flow = parts_->free_flow();
  flow.tag = tag;
  flow.path = path;
  flow.grains = std::max(1.0, std::round(bytes * path.weight * grains_per_byte));
  if (!(flow.grains < most_grains)) {
    throw metrics::InternalError("a flow of more bytes than SimGrid can count");
  }
  parts_->start(flow, flow.grains);
}

void FlowLinks::Parts::start(Flow& flow, double grains) {
  enter(flow.path);
  flow.comm = s4u::Comm::sendto_init(from, to);
  flow.comm->set_data(&flow);
  flow.comm->set_payload_size(static_cast<std::uint64_t>(grains))->vetoable_start();
  last_start_s = s4u::Engine::get_clock();
  rates_changed = true;
}

std::vector<FlowLinks::Held> FlowLinks::hold(const std::function<bool(Tag)>& which) {
  std::vector<Held> held;
  for (Parts::Flow& flow : parts_->flows) {
    // What SimGrid has brought to its end, but not reported yet, has nothing left.
    if (flow.comm && which(flow.tag) && flow.comm->get_remaining() > 0) {
      parts_->stop(flow);
      held.push_back({flow.place, flow.tag});
    }
  }
  return held;
}

/// Cancelled, to be started anew: a flow that SimGrid suspends has lost its weight when it is resumed (3.32,
/// Action::resume). SimGrid tells of the cancellation now and once more at the end of the step.
void FlowLinks::Parts::stop(Flow& flow) {
  flow.held_grains = flow.comm->get_remaining();
  stopped.push_back(std::move(flow.comm));
  flow.comm = nullptr;
  stopped.back()->set_data(nullptr);
  stopped.back()->cancel();
  leave(flow.path);
}

void FlowLinks::release(const std::vector<Held>& flows) {
  for (const Held& held : flows) {
    Parts::Flow& flow = parts_->flows[held.flow];
    parts_->start(flow, std::max(1.0, std::round(std::exchange(flow.held_grains, 0))));
  }
}

void FlowLinks::Parts::end_step() {
  mark_for_solving();
  stopping.clear();
  stopping.swap(stopped);
}

/// When a flow has paid its delay, SimGrid solves anew what its first link reaches; but if that was to be solved
/// before, other links of the flow are left out (3.32, lmm/System.cpp, update_modified_cnst_set_from_variable) and give
/// away more than they have. To set a link's bandwidth, even to what it is, marks it.
void FlowLinks::Parts::mark_for_solving() {
  std::sort(entering.begin(), entering.end());
  entering.erase(std::unique(entering.begin(), entering.end()), entering.end());
  for (const std::uint32_t link : entering) {
    links[link]->set_bandwidth(links[link]->get_bandwidth());
  }
  entering.clear();
  entering.swap(entered);
}

void FlowLinks::Parts::ended(const s4u::Activity& activity) {
  auto* flow = activity.get_data<Flow>();
  if (flow == nullptr || flow->owner != this || !flow->comm) {
    return; // of somebody else
  }
  if (activity.get_state() != s4u::Activity::State::FINISHED) {
    throw metrics::InternalError("a flow was lost by SimGrid");
  }
  leave(flow->path);
  graveyard.push_back(std::move(flow->comm));
  flow->comm = nullptr;
  free_flows.push_back(flow->place);
  listener.ended(flow->tag);
}

void FlowLinks::Parts::measure(double now) {
  if (!rates_changed) {
    return;
  }
  std::size_t kept = 0;
  for (const std::uint32_t link : busy) {
    const double utilization = users[link] == 0 ? 0 : links[link]->get_usage() / links[link]->get_bandwidth();
    if (utilization > overfull_from) {
      throw metrics::InternalError("SimGrid gave out more than a link has");
    }
    listener.loaded(link, utilization >= full_from ? 1 : utilization);
    is_busy[link] = users[link] > 0;
    if (is_busy[link]) {
      busy[kept++] = link;
    }
  }
  busy.resize(kept);
  rates_changed = now <= last_start_s + 2 * start_delay_s; // the last flows may still wait for their start
}

void FlowLinks::set_capacity(std::uint32_t link, double bytes_per_s) {
  parts_->links[link]->set_bandwidth(bytes_per_s * grains_per_byte);
  parts_->rates_changed = true;
}

void FlowLinks::each_in_flight(const std::function<void(Tag tag, double left)>& visit) const {
  for (const Parts::Flow& flow : parts_->flows) {
    const double left = flow.comm ? flow.comm->get_remaining() : flow.held_grains;
    if (left > 0) {
      visit(flow.tag, left / flow.grains);
    }
  }
}

void FlowLinks::bury() {
  parts_->graveyard.clear();
}

} // namespace iccsim::engine
