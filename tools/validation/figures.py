"""The figure that a source prints, and the metric of result.json that is the same thing.

Times and tokens come first: their meaning does not depend on how a source counts FLOPs."""

from rules import integer


def matrix_parameters(row):
    """Parameters that multiply each token: a decoder with grouped queries and gated experts."""
    hidden, heads, kv = (integer(row, key) for key in ("hidden", "heads", "kv_heads"))
    head = 128
    attention = 2 * hidden * heads * head + 2 * hidden * kv * head
    experts = 3 * hidden * integer(row, "moe_expert_ffn") * integer(row, "moe_topk") + hidden * integer(row, "moe_experts")
    return integer(row, "layers") * (attention + experts) + hidden * integer(row, "vocab")


def tokens_per_s_per_card(row):
    """From Megatron-Core's TFLOPS, which count half of the score matrix (causal): the Model Zoo's rows that print a step
    time too show it (245 TFLOPS and 19.7 s are 147 GFLOP a token of Qwen3-235B at 4,096)."""
    attention = 6 * integer(row, "layers") * integer(row, "heads") * 128 * integer(row, "seq_len")
    return float(row["tflops_per_gpu"]) * 1e12 / (6 * matrix_parameters(row) + attention)


def expectation(row):
    if row["iteration_time_s"]:
        return "jobs.train.step_s.p50", f"{float(row['iteration_time_s']):g} s"
    if row["tokens_per_s_per_chip"]:
        return "jobs.train.tokens_per_s_per_card", f"{float(row['tokens_per_s_per_chip']):g}"
    if row["tokens_per_s"]:
        return "jobs.train.tokens_per_s", f"{float(row['tokens_per_s']):g}"
    if row["tflops_per_gpu"] and row["moe_experts"]:
        return "jobs.train.tokens_per_s_per_card", f"{tokens_per_s_per_card(row):.5g}"
    if row["tflops_per_gpu"]:
        hardware = "recompute" in row["tflops_basis"] and "excludes" not in row["tflops_basis"]
        metric = "hardware_tflops_per_card" if hardware else "tflops_per_card"
        return f"jobs.train.{metric}", f"{float(row['tflops_per_gpu']):g}"
    return "jobs.train.mfu", f"{float(row['MFU_pct']) / 100:.4f}"
