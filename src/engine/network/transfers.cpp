#include "engine/network/transfers.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine {

ShapeId Transfers::add(const workload::CollectiveShape& shape, const AddBundle& add) {
  ShapeId id = static_cast<ShapeId>(shapes_.size());
  if (free_shapes_.empty()) {
    shapes_.emplace_back();
  } else {
    id = free_shapes_.back();
    free_shapes_.pop_back();
  }
  Shape& added = shapes_[id];
  added.known = true;
  added.phases.clear();
  for (const workload::PhaseShape& phase : shape.phases) {
    added.phases.push_back({phase.latency_s, {}});
    for (const workload::BundleShape& bundle : phase.bundles) {
      if (bundle.bytes_factor > 0 && !bundle.resources.empty()) {
        added.phases.back().bundles.push_back({add(bundle), bundle.bytes_factor});
      }
    }
  }
  return id;
}

Transfers::Shape& Transfers::known(ShapeId shape) {
  if (shape >= shapes_.size() || !shapes_[shape].known) {
    throw metrics::InternalError("a transfer of a shape that the network does not know");
  }
  return shapes_[shape];
}

std::vector<Transfers::Phase> Transfers::remove(ShapeId id) {
  Shape& shape = known(id);
  if (shape.in_flight > 0) {
    throw metrics::InternalError("a shape is forgotten while transfers of it are in flight");
  }
  std::vector<Phase> phases = std::move(shape.phases);
  shape = Shape{};
  free_shapes_.push_back(id);
  return phases;
}

TransferId Transfers::open_transfer(ShapeId shape, double bytes, double calls, Done done) {
  if (!(bytes >= 0 && calls >= 0 && std::isfinite(bytes * calls))) {
    throw metrics::InternalError("a transfer of bytes or calls that are negative or not finite");
  }
  ++known(shape).in_flight;
  TransferId id = static_cast<TransferId>(transfers_.size());
  if (free_transfers_.empty()) {
    transfers_.emplace_back();
  } else {
    id = free_transfers_.back();
    free_transfers_.pop_back();
  }
  Transfer& transfer = transfers_[id];
  transfer.shape = shape;
  transfer.phase = transfer.pending = 0;
  transfer.bytes = bytes * calls;
  transfer.calls = calls;
  transfer.waits = false;
  transfer.late_s = 0;
  transfer.done = std::move(done);
  return id;
}

void Transfers::start(ShapeId shape, double bytes, double calls, Done done) {
  pay_latency(open_transfer(shape, bytes, calls, std::move(done)));
}

std::optional<TransferId> Transfers::start_hidden(ShapeId shape, double bytes, double calls, Done done) {
  const TransferId id = open_transfer(shape, bytes, calls, std::move(done));
  const std::vector<Phase>& phases = shapes_[shape].phases;
  if (phases.size() == 1 && begin_alone(id, phases.front().latency_s * calls, true)) {
    return id;
  }
  pay_latency(id);
  return std::nullopt;
}

bool Transfers::hidden_ended(TransferId id) {
  if (!alone_->ended_unwatched(transfers_[id].flight)) {
    return false;
  }
  transfers_[id].done = nullptr;
  close(id);
  return true;
}

/// The next phase, or the end. Through the clock even without latency: `done` must not fire inside start().
void Transfers::pay_latency(TransferId id) {
  Transfer& transfer = transfers_[id];
  const std::vector<Phase>& phases = shapes_[transfer.shape].phases;
  const double latency_s = transfer.phase < phases.size() ? phases[transfer.phase].latency_s * transfer.calls : 0;
  if (begin_alone(id, latency_s, false)) {
    return;
  }
  transfer.waits = true;
  clock_.at(clock_.now() + latency_s, [this, id] { after_latency(id); });
}

/// Most transfers meet nobody: then latency and bytes are one event instead of two and a solve.
bool Transfers::begin_alone(TransferId id, double latency_s, bool unwatched) {
  Transfer& transfer = transfers_[id];
  const std::vector<Phase>& phases = shapes_[transfer.shape].phases;
  if (alone_ == nullptr || transfer.bytes == 0 || transfer.phase >= phases.size() ||
      phases[transfer.phase].bundles.size() != 1) {
    return false;
  }
  const Bundle& bundle = phases[transfer.phase].bundles.front();
  const auto flight = alone_->start_alone(bundle.id, bundle.bytes_factor * transfer.bytes, latency_s, id, unwatched);
  if (!flight) {
    return false;
  }
  transfer.flight = *flight;
  ++transfer.phase;
  transfer.pending = 1;
  return true;
}

void Transfers::after_latency(TransferId id) {
  Transfer& transfer = transfers_[id];
  if (transfer.late_s > 0) {
    clock_.at(clock_.now() + std::exchange(transfer.late_s, 0), [this, id] { after_latency(id); });
    return;
  }
  transfer.waits = false;
  if (transfer.phase < shapes_[transfer.shape].phases.size()) {
    begin_bundles(id);
  } else {
    finish(id);
  }
}

void Transfers::hold(const std::vector<ShapeId>& shapes, double seconds) {
  for (Transfer& transfer : transfers_) {
    if (transfer.waits && std::find(shapes.begin(), shapes.end(), transfer.shape) != shapes.end()) {
      transfer.late_s += seconds;
    }
  }
}

void Transfers::begin_bundles(TransferId id) {
  Transfer& transfer = transfers_[id];
  const Phase& phase = shapes_[transfer.shape].phases[transfer.phase++];
  transfer.pending = transfer.bytes > 0 ? static_cast<std::uint32_t>(phase.bundles.size()) : 0;
  if (transfer.pending == 0) {
    pay_latency(id);
    return;
  }
  for (const Bundle& bundle : phase.bundles) {
    start_bundle_(bundle.id, bundle.bytes_factor * transfer.bytes, id);
  }
}

void Transfers::bundle_finished(TransferId id) {
  if (--transfers_[id].pending > 0) {
    return;
  }
  if (transfers_[id].phase < shapes_[transfers_[id].shape].phases.size()) {
    pay_latency(id);
  } else {
    finish(id);
  }
}

void Transfers::finish(TransferId id) {
  const Done done = std::exchange(transfers_[id].done, nullptr);
  close(id);
  if (done) {
    done();
  }
}

void Transfers::close(TransferId id) {
  --shapes_[transfers_[id].shape].in_flight;
  free_transfers_.push_back(id);
}

} // namespace iccsim::engine
