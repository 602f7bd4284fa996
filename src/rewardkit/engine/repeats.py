"""Finding repeated ids among any number of rows in bounded memory.

Each id leaves a hash of 8 bytes in a file, which is searched in as many passes as fit the memory.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewardkit.engine.results import HASH_BYTES

PASS_ROWS = 2**21
"""Hashes held in memory at a time: 32 MiB with their positions."""


class Repeats:
    """How often something occurs that should be unique.

    Attributes:
        count: Rows whose hash occurred before.
        first: Position of the earliest such row, counted from 0, or None.
        original: Position where the hash of `first` occurred before.
    """

    def __init__(self) -> None:
        """Start with no row seen."""
        self.count = 0
        self.first: int | None = None
        self.original: int | None = None

    def note(self, positions: npt.NDArray[np.int64], originals: npt.NDArray[np.int64]) -> None:
        """Take the repeats of one pass into account."""
        self.count += len(positions)
        if len(positions):
            k = int(positions.argmin())
            if self.first is None or positions[k] < self.first:
                self.first, self.original = int(positions[k]), int(originals[k])


def find_repeats(path: Path, rows: int) -> Repeats:
    """Search a file of hashes.

    Args:
        path: `HASH_BYTES` bytes for each row, in order.
        rows: How many of them to look at.
    """
    repeats = Repeats()
    passes = max(1, -(-rows // PASS_ROWS))
    for k in range(passes):
        hashes, positions = select(path, rows, k, passes)
        order = np.lexsort((positions, hashes))
        hashes, positions = hashes[order], positions[order]
        begins = np.ones(len(hashes), dtype=bool)
        begins[1:] = hashes[1:] != hashes[:-1]
        originals = positions[begins][np.cumsum(begins) - 1] if len(hashes) else positions
        repeats.note(positions[~begins], originals[~begins])
    return repeats


def select(
    path: Path, rows: int, k: int, passes: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Hashes of one pass, those whose remainder is k, and their positions."""
    hashes: list[npt.NDArray[np.uint64]] = []
    positions: list[npt.NDArray[np.int64]] = []
    with path.open("rb") as stream:
        for begin in range(0, rows, PASS_ROWS):
            block = stream.read(min(PASS_ROWS, rows - begin) * HASH_BYTES)
            values = np.frombuffer(block, dtype="<u8")
            chosen = np.flatnonzero(values % np.uint64(passes) == k)
            hashes.append(values[chosen])
            positions.append(chosen.astype(np.int64) + begin)
    if not hashes:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    return np.concatenate(hashes), np.concatenate(positions)
