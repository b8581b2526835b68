"""Which software stack, server and fabric a published source ran on: one entry a source, never one a row.

What a source does not print is filled by a rule of the stack (rules.py, layers.py)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    part: str          # of the column `source`
    folder: str        # below core/ or training/
    software: str      # a file of platforms/software/
    core: bool = False  # the tables that most papers compare with


SOURCES = [
    Source("Megatron-LM SC21 Table 2", "megatron-sc21-table-2", "megatron-2021", core=True),
    Source("Megatron-LM SC21", "megatron-sc21-table-1", "megatron-2021", core=True),
    Source("Megatron-LM README (2021)", "megatron-readme-2021", "megatron-2021", core=True),
    Source("Korthikanti", "korthikanti-2022", "megatron-2022", core=True),
    Source("MT-NLG", "mt-nlg", "megatron-deepspeed", core=True),
    Source("BigScience", "bigscience-bloom", "megatron-deepspeed", core=True),
    Source("MegaScale", "megascale", "megascale", core=True),
    Source("InternEvo", "internevo", "internevo", core=True),
    Source("Megatron-LM README (Megatron-Core", "megatron-core-h100", "megatron-core", core=True),
    Source("Nemotron-4", "nemotron-4", "megatron-core", core=True),
    Source("The Llama 3 Herd", "llama-3", "meta-llama3", core=True),
    Source("MosaicML", "mosaicml-llm-foundry", "llm-foundry"),
    Source("PyTorch torchtitan", "torchtitan", "pytorch-fsdp"),
    Source("Ascend ModelLink", "mindspeed-llm", "mindspeed"),
    Source("Ascend MindSpeed", "mindspeed-llm-mfu", "mindspeed"),
    Source("NVIDIA NeMo long-sequence", "nemo-long-sequence", "nemo-2024"),
    Source("NVIDIA NeMo", "nemo-24.07", "nemo-2024"),
    Source("MLPerf Training v3.0", "mlperf-v3.0", "nemo-2023"),
    Source("MLPerf Training v3.1", "mlperf-v3.1", "nemo-2023"),
    Source("MLPerf Training v4.0", "mlperf-v4.0", "nemo-2024"),
    Source("MLPerf Training v4.1", "mlperf-v4.1", "nemo-2024"),
    Source("MLPerf Training v5.0", "mlperf-v5.0", "nemo-2025"),
    Source("MLPerf Training v5.1", "mlperf-v5.1", "nemo-2025"),
    Source("NVIDIA DGX Cloud", "dgx-cloud", "nemo-2025"),
    Source("summary (26.06", "megatron-bridge", "megatron-bridge-2026"),
    Source("summary (26.08", "megatron-bridge", "megatron-bridge-2026"),
    Source("NVIDIA Megatron-Bridge", "megatron-bridge", "megatron-bridge-2025"),
    Source("Megatron-MoE-ModelZoo", "megatron-moe-model-zoo", "megatron-bridge-2026"),
    Source("Fire-Flyer", "fire-flyer", "hai-llm"),
    Source("DeepSeek-V3", "deepseek-v3", "deepseek-v3"),
    Source("FlagPerf", "flagperf", "megatron-deepspeed"),
]


def source_of(row):
    return next(source for source in SOURCES if source.part in row["source"])


def software_of(row):
    """The source's stack, but for tables that compare two of them, MindSpeed-LLM's two code bases and AMD's chips."""
    if "ZeRO-3" in row["zero_sharding"] and "SC21 Table 2" in row["source"]:
        return "deepspeed-2021"
    if "MegaScale" in row["source"] and "Megatron-LM" in row["id"]:
        return "megatron-2023"
    if "Legacy implementation" in row["notes"]:
        return "mindspeed-legacy"
    if row["chip"].startswith("AMD"):
        return "rocm-2025"
    return source_of(row).software
