"""What single published rows say that the columns do not, and rows that are left out with the reason."""

import re

import rules

# MegaScale's ablation adds one overlap a row (arXiv 2402.15627, table 3).
_BLOCKING = {"tensor": "false", "pipeline": "false", "gradients": "false", "parameters": "false"}
OVERLAPS = {
    "MEGASCALE-T3-1": _BLOCKING,
    "MEGASCALE-T3-2": _BLOCKING,
    "MEGASCALE-T3-3": {**_BLOCKING, "tensor": "true"},
    "MEGASCALE-T3-4": {**_BLOCKING, "tensor": "true", "pipeline": "true"},
}

# Rows left out one by one.
EXCLUDED = {
    "BIGSCI-73-181B-tp8pp6mbs4": "contradicts row 61 of its table: the same plan on the same nodes takes 113 s for 49 "
                                 "micro-batches here and 120 s for 64 there",
    "BIGSCI-84-181B-tp8pp2mbs2": "the memory model finds the card 0.02 GB short (the source prints 76 GB used of 80)",
    "MSLLM-Mixtral-8x22B-64K-8x8-p2": "contradictory: the script's TP 8 x PP 4 x CP 4 asks for 128 cards, the table gives 64",
    "MOEZOO-Next-80B-A3B-7": "three of four layers have linear attention (gated delta rule), which model files cannot say",
    "FOUNDRY-1b-a100_40gb-s2048-g32-bf16-179": "contradicts its neighbours: 45.4% MFU on 32 cards between 55.7% on 16 and "
                                               "55.4% on 64 with the same batch a card",
    "MBRIDGE-26.06.01-GPT_OSS_120B-DGX-GB300-MXFP8-21": "the source's footnote calls it a regression of this release (a "
                                                        "library's bug), mended in the next",
    "MBRIDGE-26.02.01-LLAMA3_70B-DGX-GB300-MXFP8-167": "contradictory: micro-batches of 2 without interleaving need far more than the "
                                                       "card has; all other releases print 1 and 5 virtual stages for this row",
    "MBRIDGE-26.06.01-Qwen3_30B_a3B-DGX-GB300-MXFP8-23": "the same run as in the 26.08 table",
    "MBRIDGE-26.02-Qwen3_235B_a22B-DGX-GB300-MXFP8-229": "the same run as in the 26.02.01 table",
}


def printed_accumulation_contradicts(row):
    """Megatron-Bridge's older tables print GA, which their other columns fix."""
    found = re.search(r"\bGA=(\d+)", row["notes"])
    if not found or "Megatron-Bridge" not in row["source"]:
        return False
    own = rules.integer(row, "global_batch_seqs") / rules.data(row)
    return own != int(found.group(1)) * rules.integer(row, "micro_batch", 1)


def reason_to_leave_out(row):
    """Why a row cannot be compared, or nothing."""
    if row["id"] in EXCLUDED:
        return EXCLUDED[row["id"]]
    if "LoRA" in row["notes"] or "LoRA" in row["id"]:
        return "LoRA fine-tuning: frozen weights have no gradients"
    if "both configs shipped" in row["precision"]:
        return "the submission ships FP8 and FP4 configurations and does not say which one ran"
    if "DUPLICATE" in row["notes"]:
        return "the submission repeats a result of an earlier round"
    if "LLAMA3_70B" in row["id"] and row["zero_sharding"].startswith("FSDP="):
        return "the recipe keeps the activations of 20 to 40 layers in host memory, which scenarios cannot say"
    if printed_accumulation_contradicts(row):
        return "contradictory: the printed accumulation is not what batch, micro-batch and degrees make"
    if "printed DP does not equal" in row["notes"]:
        return "contradictory: the printed degrees do not multiply to the printed cards"
    return None
