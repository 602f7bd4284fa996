"""A histogram of a stream in bounded memory, and its picture on one line."""

import math
from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"


class Histogram:
    """Counts on a grid that coarsens by itself, so that memory stays bounded.

    The grid begins finer than a millionth of a millionth and doubles its width whenever more
    than `max_cells` cells are in use. Which grid is reached depends on the values alone, not on
    their order.
    """

    __slots__ = ("_cells", "_exponent", "_max_cells")

    def __init__(self, max_cells: int = 4096) -> None:
        """Begin empty; `max_cells` is at least 2."""
        self._cells: dict[int, int] = {}
        self._exponent = -40
        self._max_cells = max_cells

    def add(self, value: float) -> None:
        """Take one finite number in."""
        scaled = math.ldexp(value, -self._exponent)
        cell = math.floor(scaled) if scaled or value >= 0 else -1  # below zero, if only just
        self._cells[cell] = self._cells.get(cell, 0) + 1
        while len(self._cells) > self._max_cells:
            self._coarsen()

    def _coarsen(self) -> None:
        coarser: dict[int, int] = {}
        for cell, count in self._cells.items():
            coarser[cell >> 1] = coarser.get(cell >> 1, 0) + count
        self._cells = coarser
        self._exponent += 1

    def counts(self, low: float, high: float, bins: int = 10) -> list[int]:
        """Counts in equal bins from low to high; a value on an inner edge is in the upper bin.

        Args:
            low: The smallest value.
            high: The largest value; equal to low gives a single bin.
            bins: How many.

        >>> histogram = Histogram()
        >>> for value in (0.0, 0.1, 0.5, 1.0):
        ...     histogram.add(value)
        >>> histogram.counts(0.0, 1.0, 5)
        [2, 0, 1, 0, 1]
        """
        if not self._cells or low == high:
            return [sum(self._cells.values())]
        found = [0] * bins
        for cell, count in self._cells.items():
            # A cell is known by its lower edge: 0.9 comes back as a hair less and is still 0.9.
            share = (math.ldexp(cell, self._exponent) - low) / (high - low)
            found[math.floor(min(max(share * bins + 1e-9, 0), bins - 1))] += count
        return found


def bars(counts: Sequence[int]) -> str:
    """Draw counts as block characters; any count above zero can be seen.

    >>> bars([0, 1, 50, 100])
    ' ▁▄█'
    """
    most = max(counts, default=0) or 1
    return "".join(BLOCKS[math.ceil(8 * count / most)] for count in counts)
