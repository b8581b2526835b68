#!/usr/bin/env python3
"""Fills in what TensorRT-LLM's performance overview leaves to trtllm-bench, for every row of that source alike.

trtllm_bench.py IDS [--iccsim BINARY]   IDS: a regular expression; rewrites scenarios/validation/serving/published.csv

The overview prints commands, options and the number of requests (NVIDIA/TensorRT-LLM@03e27c7d,
docs/source/developer-guide/perf-overview.md, "Reproducing Benchmarked Results"). Batch and tokens of an iteration
follow from trtllm-bench's own estimate (same repository, tensorrt_llm/bench/build/tuning.py and
bench/benchmark/utils/general.py), which is computed here; how many whole requests KV memory holds, which limits the
batch further (the default policy admits no request that it might have to push out), comes from `iccsim check`.
"""

import argparse
import csv
import math
import os
import pathlib
import re
import subprocess
import tempfile

import serving

PUBLISHED = serving.HOME / "published.csv"
SOURCE = "TensorRT-LLM performance overview"
KV_SHARE = 0.95  # "in many cases"; 0.90 where memory ran out, which is not said where
# "Number of Requests", by the longer of the two lengths.
REQUESTS = {1000: 3000, 1024: 3000, 8192: 1500, 32768: 1000}
GIB = 1 << 30
# Of the whole card as the driver says.
MEMORY_GIB = {"dgx-h100": 79.6, "hgx-h200": 140.4, "dgx-b200": 179.1, "gb200-nvl72": 185.0, "rtx-pro-6000-8": 95.6}
# Model: parameters, layers, KV heads and head size as the estimate counts them (latent attention as if it were not).
MODELS = {
    "deepseek-v3": (684.5e9, 61, 128, 56), "llama3-70b": (70.6e9, 80, 8, 128),
    "llama4-maverick-400b": (401e9, 48, 8, 128), "qwen3-235b-a22b": (235e9, 94, 4, 128),
    "qwen3-30b-a3b": (30.5e9, 48, 4, 128),
}


def estimate(row, prompt, output):
    """max_batch_size and max_num_tokens as trtllm-bench sets them: it estimates for FP8, NVFP4 and 16 bits, other
    checkpoints (MXFP4; mixed ones such as DeepSeek's second NVFP4 one) get defaults."""
    if row["model"] not in MODELS or (row["model"] == "deepseek-v3" and "fp4" in row["formats"]):
        return 2048, 8192
    parameters, layers, kv_heads, head = MODELS[row["model"]]
    # Stored elements: two FP4 values count as one, and each 16 values have a scale.
    stored = parameters * (0.5 + 1 / 16 if "fp4" in row["formats"] else 1)
    width = 0.5 if "fp4" in row["formats"] else 1
    cards = int(row["cards"])
    stages = int((re.search(r"pipeline: (\d+)", row["shape"]) or [0, 1])[1])
    token_gib = 2 * layers * max(cards // stages, kv_heads) * head / GIB
    free_gib = (MEMORY_GIB[row["node"]] * cards - stored * width / GIB) * KV_SHARE
    batch = min(free_gib / (token_gib * (prompt + output)), 4096) / stages
    tokens = min(batch * (1 + prompt / output), 32768)
    if batch < 256:
        batch = max(64, 32 * math.ceil(batch / 32))
    else:
        batch = (128 if batch < 1024 else 256) * math.ceil(batch / (128 if batch < 1024 else 256))
    if tokens < 4096:
        tokens = max(2048, 256 * math.ceil(tokens / 256))
    else:
        tokens = (512 if tokens < 8192 else 1024) * math.ceil(tokens / (512 if tokens < 8192 else 1024))
    return batch, tokens


def kv_tokens(row, iccsim):
    """Tokens of KV that one attention group holds, in blocks of 32 (TensorRT-LLM's default)."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "row.yaml"
        path.write_text(serving.scenario(row, False), encoding="utf-8")
        done = subprocess.run([iccsim, "check", str(path)], capture_output=True, text=True, check=False,
                              env={**os.environ, "ICCSIM_LIBRARY": str(serving.ROOT)})
    said = re.search(r"\(([\d,]+) blocks of (\d+) tokens a group\)", done.stdout)
    if not said:
        raise SystemExit(f"{row['id']}: {done.stderr or done.stdout}")
    return int(said[1].replace(",", "")) * int(said[2])


def fill(row, iccsim):
    prompt, output = (int(re.search(key + r": \{ mean: (\d+)", row["requests"])[1]) for key in ("prompt", "output"))
    requests = REQUESTS[max(prompt, output)]
    if row["model"].startswith("gpt-oss"):
        # kv_cache_config.dtype: fp8, "Hopper: use auto", which is the model's own 16 bits.
        hopper = row["node"] in ("dgx-h100", "hgx-h200")
        row["formats"] = "precision: bf16, expert_precision: fp4, kv_precision: " + ("bf16" if hopper else "fp8")
    batch, tokens = estimate(row, prompt, output)
    tokens = max(tokens, prompt + batch)  # prompts are not cut
    engine = "max_batch: {}, max_batched_tokens: {}, whole_prompts: true, kv_block: 32, memory_utilization: 95 %"
    row["engine"] = engine.format(batch, tokens)
    whole = kv_tokens(row, iccsim) // (32 * math.ceil((prompt + output) / 32))
    row["engine"] = engine.format(min(batch, whole), tokens)
    row["requests"] = (f"arrival: {{ process: closed, concurrency: {requests} }}; prompt: {{ mean: {prompt} }}; "
                       f"output: {{ mean: {output} }}; count: {requests}")
    row["note"] = "batch and tokens of an iteration: tools/validation/trtllm_bench.py"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids")
    parser.add_argument("--iccsim", default=str(serving.ROOT / "build/release/src/iccsim"))
    options = parser.parse_args()
    with open(PUBLISHED, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["source"].startswith(SOURCE) and re.search(options.ids, row["id"]):
            fill(row, options.iccsim)
    with open(PUBLISHED, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
