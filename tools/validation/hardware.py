"""Servers and fabrics of published rows."""

# (part of the source, part of the chip's name, server), the first that fits.
NODES = [
    ("BigScience", "", "jean-zay-a100"),
    ("InternEvo", "", "internevo-a100"),
    ("The Llama 3 Herd", "", "grand-teton-h100"),
    ("MegaScale", "", "megascale-a100"),
    ("MosaicML", "A100 SXM 40GB", "mosaic-a100-40g"),
    ("MosaicML", "A100 SXM 80GB", "mosaic-a100-80g"),
    ("MosaicML", "H100", "mosaic-h100"),
    ("torchtitan", "", "meta-torchtitan"),
    ("NVIDIA_CoreWeave", "H100", "coreweave-h100"),
    ("(Oracle)", "H100", "oracle-h100"),
    ("Training v3.1 result logs (NVIDIA)", "H100", "eos-h100"),
    ("Training v4.0 result logs (NVIDIA)", "H100", "eos-h100"),
    ("Training v4.1 result logs (NVIDIA)", "H100", "eos-h100"),
    ("Training v5.0 result logs (NVIDIA)", "H100", "eos-h100"),
    ("", "A100 SXM 40GB", "dgx-a100-40g"),
    ("", "A100 SXM 80GB", "dgx-a100-80g"),
    ("", "A100 PCIe 40GB", "fire-flyer-2-nvlink"),
    ("", "H100", "dgx-h100"),
    ("", "H800", "hgx-h800"),
    ("", "H200", "hgx-h200"),
    ("", "GB300", "gb300-nvl72"),
    ("", "GB200", "gb200-nvl72"),
    ("", "B300", "dgx-b300"),
    ("", "B200", "dgx-b200"),
    ("", "910B", "atlas-900-a2"),
    ("", "MI355X", "mi355x-8"),
    ("", "MI350X", "mi350x-8"),
    ("", "C500", "c500-8"),
]
CARDS_PER_NODE = {"gb200-nvl72": 4, "gb300-nvl72": 4}  # trays of an NVL72 domain
# Jobs take 16 of a rack's 18 trays (64 cards), so that groups of 64 stay in one NVLink domain (recalled: NVIDIA's
# launch scripts ask Slurm for segments of 16 nodes; all published card counts above 64 are multiples of 64).
RACK_CARDS = 64

ROCE_TREE = "{ type: fat_tree, oversubscription: 1.0, tiers: 2, leaf_ports: 64, hop_latency: 800 ns, efficiency: 0.92 }"
# (part of the source or server, file of platforms/fabrics/ or a mapping)
FABRICS = [
    ("jean-zay", "omni-path-fat-tree"),
    ("internevo", ROCE_TREE),
    ("atlas-900", ROCE_TREE),
    ("grand-teton", "llama3-roce"),
    ("meta-torchtitan", "llama3-roce"),
    ("megascale", "megascale-clos"),
    ("mosaic", "fat-tree-nonblocking"),
    ("fire-flyer", "fire-flyer-zone"),
    ("dgx-a100", "rail-3tier-hdr"),
]
TWO_TIER_NODES = 1024  # a rail of 32-port halves reaches 32 x 64 nodes; larger H100 clusters have a third tier


def node_of(row):
    return next(node for source, chip, node in NODES if source in row["source"] and chip in row["chip"])


def nodes_of(row):
    cards = int(float(row["n_chips"]))
    return -(-cards // CARDS_PER_NODE.get(node_of(row), 8))


def racks_of(row):
    """NVLink domains that the job takes 64 cards of, or 0 where it fits in one."""
    cards = int(float(row["n_chips"]))
    return cards // RACK_CARDS if node_of(row) in CARDS_PER_NODE and cards > RACK_CARDS and cards % RACK_CARDS == 0 else 0


def pools_of(row):
    """(name, nodes) of each pool: one a rack."""
    if racks_of(row):
        return [(f"rack{rack}", RACK_CARDS // CARDS_PER_NODE[node_of(row)]) for rack in range(racks_of(row))]
    return [("gpu", nodes_of(row))]


def fabric_of(row):
    if nodes_of(row) == 1:
        return "single-switch"
    node = node_of(row)
    for part, fabric in FABRICS:
        if part in node:
            return fabric
    return "rail-2tier-nonblocking" if nodes_of(row) <= TWO_TIER_NODES else "rail-3tier-nonblocking"
