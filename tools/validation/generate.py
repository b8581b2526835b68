#!/usr/bin/env python3
"""Writes one scenario a published training run: scenarios/validation/training/SOURCE/ID.yaml from
scenarios/validation/published.csv. Run from anywhere; Python's standard library is enough."""

import csv
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import rules
import shapes
from rows import EXCLUDED, OVERLAPS
from stacks import CARDS_PER_NODE, node_of, stack_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROWS = ROOT / "scenarios/validation/published.csv"
OUT = ROOT / "scenarios/validation/training"
# The rows that fixed a calibration, by software stack and chip: platforms/software/README.md says which number each.
CALIBRATION = ROOT / "scenarios/validation/calibration.csv"
TOLERANCE = "20 %"


def slug(text):
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def folder(source):
    return slug(re.sub(r"\(.*?\)", "", source))[:48].strip("-")


def expectation(row):
    """The figure that the source prints, and the metric of result.json that is the same thing."""
    if row["iteration_time_s"]:
        return "jobs.train.step_s.p50", f"{float(row['iteration_time_s']):g} s"
    if row["tokens_per_s_per_chip"]:
        return "jobs.train.tokens_per_s_per_card", f"{float(row['tokens_per_s_per_chip']):g}"
    if row["tokens_per_s"]:
        return "jobs.train.tokens_per_s", f"{float(row['tokens_per_s']):g}"
    if row["tflops_per_gpu"]:
        hardware = "recompute" in row["tflops_basis"] and "excludes" not in row["tflops_basis"]
        metric = "hardware_tflops_per_card" if hardware else "tflops_per_card"
        return f"jobs.train.{metric}", f"{float(row['tflops_per_gpu']):g}"
    return "jobs.train.mfu", f"{float(row['MFU_pct']) / 100:.4f}"


def flow(mapping):
    return "{ " + ", ".join(f"{key}: {value}" for key, value in mapping.items()) + " }"


def platform(row):
    node = node_of(row)
    cards = rules.integer(row, "n_chips")
    per_node = CARDS_PER_NODE.get(node, 8)
    nodes = -(-cards // per_node)
    return node, nodes


def scenario(row, calibration_ids):
    stack = stack_of(row)
    node, nodes = platform(row)
    metric, value = expectation(row)
    virtual = rules.virtual(row, stack)
    parallelism = {
        "tensor": rules.tensor(row), "pipeline": rules.pipeline(row), "virtual": virtual,
        "context": rules.context(row), "expert": rules.expert(row),
        "sequence": str(rules.sequence_parallel(row, stack)).lower(), "sharding": rules.sharding(row, stack),
    }
    if rules.sharding_group(row):
        parallelism["sharding_group"] = rules.sharding_group(row)
    if rules.expert(row) > 1:
        parallelism["expert_tensor"] = 1
    if stack == "deepseek-v3":
        parallelism["schedule"] = "dualpipe"
    parallelism.update(rules.uneven_layers(row, stack))
    batch = {"global": rules.integer(row, "global_batch_seqs"), "micro": rules.micro_batch(row, stack),
             "sequence": rules.integer(row, "seq_len")}
    library = shapes.library_file(row)
    lines = [
        "version: 1",
        f"name: {slug(row['id'])}",
        f"title: \"{row['model']} on {row['n_chips']} x {row['chip']}\"",
        "platform:",
        f"  nodes: [{{ name: gpu, type: {node}, count: {nodes} }}]",
        f"  fabric: {flow(fabric_of(row, nodes))}",
    ]
    if not library:
        lines += ["models:", f"  published: {flow(shapes.shape(row))}"]
    lines += [
        "jobs:",
        "  - name: train",
        "    type: pretraining",
        f"    model: {library or 'published'}",
        f"    cards: {rules.integer(row, 'n_chips')}",
        f"    parallelism: {flow(parallelism)}",
        f"    batch: {flow(batch)}",
        f"    precision: {rules.precision(row)}",
        f"    software: {stack}",
        f"    recompute: {rules.recompute(row, stack)}",
    ]
    if row["id"] in OVERLAPS:
        lines.append(f"    overlap: {flow(OVERLAPS[row['id']])}")
    lines += [
        "    length: { steps: 3 }",
        "expect:",
        f"  - metric: {metric}",
        f"    value: {value}",
        f"    tolerance: {TOLERANCE}",
        f"    source: \"{row['source']}; {row['source_locator'][:120]}\"".replace("\\", "/"),
    ]
    if row["id"] in calibration_ids:
        lines.append("    calibration: true")
    return "\n".join(lines) + "\n"


def fabric_of(row, nodes):
    if nodes == 1:
        return {"type": "single_switch"}
    return {"type": "rail_optimized", "leaf_ports": 64, "tiers": 2 if nodes <= 4096 else 3, "efficiency": 0.92}


def main():
    rows = list(csv.DictReader(ROWS.open()))
    with CALIBRATION.open() as file:
        calibration_ids = {line["id"] for line in csv.DictReader(file)}
    if OUT.exists():
        shutil.rmtree(OUT)
    for row in rows:
        if row["id"] in EXCLUDED:
            continue
        path = OUT / folder(row["source"]) / f"{slug(row['id'])}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(scenario(row, calibration_ids))
    print(f"{len(rows) - len(EXCLUDED)} scenarios under {OUT.relative_to(ROOT)}, {len(EXCLUDED)} rows left out")


if __name__ == "__main__":
    main()
