"""Model shapes of published rows: from the row's own columns, or a file of scenarios/models/ for families whose
attention or experts the columns cannot say."""

from rules import integer

# (part of the model's name, file in scenarios/models/): latent attention, experts, head sizes of their own.
LIBRARY = [
    ("deepseek v3", "deepseek-v3"), ("deepseekv3", "deepseek-v3"), ("deepseek-v3", "deepseek-v3"),
    ("qwen3_235b", "qwen3-235b-a22b"), ("qwen3-235b", "qwen3-235b-a22b"),
    ("qwen3_30b", "qwen3-30b-a3b"), ("qwen3-30b", "qwen3-30b-a3b"),
    ("gpt oss 120b", "gpt-oss-120b"), ("kimi_k2", "kimi-k2"),
    ("maverick", "llama4-maverick"), ("mixtral-8x7b", "mixtral-8x7b"), ("mixtral 8x7b", "mixtral-8x7b"),
]

# What sources leave out, from the public model cards (recalled).
VOCABULARIES = [
    ("internlm2", 92544), ("internlm", 103168), ("bloom", 250880), ("baichuan2", 125696), ("baichuan", 64000),
    ("aquila", 100008), ("qwen", 152064), ("chatglm3", 65024), ("glm4", 151552), ("gemma", 256000),
    ("llama3", 128256), ("llama 3", 128256), ("codellama", 32000), ("minicpm", 122753), ("mixtral", 32000),
    ("gpt-3", 65536), ("gpt4", 50304), ("gpt", 50304), ("llama", 32000), ("mistral", 32000), ("yi", 64000),
]

GPT_LIKE = ("gpt", "mpt", "bloom", "mt-nlg", "opt")
ROTARY_LIKE = ("nemotron", "llama", "qwen", "intern", "baichuan", "aquila", "mistral", "glm", "gemma", "yi-")


def library_file(row):
    name = row["model"].lower()
    for key, file in LIBRARY:
        if key in name:
            return file
    return None


def vocabulary(row):
    printed = integer(row, "vocab")
    if printed:
        return printed
    name = row["model"].lower()
    for key, size in VOCABULARIES:
        if key in name:
            return size
    return 32000


def shape(row):
    """Keys of a `models:` entry."""
    name = row["model"].lower()
    hidden = integer(row, "hidden")
    heads = integer(row, "heads")
    ffn = integer(row, "ffn_hidden", 4 * hidden)
    keys = {
        "layers": integer(row, "layers"),
        "hidden": hidden,
        "heads": heads,
        "kv_heads": integer(row, "kv_heads", heads),
        "ffn": ffn,
        "vocabulary": vocabulary(row),
    }
    if "nemotron" in name:
        keys.update(activation="squared_relu", position="rotary", norm="layernorm", tied_embeddings="false")
    elif any(key in name for key in GPT_LIKE) and not any(key in name for key in ROTARY_LIKE):
        position = "alibi" if "bloom" in name or "mpt" in name else "learned"
        keys.update(activation="gelu", position=position, norm="layernorm", tied_embeddings="true",
                    max_positions=max(2048, integer(row, "seq_len")) if position == "learned" else None)
    else:
        keys.update(activation="swiglu", position="rotary", norm="rmsnorm", tied_embeddings="false")
    if hidden % heads:
        keys["head_dim"] = 128
    if integer(row, "moe_experts"):
        keys["moe"] = "{ experts: %d, top_k: %d, shared: %d, expert_ffn: %d }" % (
            integer(row, "moe_experts"), integer(row, "moe_topk", 1), integer(row, "moe_shared", 0),
            integer(row, "moe_expert_ffn", ffn))
    return {key: value for key, value in keys.items() if value is not None}
