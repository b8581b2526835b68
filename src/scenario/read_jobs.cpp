#include "scenario/read_jobs.hpp"

#include "scenario/inference_keys.hpp"
#include "scenario/job_keys.hpp"
#include "scenario/names.hpp"
#include "scenario/reference.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

constexpr int default_positions = 2048;

/// The type that the job says; a missing one is reported with the other missing keys.
std::optional<JobType> read_type(const Value& value, Reading& reading) {
  const Tree::Entry* entry = value.tree->find("type");
  return entry == nullptr ? std::nullopt : read_choice<JobType>(value.child(*entry), reading);
}

/// The default stack is looked up as if the job named it.
void read_default_software(const Value& value, Reading& reading, PretrainingSpec& spec) {
  Tree name;
  name.kind = Tree::Kind::scalar;
  name.spot = value.tree->spot;
  name.text = default_software;
  read_reference<SoftwareSpec>(Value(name, joined(value.path, "software")), LibraryKind::software, reading,
                               software_keys(), spec.software, nullptr);
}

void finish_pretraining(const Value& value, Reading& reading, PretrainingSpec& spec) {
  if (value.tree->find("software") == nullptr && reading.trusts(joined(value.path, "software"))) {
    read_default_software(value, reading, spec);
  }
  if (value.seek("parallelism.schedule").tree == value.seek("parallelism").tree &&
      spec.parallelism.virtual_stages > 1) {
    spec.parallelism.schedule = Schedule::interleaved;
  }
  if (spec.model.max_positions == 0) {
    spec.model.max_positions = spec.batch.sequence > 0 ? spec.batch.sequence : default_positions;
  }
}

template <typename Spec>
void read_as(const Value& value, Reading& reading, JobSpec& job, const Keys<Spec>& keys, Spec& spec) {
  std::vector<BoundKey> all = bind(common_job_keys(!std::is_same_v<Spec, InferenceSpec>), job);
  const std::vector<BoundKey> own = bind(keys, spec);
  all.insert(all.end(), own.begin(), own.end());
  read_mapping(value, reading, all);
}

/// Without a type only `type` itself is worth a message.
void read_without_type(const Value& value, Reading& reading) {
  reading.distrust(value.path);
  if (!value.tree->is_mapping()) {
    reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)), "a mapping");
  } else if (value.tree->find("type") == nullptr) {
    reading.fail(value, "key 'type' is missing", any_of(words_of<JobType>()));
  }
}

} // namespace

std::optional<JobSpec> read_job(const Value& value, Reading& reading) {
  JobSpec job;
  const std::optional<JobType> type = value.tree->is_mapping() ? read_type(value, reading) : std::nullopt;
  if (!type) {
    read_without_type(value, reading);
  } else if (*type == JobType::pretraining) {
    auto& spec = job.what.emplace<PretrainingSpec>();
    read_as(value, reading, job, pretraining_keys(), spec);
    finish_pretraining(value, reading, spec);
  } else if (*type == JobType::collective) {
    read_as(value, reading, job, collective_keys(), job.what.emplace<CollectiveSpec>());
  } else if (*type == JobType::training) {
    read_as(value, reading, job, training_keys(), job.what.emplace<TrainingSpec>());
  } else {
    read_as(value, reading, job, inference_keys(), job.what.emplace<InferenceSpec>());
    finish_inference(value, reading, job);
  }
  return job;
}

void check_jobs(const Value& root, Reading& reading, Scenario& scenario) {
  UniqueNames names("job");
  const Value list = root.seek("jobs");
  for (std::size_t i = 0; i < scenario.jobs.size() && i < list.tree->items.size(); ++i) {
    const JobSpec& job = scenario.jobs[i];
    const Value item = list.item(i);
    if (!job.name.empty() && reading.trusts(item.path + ".name")) {
      names.check(item.seek("name"), job.name, reading);
    }
    if (!reading.trusts(item.path + ".type")) {
      continue;
    }
    check_placement(item, reading, job, scenario.platform);
    if (std::holds_alternative<PretrainingSpec>(job.what)) {
      check_pretraining(item, reading, job, scenario.platform);
    } else if (std::holds_alternative<TrainingSpec>(job.what)) {
      check_training(item, reading, job, scenario.platform);
    } else if (std::holds_alternative<InferenceSpec>(job.what)) {
      check_inference(item, reading, job, scenario);
    } else {
      check_collective(item, reading, job);
    }
  }
}

std::vector<KeyInfo> describe_job_keys() {
  std::vector<KeyInfo> infos = infos_of(common_job_keys(true));
  for (const auto& more : {infos_of(pretraining_keys()), infos_of(collective_keys()), infos_of(training_keys()),
                           infos_of(inference_keys())}) {
    infos.insert(infos.end(), more.begin(), more.end());
  }
  return infos;
}

} // namespace iccsim::scenario
