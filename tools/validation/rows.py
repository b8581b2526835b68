"""What single published rows say that the columns do not, and rows that are left out with the reason."""

# MegaScale's ablation adds one overlap a row (arXiv 2402.15627, table 3).
_BLOCKING = {"tensor": "false", "pipeline": "false", "gradients": "false", "parameters": "false"}
OVERLAPS = {
    "MEGASCALE-T3-1": _BLOCKING,
    "MEGASCALE-T3-2": _BLOCKING,
    "MEGASCALE-T3-3": {**_BLOCKING, "tensor": "true"},
    "MEGASCALE-T3-4": {**_BLOCKING, "tensor": "true", "pipeline": "true"},
}

EXCLUDED = {
    # id: reason
}
