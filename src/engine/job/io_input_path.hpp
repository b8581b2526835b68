// The way of input through the I/O service.
#pragma once

#include "engine/io/io_service.hpp"
#include "engine/job/input_path.hpp"
#include "engine/job/input_pipeline.hpp"
#include "engine/job/skip_clock.hpp"

#include <vector>

namespace iccsim::engine {

/// What one card takes in at a time.
struct BatchDemand {
  double samples = 1; ///< of a batch
  /// Share of the dataset that the cards of this path read in an epoch, all together.
  double dataset_share = 1;
};

/// The pipeline of a card whose batches have so many samples.
InputPlan input_plan(const scenario::DatasetSpec& dataset, double samples);

class IoInputPath : public InputPath {
public:
  /// All but `cards` must outlive it. Throws as IoService::add.
  IoInputPath(SkipClock& clock, IoService& io, const scenario::PlatformSpec& platform,
              const scenario::DatasetSpec& dataset, std::uint32_t job, const std::vector<platform::CardId>& cards,
              const BatchDemand& demand);
  IoInputPath(const IoInputPath&) = delete; // callbacks know its address
  IoInputPath& operator=(const IoInputPath&) = delete;

  void read(double bytes, Done done) override;
  void decode(double core_s, Done done) override;
  void copy(double bytes, Done done) override;
  void wait(double seconds, Done done) override;
  bool copies() const override { return copies_; }
  double worker_read_s(double bytes) const override;
  void book(double read_bytes, double core_s, double copied_bytes) override;
  bool hold(double seconds) override;
  InputLeft left() const override;
  double bytes_until_change() const override { return io_.bytes_until_change(read_); }

  /// Gives back what it holds of the service, as soon as nothing is in flight.
  void release();

private:
  void start(IoId id, double amount, Done done);
  void ended();
  void remove_if_idle();

  SkipClock& clock_;
  IoService& io_;
  IoId read_ = 0;
  IoId decode_ = 0;
  IoId copy_ = 0;
  bool decodes_ = false;
  bool copies_ = true;
  bool released_ = false;
  int in_flight_ = 0;
  std::vector<platform::CardId> cards_;
  double reserved_bytes_ = 0; ///< of host memory, a card
  double latency_s_ = 0;      ///< of a request
  double request_bytes_ = 0;  ///< at most
  double file_bytes_ = 0;
  double stream_bytes_per_s_ = 0;
};

} // namespace iccsim::engine
