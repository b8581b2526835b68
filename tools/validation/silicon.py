#!/usr/bin/env python3
"""Runs measured deployments of aiconfigurator's silicon_sample.csv and prints the errors of TTFT and TPOT.

silicon.py CSV [--iccsim BINARY] [--system h100_sxm,h200_sxm] [--match REGEX] [--mode agg] [--every N] [--jobs N]
           [--rows FILE]

--match looks at backend, version, model and quantization; --every takes each N-th row; --rows writes one line a row.
Python's standard library is enough. The CSV is not part of the project (ai-dynamo/aiconfigurator, Apache-2.0).
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import silicon_rows

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv")
    parser.add_argument("--iccsim", default=str(ROOT / "build/release/src/iccsim"))
    parser.add_argument("--system", default="")
    parser.add_argument("--match", default="")
    parser.add_argument("--mode", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rows", default="")
    return parser.parse_args()


def chosen(options):
    systems = set(options.system.split(",")) - {""}
    with open(options.csv, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file)
                if (not systems or row["system"] in systems) and (not options.mode or row["mode"] == options.mode)
                and re.search(options.match, " ".join((row["backend"], row["backend_version"],
                                                       silicon_rows.model_of(row), row["gemm_quant_mode"])))]
    return rows[::options.every]


def simulate(iccsim, row):
    """Mean TTFT and TPOT in milliseconds, or a line that says why not."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "silicon.yaml"
        path.write_text(silicon_rows.scenario(row), encoding="utf-8")
        done = subprocess.run([iccsim, "run", str(path), "--json", "-q"], capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1]
    job = json.loads(done.stdout)["jobs"]["serve"]
    ttft_s, tpot_s = job["ttft_s"]["mean"], job["tpot_s"]["mean"]
    return 1e3 * (ttft_s + (silicon_rows.streamed_together(row) - 1) * tpot_s), 1e3 * tpot_s


def share(errors):
    return f"{100 * statistics.median(map(abs, errors)):5.0f}% ({100 * statistics.median(errors):+4.0f}%)"


def print_table(results):
    groups = collections.defaultdict(list)
    for row, errors in results:
        name = (row["system"], row["mode"], row["backend"], silicon_rows.model_of(row), row["gemm_quant_mode"] or "bf16")
        groups[name].append(errors)
        groups[(row["system"], row["mode"], "all")].append(errors)
    print(f"{'median absolute error (median error)':62} {'rows':>5}  {'TTFT':>14}  {'TPOT':>14}")
    for name in sorted(groups):
        ttft, tpot = zip(*groups[name])
        print(f"{' '.join(name):62} {len(ttft):5}  {share(ttft):>14}  {share(tpot):>14}")


def main():
    options = arguments()
    results, lines, reasons = [], [], collections.Counter()
    rows = []
    for row in chosen(options):
        reason = silicon_rows.left_out(row)
        reasons[reason] += bool(reason)
        if not reason:
            rows.append(row)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        answers = pool.map(lambda row: simulate(options.iccsim, row), rows)
        for row, answer in zip(rows, answers):
            if isinstance(answer, str):
                reasons[re.sub(r"^\S*silicon.yaml[:\d]*\s*", "", answer)] += 1
                continue
            measured = float(row["silicon_ttft_ms"]), float(row["silicon_tpot_ms"])
            errors = tuple(a / b - 1 for a, b in zip(answer, measured))
            results.append((row, errors))
            lines.append(",".join((row["id"], *(f"{v:.3f}" for v in (*measured, *answer)))))
    print_table(results)
    for reason, count in reasons.items():
        if count:
            print(f"left out {count}: {reason}")
    if options.rows:
        text = "\n".join(["id,measured_ttft_ms,measured_tpot_ms,ttft_ms,tpot_ms", *lines]) + "\n"
        pathlib.Path(options.rows).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
