#include "report/summary_io.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>

namespace iccsim::report {
namespace {

using metrics::IoFigures;

std::string stall_text(double stall_s, double life_s) {
  if (stall_s <= 0) {
    return "; no card waited";
  }
  const std::string share = life_s > 0 ? fmt::format(" ({} of its time)", human_percent(stall_s / life_s)) : "";
  return fmt::format("; a card waited {}{}", human_seconds(stall_s), share);
}

std::string times_text(const IoFigures& io, const char* noun, const char* plural) {
  return io.operations > 0
             ? fmt::format(" in {} {}{}", human_count(io.operations), noun, io.operations == 1 ? "" : plural)
             : "";
}

/// "1.20 TB read in 100 batches, 30.0% of it from caches".
std::string read_text(const IoFigures& io, const char* noun, const char* plural) {
  std::string text = human_bytes(io.bytes) + " read" + times_text(io, noun, plural);
  if (io.cached_bytes > 0 && io.bytes > 0) {
    text += fmt::format(", {} of it from caches", human_percent(io.cached_bytes / io.bytes));
  }
  return text;
}

/// "host memory 1.20 GB read, 3.40 GB written", for each tier that had something to do.
std::string kv_text(const metrics::KvIoFigures& kv) {
  std::string text;
  const auto add = [&](const char* name, const metrics::KvTierFigures& tier) {
    if (tier.read_bytes > 0 || tier.written_bytes > 0) {
      text += fmt::format("{}{} {} read, {} written, at most {} there", text.empty() ? "" : "; ", name,
                          human_bytes(tier.read_bytes), human_bytes(tier.written_bytes), human_bytes(tier.peak_bytes));
    }
  };
  add("host memory", kv.host);
  add("drives", kv.nvme);
  add("storage", kv.storage);
  return text.empty() ? "nothing went there" : text;
}

} // namespace

void add_io_lines(LabelledLines& lines, const metrics::JobResult& job) {
  const double life_s = job.end_s - job.start_s;
  if (const auto& io = job.io.dataset) {
    lines.add("dataset", read_text(*io, "batch", "es") + stall_text(io->stall_s, life_s));
  }
  if (const auto& io = job.io.checkpoint) {
    lines.add("checkpoints", human_bytes(io->bytes) + " written" + times_text(*io, "checkpoint", "s") +
                                 stall_text(io->stall_s, life_s));
  }
  if (const auto& io = job.io.weights) {
    lines.add("weights", read_text(*io, "load", "s") + stall_text(io->stall_s, life_s));
  }
  if (job.service && job.service->kv_transferred_bytes > 0) {
    const metrics::ServiceFigures& service = *job.service;
    lines.add("KV hand-over", human_bytes(service.kv_transferred_bytes) + " sent from prefill to decode" +
                                  stall_text(service.hand_over_stall_s, life_s));
  }
  if (const auto& kv = job.io.kv) {
    lines.add("KV tiers", kv_text(*kv) + stall_text(kv->stall_s, life_s));
  }
}

} // namespace iccsim::report
