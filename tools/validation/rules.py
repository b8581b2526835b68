"""Rules for what published rows leave out, the same for every row of a stack."""

import re

MEGATRON_CORE = {"megatron-core", "nemo-2023", "nemo-2024", "nemo-2025", "megatron-bridge-2025", "megatron-bridge-2026", "rocm-2025"}


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


def accumulation(row):
    """Micro-batches a step, where the notes print them."""
    found = re.search(r"\bGAS=(\d+)", row["notes"])
    return int(found.group(1)) if found else None


LARGEST_PASS = 16384  # tokens


def micro_batch(row, stack):
    """Printed, or from the printed accumulation; else 1 in a pipeline, where more would only lengthen the bubble, and
    without one the largest of 4, 2, 1 that divides the batch and passes at most 16,384 tokens."""
    printed = integer(row, "micro_batch")
    if printed and stack == "pytorch-fsdp" and pipeline(row) > 1:
        return printed // pipeline(row)  # torchtitan cuts its local batch into as many micro-batches as stages
    if printed:
        return printed
    own = integer(row, "global_batch_seqs") // data(row)
    if accumulation(row):
        return own // accumulation(row)
    if pipeline(row) > 1:
        return 1
    fits = [size for size in (4, 2) if own % size == 0 and size * integer(row, "seq_len") <= LARGEST_PASS]
    return fits[0] if fits else 1


def micro_batch_is_printed(row):
    return bool(row["micro_batch"] or accumulation(row))


def microbatches(row, stack):
    return integer(row, "global_batch_seqs") // (data(row) * micro_batch(row, stack))


def sharding(row, stack):
    text = row["zero_sharding"].lower()
    if "optimizer+grad" in text or "zero-2" in text or "shard_grad_op" in text:
        return "gradients"
    if "zero-3" in text or "full_shard" in text or "fsdp" in text:
        return "parameters"
    if "zero-1" in text or "distributed optimizer" in text:
        return "optimizer"
    if stack in {"megascale", "megatron-2023"}:
        return "gradients"  # the source's other table
    if stack in MEGATRON_CORE or stack == "hai-llm":
        return "optimizer"
    return "none"


def sharding_is_printed(row):
    return bool(row["zero_sharding"])


def sharding_group(row):
    for words in ("ZeRO-1 over ", "FSDP="):
        text = row["zero_sharding"]
        if text.startswith(words):
            number = text[len(words):].split()[0]
            if number.isdigit():
                return int(number)
    return 0


DEFAULT_RECOMPUTE = {"megatron-core": "selective", "megascale": "selective", "megatron-2023": "selective"}


def recompute_is_printed(row, stack):
    """MindSpeed-LLM's `none` says that its script has no recomputation option; it saves memory in other ways too."""
    text = row["recompute"].lower()
    return text.startswith(("full", "selective")) or (text.startswith("none") and not stack.startswith("mindspeed"))


def recompute(row, stack):
    text = row["recompute"].lower()
    if stack == "pytorch-fsdp" and text.startswith("selective"):
        # torchtitan's selective checkpointing redoes every second product (recalled), nearer to full than to the
        # attention core alone.
        return "full"
    for kind in ("full", "selective", "none"):
        if text.startswith(kind):
            return kind
    return DEFAULT_RECOMPUTE.get(stack, "none")


SEQUENCE_PARALLEL = MEGATRON_CORE | {"megascale", "megatron-2023", "meta-llama3", "pytorch-fsdp"}


def sequence_parallel(row, stack):
    if tensor(row) == 1:
        return False
    if row["sequence_parallel"]:
        return row["sequence_parallel"] == "True"
    return stack in SEQUENCE_PARALLEL


def precision(row):
    text = row["precision"].lower()
    if "fp4" in text:
        return "fp4"
    if "fp8" in text or "float8" in text:
        return "fp8"
    if "fp16" in text and "bf16" not in text:
        return "fp16"
    return "bf16"
