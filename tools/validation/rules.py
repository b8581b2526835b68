"""Rules for what published rows leave out, the same for every row of a stack."""

import math

from stacks import DEFAULT_RECOMPUTE


def integer(row, key, default=None):
    text = row[key].strip()
    return int(float(text)) if text else default


def tensor(row):
    return integer(row, "TP", 1)


def pipeline(row):
    return integer(row, "PP", 1)


def context(row):
    return integer(row, "CP", 1)


def expert(row):
    return integer(row, "EP", 1)


def data(row):
    return integer(row, "n_chips") // (tensor(row) * pipeline(row) * context(row))


def micro_batch(row, stack):
    """Printed; else 1 in a pipeline, where more would only lengthen the bubble, and without one the largest of 4, 2, 1
    that divides: fewer, larger passes."""
    printed = integer(row, "micro_batch")
    if printed:
        return printed
    if pipeline(row) > 1:
        return 1
    own = integer(row, "global_batch_seqs") // data(row)
    return next(size for size in (4, 2, 1) if own % size == 0)


def microbatches(row, stack):
    return integer(row, "global_batch_seqs") // (data(row) * micro_batch(row, stack))


INTERLEAVES = {"megatron-core", "megatron-2022", "nemo-2024", "nemo-2025", "meta-llama3", "megascale", "megatron-2023"}
MOST_CHUNKS = 8


def virtual(row, stack):
    """Printed, else the deepest interleaving up to eight chunks a rank that divides the layers, where the stack
    interleaves and the micro-batches divide as it asks; else 1."""
    printed = integer(row, "VPP")
    stages = pipeline(row)
    if stages == 1:
        return 1
    if printed is not None:
        return printed
    if stack not in INTERLEAVES or microbatches(row, stack) % stages:
        return 1
    per_stage = integer(row, "layers") // stages
    return max(v for v in range(1, min(MOST_CHUNKS, per_stage) + 1) if per_stage % v == 0)


def uneven_layers(row, stack):
    """Layers of the first and last virtual stage when they do not divide: one fewer on each where that helps
    (Llama 3, arXiv 2407.21783, section 3.3.2), else nothing."""
    stages = pipeline(row) * virtual(row, stack)
    layers = integer(row, "layers")
    if layers % stages == 0:
        return {}
    each = math.ceil(layers / stages)
    missing = each * stages - layers
    if missing == 1:
        return {"last_stage_layers": each - 1}
    if missing == 2 and each > 1:
        return {"first_stage_layers": each - 1, "last_stage_layers": each - 1}
    return {}


def sharding(row, stack):
    text = row["zero_sharding"].lower()
    if "zero-3" in text or "full_shard" in text or text.startswith("fsdp=") or "fsdp" in text:
        return "parameters"
    if "zero-2" in text or "shard_grad_op" in text:
        return "gradients"
    if "zero-1" in text or "distributed optimizer" in text:
        return "optimizer"
    if stack in {"megatron-core", "nemo-2024", "nemo-2025", "megascale", "megatron-2023"}:
        return "optimizer"
    if stack in {"pytorch-fsdp", "meta-llama3"}:
        return "parameters" if stack == "pytorch-fsdp" else "optimizer"
    return "none"


def sharding_group(row):
    text = row["zero_sharding"]
    for words in ("ZeRO-1 over ", "FSDP="):
        if text.startswith(words):
            number = text[len(words):].split()[0]
            if number.isdigit():
                return int(number)
    return 0


def recompute(row, stack):
    text = row["recompute"].lower()
    for kind in ("full", "selective", "none"):
        if text.startswith(kind):
            return kind
    return DEFAULT_RECOMPUTE.get(stack, "none")


def sequence_parallel(row, stack):
    if row["sequence_parallel"]:
        return row["sequence_parallel"] == "True"
    return tensor(row) > 1 and stack in {"megatron-core", "nemo-2024", "nemo-2025", "megascale", "megatron-2023",
                                         "meta-llama3", "megatron-2022"}


def precision(row):
    text = row["precision"].lower()
    if "fp4" in text and "fp8 or" not in text:
        return "fp4"
    if "fp8" in text or "float8" in text:
        return "fp8"
    if "fp16" in text and "bf16" not in text:
        return "fp16"
    return "bf16"
