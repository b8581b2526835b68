"""Rows of aiconfigurator's measured deployments (silicon_sample.csv) as scenarios.

What the rows do not say is decided here, once for all of them:

- Lengths. Rows of the public benchmark data base (everything but the files of the "auto-gap analysis") come from a
  client whose prompts and answers vary evenly from 0.8 to 1 of the given lengths; the others are exact.
- Clients start one after the other: 1 ms apart in the first, 20 ms in the others (HTTP connections, tokenization).
- Ten requests a client, and means over all of them, the first wave with its queue of prompts included.
- Cards. Some rows carry the product of expert and tensor degrees as the first of them; the experts' own degrees say how
  many cards there are.
- Rows whose prompts were served from a prefix cache, or that name no size for their workers, are left out.
- So are rows that do not say whether tokens were drafted (`may_draft`).
- The recipes of TensorRT-LLM's DeepSeek and Kimi rows stream every tenth token (`stream_interval: 10`), and clients see the
  first ten at once: the time to the first token has nine more in it.
"""

import re

MODELS = [
    ("DeepSeek", "deepseek-v3"), ("MiniMax-M2", "minimax-m2.5"), ("gpt-oss-120b", "gpt-oss-120b"),
    ("Llama-3.1-70B", "llama3-70b"), ("Llama-3.1-8B", "llama3-8b"), ("Qwen3-32B", "qwen3-32b"),
    ("Qwen3.5-397B", "qwen3.5-397b-a17b"), ("Kimi-K2", "kimi-k2"), ("Qwen3-235B", "qwen3-235b-a22b"), ("GLM-5", "glm-5"),
]
NODES = {"h100_sxm": "dgx-h100", "h200_sxm": "hgx-h200", "b200_sxm": "dgx-b200", "gb200": "gb200-nvl72",
         "b300_sxm": "dgx-b300", "gb300": "gb300-nvl72"}
CARDS_OF_NODE = {"gb200": 4, "gb300": 4}


def whole(text, default=1):
    return int(text) if text not in ("", "0") else default


def model_of(row):
    return next(name for part, name in MODELS if part in row["model_path"])


def concurrency(row):
    said = re.search(r"silicon_concurrency=(\d+)", row["silicon_data_source"])
    return int(said.group(1)) if said else int(row["batch_size"] or 0)


def degrees(row, pool=""):
    """tensor, data, expert, expert_tensor of one worker; `pool`: prefill_, decode_ or nothing."""
    tensor, data = whole(row[pool + "tp_size"]), whole(row[pool + "attention_dp_size"])
    slices, expert = whole(row[pool + "moe_tp_size"]), whole(row[pool + "moe_ep_size"])
    if slices == expert > 1 and tensor * data == expert * expert:
        tensor, data = (1, expert) if data > 1 else (expert, 1)
        slices = 1
    elif slices == 1 and tensor == data > 1 and expert == tensor * data and row["backend"] == "vllm":
        data, expert = 1, tensor
    if row["backend"] == "sglang" and data > 1 and expert == 1 and slices == tensor * data:
        slices, expert = 1, slices  # SGLang cuts no expert under attention data parallelism: the two are swapped
    if slices * expert > tensor * data and data == 1:
        tensor = slices * expert
    cards = tensor * data
    if slices * expert != cards:
        slices, expert = (cards // expert, expert) if cards % expert == 0 else (cards, 1)
    return tensor, data, expert, slices


def precisions(row):
    quantization, model = row["gemm_quant_mode"], model_of(row)
    if model == "gpt-oss-120b":  # the published weights: experts in MXFP4, the rest in 16 bits
        return {"precision": "bf16", "expert_precision": "fp4"}
    if quantization == "int4_wo":
        keys = {"precision": "bf16", "expert_precision": "fp4"} if model == "kimi-k2" else \
            {"precision": "bf16", "weight_precision": "fp4"}
    elif quantization == "nvfp4":
        keys = {"precision": "fp4"}
    else:
        keys = {"precision": "fp8" if quantization.startswith("fp8") else "bf16"}
    if row["backend"] == "trtllm" and keys["precision"] != "bf16":
        keys["kv_precision"] = "fp8"
    return keys


def engine(row, batch):
    # Defaults of the servers: 8,192 tokens an iteration; SGLang runs prompts alone.
    if row["backend"] == "trtllm" and model_of(row) == "llama3-8b":
        # These runs show one sequence fewer than clients: the time to the first token grows by output x TPOT / clients.
        batch = max(1, batch - 1)
    elif row["backend"] != "trtllm":
        batch = max(batch, 256)
    keys = {"max_batch": batch, "max_batched_tokens": 8192 if int(row["isl"]) <= 8192 else 16384}
    if row["backend"] == "sglang":
        keys["chunked_prefill"] = "false"
    return keys


def flow(mapping):
    return "{ " + ", ".join(f"{key}: {value}" for key, value in mapping.items()) + " }"


def lengths(row, key):
    tokens = int(row[key])
    if "auto-gap" in row["silicon_data_source"]:
        return f"{{ mean: {tokens} }}"
    return f"{{ distribution: uniform, min: {int(0.8 * tokens)}, max: {tokens} }}"


def replicas(row, pool=""):
    tensor, data, expert, slices = degrees(row, pool)
    count = whole(row[pool + "num_workers"]) if pool else 1
    keys = {"count": count, "tensor": tensor, "data": data}
    if model_has_experts(row):
        keys.update(expert=expert, expert_tensor=slices)
    return keys, count * tensor * data


def model_has_experts(row):
    return model_of(row) not in ("llama3-70b", "llama3-8b", "qwen3-32b")


def streamed_together(row):
    """Tokens that reach the client with the first one."""
    return 10 if row["backend"] == "trtllm" and model_of(row) in ("deepseek-v3", "kimi-k2") else 1


def may_draft(row):
    """Files that name an image mix runs with the model's own drafts and without, measured on the same day with the same
    degrees, lengths and clients: two thirds to nine tenths of TensorRT-LLM's DeepSeek rows, a quarter of SGLang's on
    B200, and a third of Qwen3.5's in 8 bits on B300 take less than 0.8 of the time per token that the data base prints
    for the same deployment, and longer to the first."""
    source = row["silicon_data_source"]
    if not (source.startswith("source_file") and "image=" in source):
        return False
    return model_of(row) == "deepseek-v3" or \
        (model_of(row) == "qwen3.5-397b-a17b" and row["system"] == "b300_sxm" and row["gemm_quant_mode"] == "fp8")


def left_out(row):
    if may_draft(row):
        return "does not say whether tokens were drafted"
    if row["mode"] == "disagg" and not row["decode_num_workers"]:
        return "says no number of workers"
    if row["backend"] == "vllm" and model_of(row) == "llama3-8b":
        return "faster than the card's peak allows: prompts came from a prefix cache"
    if row["mode"] == "agg" and (whole(row["tp_size"]) & (whole(row["tp_size"]) - 1)):
        return "gives the cards of prefill and decode as one degree"
    if not concurrency(row):
        return "says no concurrency"
    return ""


def scenario(row):
    clients = concurrency(row)
    spacing_ms = 20 if "auto-gap" in row["silicon_data_source"] else 1
    if row["mode"] == "disagg":
        prefill, first = replicas(row, "prefill_")
        decode, second = replicas(row, "decode_")
        cards = first + second
        shape = f"    disaggregation:\n      prefill: {flow(prefill)}\n      decode: {flow(decode)}\n"
    else:
        keys, cards = replicas(row)
        shape = f"    replicas: {flow(keys)}\n"
    nodes = -(-cards // CARDS_OF_NODE.get(row["system"], 8))
    rest = "".join(f"    {key}: {value}\n" for key, value in precisions(row).items())
    return f"""version: 1
name: silicon
platform:
  nodes: [{{ name: gpu, type: {NODES[row['system']]}, count: {nodes} }}]
  fabric: {{ type: rail_optimized }}
jobs:
  - name: serve
    type: inference
    model: {model_of(row)}
    cards: {cards}
    software: {row['backend']}
{rest}{shape}    engine: {flow(engine(row, clients))}
    requests:
      arrival: {{ process: closed, concurrency: {clients}, ramp: {spacing_ms * clients} ms }}
      prompt: {lengths(row, 'isl')}
      output: {lengths(row, 'osl')}
      count: {clients * 10}
"""
