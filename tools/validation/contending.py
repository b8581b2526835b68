"""Random systems of jobs that contend, as scenario text: few to many pretraining jobs of small models below an
oversubscribed fabric, which arrive and leave; some beside faults, a shared storage, or a service; or a few jobs with
equal or nearly equal steps, half of them beside storage.

The same seed and number give the same system, whatever others are asked for.
"""

import random

KINDS = ("fabric", "faults", "storage", "service", "twins")
NODE = "dgx-a100-80g"
CARDS_PER_NODE = 8
STEPS = 60000  # of all jobs of a system together: what playing them all costs

DENSE = ("llama2-7b", "llama2-13b", "llama3-8b", "qwen3-8b")
DENSE_PLANS = (  # parallelism, cards of a replica
    ("tensor: 8", 8),
    ("tensor: 4, pipeline: 2", 8),
    ("tensor: 4, pipeline: 1", 4),
    ("tensor: 8, pipeline: 2, sequence: true", 16),
)


def fabric(rng):
    """Leaf ports are such that a leaf holds 2 or 4 nodes and most jobs need more than one."""
    kind = rng.choice(("fat_tree", "fat_tree", "rail_optimized"))
    ratio = rng.choice((4, 4, 8))
    nodes = rng.choice((2, 4))
    down = nodes * CARDS_PER_NODE if kind == "fat_tree" else nodes
    ports = max(4, down + max(1, down // ratio))
    return f"{{ type: {kind}, oversubscription: {ratio}.0, leaf_ports: {ports} }}"


def pretraining(rng, name, cards, submit_s, steps, storage):
    expert = cards in (16, 32, 64) and rng.random() < 0.15
    if expert:
        model, plan, replica = "qwen3-30b-a3b", f"tensor: 1, expert: {cards}, sharding: optimizer", 1
        micro_batches, steps = rng.choice((1, 2)), max(60, steps // 8)
    else:
        model = rng.choice(DENSE)
        plan, replica = rng.choice([plan for plan in DENSE_PLANS if cards % plan[1] == 0])
        plan += rng.choice((", sharding: none", ", sharding: optimizer", ", sharding: gradients"))
        micro_batches = rng.choice((1, 1, 2, 3, 4))
    lines = [
        f"  - name: {name}",
        "    type: pretraining",
        f"    model: {model}",
        f"    cards: {cards}",
        f"    submit: {submit_s:.3f} s",
        f"    parallelism: {{ {plan} }}",
        f"    batch: {{ global: {cards // replica * micro_batches}, micro: 1, sequence: 4096 }}",
        "    precision: bf16",
        "    software: megatron-core",
        "    recompute: full",
        f"    overlap: {{ gradients: {rng.choice(('true', 'false'))} }}",
        f"    length: {{ steps: {steps} }}",
    ]
    if storage and rng.random() < 0.7:
        lines.append("    dataset: { storage: pfs, bytes_per_sample: 16 KiB }")
    if storage and rng.random() < 0.7:
        mode = rng.choice(("sync", "async"))
        lines.append(f"    checkpoint: {{ storage: pfs, every: {rng.randrange(60, 400)} s, mode: {mode} }}")
    return lines


def service(rng, span_s):
    return [
        "  - name: chat",
        "    type: inference",
        "    model: llama3-8b",
        "    precision: bf16",
        "    replicas: { count: 2, tensor: 4 }",
        "    disaggregation: { prefill: { count: 1, tensor: 8 }, decode: { count: 1, tensor: 8 } }",
        "    requests:",
        f"      arrival: {{ process: poisson, rate: {rng.choice((1, 2, 4))} /s }}",
        "      prompt: { distribution: lognormal, mean: 1024, cv: 1.0 }",
        "      output: { distribution: lognormal, mean: 64, cv: 0.8 }",
        f"      count: {int(span_s)}",
    ]


def faults(rng, nodes, span_s):
    lines = ["faults:"]
    for _ in range(rng.randint(1, 3)):
        at = rng.uniform(0.1, 0.6) * span_s
        until = at + rng.uniform(0.1, 0.3) * span_s
        lines.append(f"  - {{ link: gpu-{rng.randrange(nodes)}/nic{rng.randrange(8)}, at: {at:.3f} s, "
                     f"bandwidth: {rng.choice((25, 50))} %, until: {until:.3f} s }}")
    return lines


def twins(rng, name):
    """Two to four jobs with one plan: sequences are equal, or a little longer from the second job on."""
    jobs, nodes_each = rng.choice((2, 2, 3, 4)), rng.choice((3, 5, 7, 9))
    model, (plan, replica) = rng.choice(("llama2-7b", "llama3-8b")), rng.choice(DENSE_PLANS[:3])
    cards, micro_batches = nodes_each * CARDS_PER_NODE, rng.choice((1, 2, 3))
    longer, storage = rng.choice(((0,), (0, 1, 2, 4), (8, 20, 40, 80))), rng.random() < 0.5
    ratio, leaf_nodes, sequence = rng.choice((4, 8)), rng.choice((2, 4)), rng.choice((2048, 4096))
    down = leaf_nodes * CARDS_PER_NODE
    lines = ["version: 1", f"name: {name}", "platform:",
             f"  nodes: [{{ name: gpu, type: {NODE}, count: {jobs * nodes_each + 2} }}]",
             f"  fabric: {{ type: fat_tree, oversubscription: {ratio}.0, leaf_ports: {down + max(1, down // ratio)} }}"]
    if storage:
        lines += ["  storage:", "    - { name: pfs, type: parallel_fs, servers: 8, read: 10 GB/s, write: 5 GB/s, "
                  "nics: 1, nic: 100 Gbps }"]
    lines.append("jobs:")
    for i in range(jobs):
        more = rng.choice(longer) if i > 0 else 0
        lines += [
            f"  - name: job-{i}",
            "    type: pretraining",
            f"    model: {model}",
            f"    cards: {cards}",
            f"    submit: {rng.uniform(0, 3):.3f} s",
            f"    parallelism: {{ {plan}, sharding: {rng.choice(('none', 'optimizer', 'gradients'))} }}",
            f"    batch: {{ global: {cards // replica * micro_batches}, micro: 1, sequence: {sequence + more} }}",
            "    precision: bf16",
            "    software: megatron-core",
            "    recompute: full",
            f"    overlap: {{ gradients: {rng.choice(('true', 'false'))} }}",
            f"    length: {{ steps: {rng.randrange(3000, 8000)} }}",
        ]
        if storage and rng.random() < 0.8:
            every = rng.choice((f"{rng.randrange(120, 900)} s", f"{{ steps: {rng.randrange(100, 1500)} }}"))
            lines.append(f"    checkpoint: {{ storage: pfs, every: {every}, mode: {rng.choice(('sync', 'async'))} }}")
    return "\n".join(lines) + "\n"


def system(seed, number, kinds=KINDS, most_jobs=16):
    """Scenario text and kind of one system."""
    rng = random.Random(f"{seed}/{number}")
    kind = kinds[number % len(kinds)]
    if kind == "twins":
        return kind, twins(rng, f"contending-{seed}-{number}")
    jobs = rng.randint(2, most_jobs)
    sizes = [CARDS_PER_NODE * rng.choice((3, 4, 5, 5, 6, 7, 8, 9, 12)) for _ in range(jobs)]
    # Room for three quarters of them: the others wait for the first that leave.
    nodes = max(sum(sizes) * 3 // 4, max(sizes)) // CARDS_PER_NODE + 2
    steps = STEPS // jobs // (3 if kind == "service" else 1)
    span_s = steps * 1.0  # a step takes about a second
    lines = ["version: 1", f"name: contending-{seed}-{number}", "platform:",
             f"  nodes: [{{ name: gpu, type: {NODE}, count: {nodes} }}]", f"  fabric: {fabric(rng)}"]
    if kind == "storage":
        lines += ["  storage:", f"    - {{ name: pfs, type: parallel_fs, servers: {rng.choice((2, 4, 8))}, "
                  "read: 10 GB/s, write: 5 GB/s, nics: 1, nic: 100 Gbps }"]
    if kind == "faults":
        lines += faults(rng, nodes, span_s)
    lines.append("jobs:")
    for i, cards in enumerate(sizes):
        submit_s = rng.uniform(0, 0.5) * span_s if i > 1 else rng.uniform(0, 2)
        lines += pretraining(rng, f"job-{i:02d}", cards, submit_s, rng.randint(steps // 2, steps), kind == "storage")
    if kind == "service":
        lines += service(rng, span_s)
    return kind, "\n".join(lines) + "\n"
