// Links and flows in SimGrid: every flow a communication of its own, shared by SimGrid's max-min solver.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace iccsim::engine {

/// The way of one flow, or of several alike.
struct FlowPath {
  struct Step {
    std::uint32_t link;
    std::uint32_t times; ///< so often the flow crosses the link, rounded
    double bytes;        ///< that the link's resource carries, per byte of payload
    bool operator<(const Step& o) const { return link != o.link ? link < o.link : times < o.times; }
  };
  std::vector<Step> steps;
  double weight = 1; ///< bytes a crossing, per byte of payload; its part of a shared link grows with it
};

class FlowLinks {
public:
  using Tag = std::uint64_t;
  struct Listener {
    std::function<void(Tag)> ended; ///< a flow ended; called by SimGrid, so start nothing from here
    /// How full a link is from now on, 0 .. 1; called for links whose flows may have changed their rates.
    std::function<void(std::uint32_t link, double utilization)> loaded;
  };

  /// Links 0 .. bytes_per_s.size() - 1. SimGrid's engine must exist and must not have run; one object a process.
  FlowLinks(const std::vector<double>& bytes_per_s, Listener listener);
  ~FlowLinks();

  /// One more link, numbered after the others.
  void add(double bytes_per_s);
  /// `bytes` of payload; the tag comes back at the end. The path must have steps, and is not kept.
  void start(const FlowPath& path, double bytes, Tag tag);
  struct Held {
    std::uint32_t flow;
    Tag tag;
  };
  /// Flows in flight of which `which` says so carry nothing and leave their share to others, until release(). Not those
  /// that are held already, or that end in this instant.
  std::vector<Held> hold(const std::function<bool(Tag)>& which);
  /// What hold() returned goes on with what it had left.
  void release(const std::vector<Held>& flows);
  void set_capacity(std::uint32_t link, double bytes_per_s);
  /// Calls `visit` with the share of its bytes that each flow in flight, or held, has still to carry.
  void each_in_flight(const std::function<void(Tag tag, double left)>& visit) const;
  /// Frees what SimGrid still held when it reported ends; call it from the clock, not from Listener::ended.
  void bury();

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace iccsim::engine
