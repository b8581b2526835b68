"""Which software stack, server and fabric a published source ran on.

One entry a source, never one a row. What a source does not print is filled by a rule of the stack (see rules.py).
"""

# (prefix of the source, software stack)
STACKS = [
    ("Megatron-LM SC21 Table 2", "megatron-2021"),
    ("Megatron-LM SC21", "megatron-2021"),
    ("Megatron-LM README (2021)", "megatron-2021"),
    ("Korthikanti", "megatron-2022"),
    ("MT-NLG", "megatron-deepspeed"),
    ("BigScience", "megatron-deepspeed"),
    ("MegaScale", "megascale"),
    ("InternEvo", "internevo"),
    ("Megatron-LM README (Megatron-Core", "megatron-core"),
    ("Nemotron-4", "megatron-core"),
    ("The Llama 3 Herd", "meta-llama3"),
    ("MosaicML", "llm-foundry"),
    ("PyTorch torchtitan", "pytorch-fsdp"),
    ("Ascend ModelLink", "mindspeed"),
    ("Ascend MindSpeed", "mindspeed"),
    ("NVIDIA NeMo", "nemo-2024"),
    ("MLPerf Training v3", "nemo-2024"),
    ("MLPerf Training v4", "nemo-2024"),
    ("MLPerf Training v5.1 result logs (AMD)", "rocm-2025"),
    ("MLPerf Training v5.1 result logs (GigaComputing)", "rocm-2025"),
    ("MLPerf Training v5", "nemo-2025"),
    ("NVIDIA DGX Cloud", "nemo-2025"),
    ("NVIDIA Megatron-Bridge", "nemo-2025"),
    ("Megatron-MoE-ModelZoo", "nemo-2025"),
    ("Fire-Flyer", "hai-llm"),
    ("DeepSeek-V3", "deepseek-v3"),
    ("FlagPerf", "megatron-deepspeed"),
]

# (part of the chip's name, node type)
NODES = [
    ("A100 SXM 40GB", "dgx-a100-40g"),
    ("A100 SXM 80GB", "dgx-a100-80g"),
    ("A100 PCIe 40GB", "fire-flyer-2-nvlink"),
    ("Ampere", "megascale-a100"),
    ("H100 96GB", "meta-torchtitan"),
    ("H100", "dgx-h100"),
    ("H800", "hgx-h800"),
    ("H200", "hgx-h200"),
    ("GB300", "gb300-nvl72"),
    ("GB200", "gb200-nvl72"),
    ("B300", "dgx-b300"),
    ("B200", "dgx-b200"),
    ("910B", "atlas-900-a2"),
    ("MI355X", "mi355x-8"),
    ("MI350X", "mi350x-8"),
    ("C500", "c500-8"),
]

# Sources whose servers differ from the chip's usual ones.
SOURCE_NODES = [
    ("BigScience", "jean-zay-a100"),
    ("InternEvo", "internevo-a100"),
    ("The Llama 3 Herd", "grand-teton-h100"),
]
MOSAIC_NODES = {
    "NVIDIA A100 SXM 40GB": "mosaic-a100-40g",
    "NVIDIA A100 SXM 80GB": "mosaic-a100-80g",
    "NVIDIA H100 SXM 80GB": "mosaic-h100",
}

CARDS_PER_NODE = {"gb200-nvl72": 4, "gb300-nvl72": 4}

# Sources that trained without dropping into a checkpoint of activations say so; these stacks recompute by default
# when the source is silent.
DEFAULT_RECOMPUTE = {
    "megatron-core": "selective",
    "megascale": "selective",
}


def first(table, text, default=None):
    """The value of the first entry whose key begins or is part of `text`."""
    for key, value in table:
        if key in text:
            return value
    return default


def stack_of(row):
    if "Megatron-LM SC21 Table 2" in row["source"] and "ZeRO-3" in row["zero_sharding"]:
        return "deepspeed-2021"
    if row["source"].startswith("MegaScale") and "Megatron-LM" in row["id"]:
        return "megatron-2023"
    return first(STACKS, row["source"])


def node_of(row):
    if row["source"].startswith("MosaicML"):
        return MOSAIC_NODES[row["chip"]]
    return first(SOURCE_NODES, row["source"]) or first(NODES, row["chip"])
