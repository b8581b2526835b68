#!/usr/bin/env python3
"""Writes one scenario a published inference run, scenarios/validation/serving/FOLDER/ID.yaml, from
scenarios/validation/serving/published.csv.

serving.py   run from anywhere; Python's standard library is enough. A row holds the scenario's own words: `formats`,
`shape` (replicas, or prefill: and decode: divided by ;), `engine`, `requests` (parts divided by ;) and `expect` (figure=value, divided by ;).
"""

import csv
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "scenarios/validation/serving"
TOLERANCE = {"output_tokens_per_s": "20 %", "prompt_tokens_per_s": "20 %"}


def calibrations():
    with open(HOME / "calibration.csv", newline="", encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file)}


def expectations(row, calibrated):
    lines = []
    for part in row["expect"].split(";"):
        figure, value = part.split("=")
        lines += [f"  - metric: jobs.serve.{figure}", f"    value: {float(value):g}",
                  f"    tolerance: {TOLERANCE.get(figure, '25 %')}"]
        if calibrated:
            lines.append("    calibration: true")
        lines.append(f'    source: "{row["source"]}"')
    return "\n".join(lines)


def scenario(row, calibrated):
    formats = "".join(f"    {part.strip()}\n" for part in row["formats"].split(","))
    requests = "".join(f"      {part.strip()}\n" for part in row["requests"].split(";"))
    note = f"# {row['note']}\n" if row["note"] else ""
    shape = f"    replicas: {{ {row['shape']} }}"
    if "prefill:" in row["shape"]:
        shape = "    disaggregation:\n" + "\n".join(f"      {part.strip()}" for part in row["shape"].split(";"))
    return f"""{note}version: 1
name: {row['id']}
title: "{row['title']}"
platform:
  nodes: [{{ name: gpu, type: {row['node']}, count: {row['nodes']} }}]
  fabric: {row['fabric']}
jobs:
  - name: serve
    type: inference
    model: {row['model']}
    cards: {row['cards']}
    software: {row['software']}
{formats}{shape}
    engine: {{ {row['engine']} }}
    requests:
{requests}expect:
{expectations(row, calibrated)}
"""


def main():
    fixed = calibrations()
    with open(HOME / "published.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        path = HOME / row["folder"] / f"{row['id']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(scenario(row, row["id"] in fixed), encoding="utf-8")
    print(f"{len(rows)} scenarios")


if __name__ == "__main__":
    main()
