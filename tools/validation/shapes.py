"""Model shapes of published rows: a file of scenarios/models/ for families whose attention or experts the columns cannot
say, else the row's own columns."""

import pathlib
import re

from rules import integer

MODELS = pathlib.Path(__file__).resolve().parents[2] / "scenarios/models"

# (part of the model's name, file in scenarios/models/): latent attention, experts, head sizes of their own.
LIBRARY = [
    ("deepseekv3", "deepseek-v3"), ("deepseek-v3", "deepseek-v3"), ("deepseek-v2", "deepseek-v2"),
    ("qwen3-235b", "qwen3-235b-a22b"), ("qwen3-30b", "qwen3-30b-a3b"), ("gpt-oss", "gpt-oss-120b"),
    ("kimi-k2", "kimi-k2"), ("maverick", "llama4-maverick-400b"), ("mistral-7b", "mistral-7b"), ("baichuan-13b", "baichuan-13b"),
    ("baichuan2-13b", "baichuan2-13b"), ("mixtral-8x7b", "mixtral-8x7b"),
    ("mixtral-8x22b", "mixtral-8x22b"), ("gemma-2b", "gemma-2b"), ("gemma2-9b", "gemma2-9b"),
    ("gemma2-27b", "gemma2-27b"), ("qwen2-0.5b", "qwen2-0.5b"), ("qwen2-1.5b", "qwen2-1.5b"),
]
NOT_OF_THE_SHAPE = {"version", "title", "parameters", "sources"}

# What sources leave out, from the public model cards (recalled).
VOCABULARIES = [
    ("internlm2", 92544), ("internlm", 103168), ("bloom", 250880), ("baichuan2", 125696), ("baichuan", 64000),
    ("aquila", 100008), ("qwen", 152064), ("llama3", 128256), ("llama 3", 128256), ("gpt-3", 51200), ("gpt", 50304),
    ("llama", 32000), ("mistral", 32000), ("yi", 64000),
]

GPT_LIKE = ("gpt", "mpt", "bloom", "mt-nlg")


def library_file(row):
    name = re.sub(r"[ _]", "-", row["model"].lower())
    return next((file for key, file in LIBRARY if key in name), None)


def library_keys(file):
    keys = {}
    for line in (MODELS / f"{file}.yaml").read_text().splitlines():
        found = re.match(r"([a-z_]+): ([^#]*)", line)
        if found and found.group(1) not in NOT_OF_THE_SHAPE:
            keys[found.group(1)] = found.group(2).strip()
    return keys


def differences(row, file):
    """Keys in which the row's model is not the library's: fewer layers, no prediction module."""
    keys = library_keys(file)
    changed = {}
    if integer(row, "layers") != int(keys["layers"]):
        changed["layers"] = integer(row, "layers")
    if "w/o MTP" in row["model"]:
        changed["mtp_layers"] = 0
    return changed


def vocabulary(row):
    printed = integer(row, "vocab")
    if printed:
        return printed
    name = row["model"].lower()
    return next((size for key, size in VOCABULARIES if key in name), 32000)


def gpt_keys(name, sequence):
    keys = {"activation": "gelu", "norm": "layernorm", "tied_embeddings": "true"}
    if "bloom" in name:
        return {**keys, "position": "alibi", "embedding_norm": "true"}
    # llm-foundry's position table is as long as the run's sequence, as its parameter counts show.
    return {**keys, "position": "learned", "max_positions": sequence if "mpt" in name else max(2048, sequence)}


def shape(row):
    """Keys of a `models:` entry, from the row's columns."""
    name = row["model"].lower()
    hidden, heads = integer(row, "hidden"), integer(row, "heads")
    ffn = integer(row, "ffn_hidden", 4 * hidden)
    keys = {"layers": integer(row, "layers"), "hidden": hidden, "heads": heads,
            "kv_heads": integer(row, "kv_heads", heads), "ffn": ffn, "vocabulary": vocabulary(row)}
    if any(key in name for key in GPT_LIKE):
        keys.update(gpt_keys(name, integer(row, "seq_len")))
    elif "nemotron" in name:
        keys.update(activation="squared_relu", position="rotary", norm="layernorm", tied_embeddings="false")
    else:
        keys.update(activation="swiglu", position="rotary", norm="rmsnorm", tied_embeddings="false")
    if hidden % heads:
        keys["head_dim"] = 128
    if integer(row, "moe_experts"):
        keys["moe"] = "{ experts: %d, top_k: %d, shared: %d, expert_ffn: %d }" % (
            integer(row, "moe_experts"), integer(row, "moe_topk", 1), integer(row, "moe_shared", 0),
            integer(row, "moe_expert_ffn", ffn))
    return keys


def model_of(row):
    """A name of scenarios/models/, and the keys of a `models:` entry where none fits."""
    file = library_file(row)
    if file and not differences(row, file):
        return file, None
    if file:
        return "published", {**library_keys(file), **differences(row, file)}
    return "published", shape(row)
