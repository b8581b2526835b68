"""Asks `iccsim check` which scenarios do not fit in the cards' memory, so that what a source leaves unsaid (sharding,
recomputation) becomes the smallest choice that fits. Never the figure, only memory decides."""

import re
import subprocess

BATCH = 100


def misfits(iccsim, paths):
    """Those of `paths` that are read, and whose plan needs more memory than a card has."""
    found = set()
    paths = [str(path) for path in paths]
    for start in range(0, len(paths), BATCH):
        done = subprocess.run([iccsim, "check", *paths[start:start + BATCH]], capture_output=True, text=True, check=False)
        for line in done.stderr.splitlines():
            match = re.match(r"(.*?\.yaml): jobs\.train: needs ", line)
            if match:
                found.add(match.group(1))
    return found
