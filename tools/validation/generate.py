#!/usr/bin/env python3
"""Writes one scenario a published training run, scenarios/validation/{core,training}/SOURCE/ID.yaml, from
scenarios/validation/published.csv, and scenarios/validation/excluded.md, the rows left out.

generate.py [ICCSIM]   run from anywhere; ICCSIM defaults to build/release/src/iccsim. Python's standard library is enough.
"""

import csv
import json
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import fitting
import hardware
import layers
import rules
import shapes
from figures import expectation
from rows import OVERLAPS, reason_to_leave_out
from stacks import software_of, source_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "scenarios/validation"
TOLERANCE = "20 %"


def slug(text):
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def path_of(row):
    source = source_of(row)
    return HOME / ("core" if source.core else "training") / source.folder / f"{slug(row['id'])}.yaml"


def flow(mapping):
    return "{ " + ", ".join(f"{key}: {value}" for key, value in mapping.items()) + " }"


def parallelism(row, choice):
    stack = software_of(row)
    keys = {
        "tensor": rules.tensor(row), "pipeline": rules.pipeline(row), "virtual": layers.virtual(row, stack),
        "context": rules.context(row), "expert": rules.expert(row),
        "sequence": str(rules.sequence_parallel(row, stack)).lower(), "sharding": choice["sharding"],
    }
    if rules.sharding_group(row):
        keys["sharding_group"] = rules.sharding_group(row)
    if rules.expert(row) > 1:
        keys["expert_tensor"] = 1
    if stack == "deepseek-v3":
        keys["schedule"] = "dualpipe"
    return {**keys, **layers.layout(row, stack)}


def platform_nodes(node, pools):
    entries = [f"{{ name: {name}, type: {node}, count: {nodes} }}" for name, nodes in pools]
    if len(entries) == 1:
        return [f"  nodes: [{entries[0]}]"]
    return ["  nodes:", *(f"    - {entry}" for entry in entries)]


def scenario(row, choice, calibrates):
    stack = software_of(row)
    model, shape = shapes.model_of(row)
    metric, value = expectation(row)
    pools = hardware.pools_of(row)
    batch = {"global": rules.integer(row, "global_batch_seqs"), "micro": choice["micro"],
             "sequence": rules.integer(row, "seq_len")}
    lines = [
        "version: 1",
        f"name: {slug(row['id'])}",
        f"title: {json.dumps(row['model'] + ' on ' + row['n_chips'] + ' x ' + row['chip'])}",
        "platform:",
        *platform_nodes(hardware.node_of(row), pools),
        f"  fabric: {hardware.fabric_of(row)}",
    ]
    if shape:
        lines += ["models:", f"  published: {flow(shape)}"]
    lines += [
        "jobs:",
        "  - name: train",
        "    type: pretraining",
        f"    model: {model}",
        f"    cards: {rules.integer(row, 'n_chips')}",
        *([f"    pool: [{', '.join(name for name, _ in pools)}]"] if len(pools) > 1 else []),
        f"    parallelism: {flow(parallelism(row, choice))}",
        f"    batch: {flow(batch)}",
        f"    precision: {rules.precision(row)}",
        f"    software: {stack}",
        f"    recompute: {choice['recompute']}",
    ]
    if row["id"] in OVERLAPS:
        lines.append(f"    overlap: {flow(OVERLAPS[row['id']])}")
    source = f"{row['source']}; {row['source_locator'][:120]}".replace('"', "'")
    lines += [
        "    length: { steps: 3 }",
        "expect:",
        f"  - metric: {metric}",
        f"    value: {value}",
        f"    tolerance: {TOLERANCE}",
        f"    source: {json.dumps(source, ensure_ascii=False)}",
    ]
    if calibrates:
        lines.append("    calibration: true")
    return "\n".join(lines) + "\n"


def first_choice(row):
    stack = software_of(row)
    return {"sharding": rules.sharding(row, stack), "recompute": rules.recompute(row, stack),
            "micro": rules.micro_batch(row, stack)}


def next_choice(row, choice):
    """The next smaller plan in memory, in what the source leaves unsaid; nothing when it leaves nothing."""
    if choice["sharding"] == "none" and not rules.sharding_is_printed(row) and rules.data(row) > 1:
        return {**choice, "sharding": "optimizer"}
    if choice["micro"] > 1 and not rules.micro_batch_is_printed(row):
        return {**choice, "micro": choice["micro"] // 2}
    order = ["none", "selective", "full"]
    if rules.recompute_is_printed(row, software_of(row)) or choice["recompute"] == "full":
        return None
    return {**choice, "recompute": order[order.index(choice["recompute"]) + 1]}


def write(rows, calibration, iccsim):
    """Writes the rows, then again those that do not fit with less memory, until all fit or nothing is left to choose."""
    choices = {row["id"]: first_choice(row) for row in rows}
    changed = rows
    while changed:
        for row in changed:
            path = path_of(row)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(scenario(row, choices[row["id"]], row["id"] in calibration))
        misfit = fitting.misfits(iccsim, [path_of(row) for row in changed])
        changed = [row for row in changed if str(path_of(row)) in misfit and next_choice(row, choices[row["id"]])]
        for row in changed:
            choices[row["id"]] = next_choice(row, choices[row["id"]])


def write_excluded(rows):
    by_reason = {}
    for row in rows:
        by_reason.setdefault(reason_to_leave_out(row), []).append(row["id"])
    lines = ["# Rows of published.csv without a scenario", "", "Written by tools/validation/generate.py.", "",
             "| reason | rows |", "| --- | --- |"]
    lines += [f"| {reason} | {', '.join(ids)} |" for reason, ids in by_reason.items()]
    (HOME / "excluded.md").write_text("\n".join(lines) + "\n")


def main():
    iccsim = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/src/iccsim")
    with (HOME / "published.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (HOME / "calibration.csv").open() as file:
        calibration = {line["id"] for line in csv.DictReader(file)}
    for name in ("core", "training"):
        shutil.rmtree(HOME / name, ignore_errors=True)
    left_out = [row for row in rows if reason_to_leave_out(row)]
    kept = [row for row in rows if not reason_to_leave_out(row)]
    write(kept, calibration, iccsim)
    write_excluded(left_out)
    print(f"{len(kept)} scenarios, {len(left_out)} rows left out")


if __name__ == "__main__":
    main()
