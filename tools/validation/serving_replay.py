#!/usr/bin/env python3
"""Compares the queue of a replayed run over time: requests running and waiting, second by second.

serving_replay.py RESULT.json TIMESERIES.csv

RESULT.json is what `iccsim run` wrote of a scenario in scenarios/validation/serving/llmservingsim, TIMESERIES.csv the
engine's own log (casys-kaist/LLMServingSim, bench/examples/*/vllm/timeseries.csv: t, running, waiting). Prints the mean
of both, the mean absolute difference over the measured mean, and the correlation. Python's standard library is enough.
"""

import csv
import json
import sys


def mean(values):
    return sum(values) / len(values)


def correlation(a, b):
    ma, mb = mean(a), mean(b)
    covariance = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    return covariance / (sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b)) ** 0.5


def at(points, key, time_s):
    """Of the last point that begins before `time_s`; nothing once all is served."""
    before = [point for point in points if point["at_s"] <= time_s]
    after = [point for point in points if point["at_s"] > time_s]
    return float(before[-1][key]) if before and after else 0.0


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        points = json.load(file)["jobs"]["serve"]["timeline"]
    with open(sys.argv[2], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for key in ("running", "waiting"):
        measured = [float(row[key]) for row in rows]
        # A row of the log says what was there at its second; a point is the mean of the second that begins.
        simulated = [at(points, key, float(row["t"]) - 0.5) for row in rows]
        apart = mean([abs(a - b) for a, b in zip(measured, simulated)]) / mean(measured)
        print(f"{key}: measured mean {mean(measured):.1f}, simulated {mean(simulated):.1f}, "
              f"apart {100 * apart:.1f}%, correlation {correlation(measured, simulated):.3f}")


if __name__ == "__main__":
    main()
