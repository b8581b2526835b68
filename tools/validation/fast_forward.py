#!/usr/bin/env python3
"""Skipped steps against steps that are all played, for jobs that contend.

fast_forward.py [--iccsim FILE] [--systems 40] [--seed 1] [--jobs 16] [--kinds fabric,faults,storage,service,twins]
                [--only NUMBER...] [--nudge TIMES] [--keep FOLDER] [--play-first EVENTS]
fast_forward.py [--iccsim FILE] [--set PATH=VALUE]... [--nudge TIMES] [--play-first EVENTS] SCENARIO...

Every system runs twice, `iccsim run` with and without --no-fast-forward; without scenario files, on random systems
(contending.py). Per job: how far its tokens per second are apart, relative to the reference, and how far its states
are: the difference of a state's card-seconds over the job's card-seconds in the reference. Bounds: 0.5% and 1%. CPU
seconds of both runs are shown, which a busy machine does not change.

--nudge 3: where a system is beyond a bound, its reference is played again so many times, each with another job submitted
1 ns, 1 us or 1 ms later. Where that moves the reference as far, no skip could be closer: such systems are marked and
not counted.

A run plays its first half of a million events unless told otherwise, in which most of the random systems would end:
here it skips as soon as it can, so that what is compared is skipping. --play-first 500000 compares what users get.

Exits 1 when a system is beyond. Python's standard library is enough.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import contending

ROOT = pathlib.Path(__file__).resolve().parents[2]
RATE_BOUND = 0.005
STATE_BOUND = 0.01
NUDGES_S = (1e-9, 1e-6, 1e-3)


class Run:
    """One simulation: its jobs, and the CPU seconds that it took."""

    def __init__(self, options, file, *extra):
        command = [options.iccsim, "run", "-q", "--no-what-if", "--json", *extra]
        for setting in options.set:
            command += ["--set", setting]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([*command, str(file)], stdout=out, stderr=errors)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):  # 1: an expectation that other settings may miss
                errors.seek(0)
                sys.exit(f"{file}: status {process.returncode}\n{errors.read().decode()}")
            out.seek(0)
            self.jobs = json.load(out)["jobs"]
        self.cpu_s = usage.ru_utime + usage.ru_stime


def rate(job):
    return job.get("tokens_per_s") or job.get("output_tokens_per_s") or job.get("samples_per_s") or 0.0


def rate_difference(job, reference):
    of = rate(reference)
    return abs(rate(job) - of) / of if of else float(rate(job) != 0)


def state_difference(job, reference):
    """The worst of all states, and which it is."""
    states = reference["states_s"]
    total = sum(states.values())
    if total == 0:
        return float(sum(job["states_s"].values()) != 0), ""
    return max((abs(job["states_s"][state] - seconds) / total, state) for state, seconds in states.items())


class Distance:
    """Between two runs of a system: the worst of its jobs."""

    def __init__(self, run, reference):
        jobs = reference.jobs
        self.rate, self.rate_job = max((rate_difference(run.jobs[name], job), name) for name, job in jobs.items())
        (self.state, self.state_name), self.state_job = max(
            (state_difference(run.jobs[name], job), name) for name, job in jobs.items())
        self.rates = [rate_difference(run.jobs[name], job) for name, job in jobs.items()]
        self.states = [state_difference(run.jobs[name], job)[0] for name, job in jobs.items()]

    def beyond(self):
        return self.rate > RATE_BOUND or self.state > STATE_BOUND

    def within(self, other):
        """Whether what is beyond a bound here is as far there: `other` is a worst rate and a worst state."""
        return self.rate <= max(RATE_BOUND, other[0]) and self.state <= max(STATE_BOUND, other[1])


def nudged(options, file, reference):
    """How far the reference moves when one job comes a little later: the worst rate and state of several tries."""
    names = sorted(reference.jobs, key=lambda name: reference.jobs[name]["submit_s"])
    worst_rate = worst_state = 0.0
    for i in range(min(options.nudge, len(names))):
        name = names[i * len(names) // options.nudge]
        submit_s = reference.jobs[name]["submit_s"] + NUDGES_S[i % len(NUDGES_S)]
        distance = Distance(Run(options, file, "--no-fast-forward", "--set", f"jobs.{name}.submit={submit_s!r} s"),
                            reference)
        worst_rate, worst_state = max(worst_rate, distance.rate), max(worst_state, distance.state)
    return worst_rate, worst_state


def systems(options, folder):
    """Label, kind and file of each system."""
    if options.scenarios:
        for file in options.scenarios:
            yield pathlib.Path(file).stem, "", file
        return
    for number in options.only or range(options.systems):
        kind, text = contending.system(options.seed, number, options.kinds, options.jobs)
        file = folder / f"contending-{options.seed}-{number}.yaml"
        file.write_text(text, encoding="utf-8")
        yield f"{options.seed}/{number}", kind, file


def compare(options, label, kind, file):
    """One system; returns its distance and whether it counts as a miss."""
    skipped = Run(options, file, "--play-first", str(options.play_first))
    played = Run(options, file, "--no-fast-forward")
    distance = Distance(skipped, played)
    missed, note = distance.beyond(), ""
    if missed:
        note = f"beyond: {distance.rate_job} {distance.state_job} {distance.state_name}"
        if options.nudge:
            moves = nudged(options, file, played)
            missed = not distance.within(moves)
            note += f"; reference moves by {100 * moves[0]:.2f}% {100 * moves[1]:.2f}%"
    print(f"{label:>22} {kind:8} {len(played.jobs):4} {played.cpu_s:8.2f} {skipped.cpu_s:8.2f} "
          f"{100 * distance.rate:9.4f}% {100 * distance.state:8.4f}%  {note}", flush=True)
    return distance, missed


def summary(distances, missed):
    rates = [rate for distance in distances for rate in distance.rates]
    states = [state for distance in distances for state in distance.states]
    beyond = sum(distance.beyond() for distance in distances)
    print(f"{len(distances)} systems, {len(rates)} jobs. Tokens per second: mean {100 * sum(rates) / len(rates):.4f}%, "
          f"worst {100 * max(rates):.4f}%; {sum(rate > RATE_BOUND for rate in rates)} jobs beyond "
          f"{100 * RATE_BOUND:g}%. States: mean {100 * sum(states) / len(states):.4f}%, worst "
          f"{100 * max(states):.4f}%; {sum(state > STATE_BOUND for state in states)} jobs beyond "
          f"{100 * STATE_BOUND:g}%. {beyond} systems beyond, {beyond - missed} of them where the reference itself "
          "moves as far.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    parser.add_argument("--iccsim", default=str(ROOT / "build/release/src/iccsim"))
    parser.add_argument("--systems", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=16, help="most of a system")
    parser.add_argument("--kinds", default=",".join(contending.KINDS))
    parser.add_argument("--only", type=int, nargs="*", help="these systems of the seed")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    parser.add_argument("--nudge", type=int, default=0, metavar="TIMES")
    parser.add_argument("--play-first", type=float, default=0, metavar="EVENTS")
    parser.add_argument("--keep", type=pathlib.Path, help="write the random systems there")
    options = parser.parse_args()
    options.kinds = options.kinds.split(",")
    return options


def main():
    options = arguments()
    print(f"{'system':>22} {'kind':8} jobs   played  skipped  tokens/s    states")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        results = [compare(options, *system) for system in systems(options, folder)]
    missed = sum(miss for _, miss in results)
    summary([distance for distance, _ in results], missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
