"""How a stack lays layers out over pipeline ranks and their chunks, where the source prints no layout."""

from rules import integer, microbatches, pipeline

INTERLEAVES = {"megatron-core", "megatron-2022", "nemo-2023", "nemo-2024", "nemo-2025", "megatron-bridge-2025", "megatron-bridge-2026", "megascale", "megatron-2023"}
MOST_CHUNKS = 8


def counted(layers, stages):
    """Layers as the stages count them: the embedding and the head stand for one each where that makes them even, as in
    Llama 3 (arXiv 2407.21783, section 3.3.2) and Megatron-Core's account_for_embedding_in_pipeline_split."""
    return layers + 2 if layers % stages and (layers + 2) % stages == 0 else layers


def virtual(row, stack):
    """Printed, else the deepest interleaving up to eight chunks a rank that divides the layers, where the stack
    interleaves and the micro-batches divide as it asks; else 1. Llama 3 gives each chunk one layer (section 3.3.2: the
    first chunk of the first stage has only the embedding)."""
    printed = integer(row, "VPP")
    stages = pipeline(row)
    if stages == 1:
        return 1
    if printed is not None:
        return printed
    layers = integer(row, "layers")
    if stack == "meta-llama3":
        return counted(layers, stages) // stages
    if stack not in INTERLEAVES or microbatches(row, stack) % stages or counted(layers, stages) % stages:
        return 1
    if counted(layers, stages) != layers:
        return 1
    per_stage = layers // stages
    return max(v for v in range(1, min(MOST_CHUNKS, per_stage) + 1) if per_stage % v == 0)


def layout(row, stack):
    """Keys of `parallelism` for stages of unequal depth."""
    layers, ranks, chunks = integer(row, "layers"), pipeline(row), virtual(row, stack)
    stages = ranks * chunks
    if layers % stages == 0:
        return {}
    if stack == "deepseek-v3":
        return {"uneven": "true"}
    even = counted(layers, stages)
    if even != layers:
        return {"first_stage_layers": even // ranks - 1, "last_stage_layers": even // ranks - 1}
    # Megatron-Bridge's layouts of DeepSeek-V3 and Kimi K2: full chunks, and the last one what remains.
    deep = -(-layers // stages)
    if stack.startswith("nemo") and layers - deep * (stages - 1) > 0:
        return {"last_stage_layers": layers - deep * chunks * (ranks - 1)}
    return {"uneven": "true"}
