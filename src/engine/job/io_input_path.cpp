#include "engine/job/io_input_path.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {
namespace {

const scenario::StorageSpec* storage_named(const scenario::PlatformSpec& platform, const std::string& name) {
  for (const scenario::StorageSpec& storage : platform.storage) {
    if (storage.name == name) {
      return &storage;
    }
  }
  return nullptr;
}

double copied_bytes_per_byte(const scenario::DatasetSpec& dataset) {
  return dataset.copied_bytes_per_sample > 0 && dataset.bytes_per_sample > 0
             ? dataset.copied_bytes_per_sample / dataset.bytes_per_sample
             : 1;
}

} // namespace

InputPlan input_plan(const scenario::DatasetSpec& dataset, double samples) {
  return {samples, dataset.cpu_time_per_sample_s, copied_bytes_per_byte(dataset), dataset.readers, dataset.prefetch};
}

IoInputPath::IoInputPath(SkipClock& clock, IoService& io, const scenario::PlatformSpec& platform,
                         const scenario::DatasetSpec& dataset, std::uint32_t job,
                         const std::vector<platform::CardId>& cards, const BatchDemand& demand)
    : clock_(clock), io_(io), decodes_(dataset.cpu_time_per_sample_s > 0), cards_(cards) {
  const IoAccount account{job, IoPurpose::dataset};
  const scenario::StorageSpec* storage = storage_named(platform, dataset.storage);
  IoPattern read;
  read.storage = dataset.storage;
  read.clients = cards;
  // No more workers than samples that may be under way.
  read.streams = std::min<double>(dataset.readers, std::max(1.0, demand.samples * dataset.prefetch));
  read.bytes_per_file = dataset.samples_per_file > 0 ? dataset.samples_per_file * dataset.bytes_per_sample : 0;
  read.dataset_bytes = dataset.samples * dataset.bytes_per_sample * demand.dataset_share;
  read.order = dataset.order;
  read.page_cache = dataset.page_cache;
  if (storage != nullptr) {
    // What is stored as the card wants it need not pass through host memory.
    const bool as_stored = !decodes_ && copied_bytes_per_byte(dataset) == 1;
    copies_ = !(storage->gpu_direct && as_stored);
    latency_s_ = storage->latency_s;
    request_bytes_ = storage->request_bytes;
    stream_bytes_per_s_ = storage->stream_read_bytes_per_s;
  }
  read.buffer = copies_ ? IoBuffer::host_memory : IoBuffer::card;
  file_bytes_ = read.bytes_per_file;
  read_ = io_.add(account, read);
  if (decodes_) {
    decode_ = io_.add_cpu_work(account, cards, read.streams);
  }
  if (copies_) {
    IoPattern copy;
    copy.tier = IoTier::host_memory;
    copy.buffer = IoBuffer::card;
    copy.clients = cards;
    copy_ = io_.add(account, copy);
    reserved_bytes_ =
        dataset.prefetch * demand.samples * dataset.bytes_per_sample * std::max(1.0, copied_bytes_per_byte(dataset));
    io_.reserve_host_memory(cards_, reserved_bytes_);
  }
}

void IoInputPath::start(IoId id, double amount, Done done) {
  ++in_flight_;
  io_.start(id, amount, clock_.later([this, done = std::move(done)] {
    done();
    ended();
  }));
}

/// After what it led to was started.
void IoInputPath::ended() {
  --in_flight_;
  if (released_) {
    clock_.at(clock_.now(), [this] { remove_if_idle(); }); // not from within the service's call
  }
}

void IoInputPath::read(double bytes, Done done) {
  start(read_, bytes, std::move(done));
}

void IoInputPath::decode(double core_s, Done done) {
  start(decode_, core_s, std::move(done));
}

void IoInputPath::copy(double bytes, Done done) {
  start(copy_, bytes, std::move(done));
}

/// In flight as the others are: what follows it may be a copy.
void IoInputPath::wait(double seconds, Done done) {
  ++in_flight_;
  clock_.at(clock_.now() + seconds, [this, done = std::move(done)] {
    done();
    ended();
  });
}

void IoInputPath::book(double read_bytes, double core_s, double copied_bytes) {
  io_.book(read_, read_bytes);
  if (decodes_) {
    io_.book(decode_, core_s);
  }
  if (copies_) {
    io_.book(copy_, copied_bytes);
  }
}

bool IoInputPath::hold(double seconds) {
  std::vector<IoId> ids{read_};
  if (decodes_) {
    ids.push_back(decode_);
  }
  if (copies_) {
    ids.push_back(copy_);
  }
  return io_.hold(ids, seconds);
}

InputLeft IoInputPath::left() const {
  return {io_.left(read_), decodes_ ? io_.left(decode_) : 0, copies_ ? io_.left(copy_) : 0};
}

double IoInputPath::worker_read_s(double bytes) const {
  const double requests = std::max(request_bytes_ > 0 ? bytes / request_bytes_ : 0,
                                   file_bytes_ > 0 ? bytes / file_bytes_ : 0); // each file begins with one
  const double stream_s = stream_bytes_per_s_ > 0 ? bytes / stream_bytes_per_s_ : 0;
  return (1 - io_.hit_share(read_)) * (latency_s_ * requests + stream_s);
}

void IoInputPath::release() {
  released_ = true;
  remove_if_idle();
}

void IoInputPath::remove_if_idle() {
  if (in_flight_ > 0 || cards_.empty()) {
    return;
  }
  io_.remove(read_);
  if (decodes_) {
    io_.remove(decode_);
  }
  if (copies_) {
    io_.remove(copy_);
    io_.reserve_host_memory(cards_, -reserved_bytes_);
  }
  cards_.clear();
}

} // namespace iccsim::engine
