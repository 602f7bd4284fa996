"""What cutting a reply into sections yields; `tags` and `headings` do the cutting."""

from collections.abc import Sequence
from typing import NamedTuple

from rewardkit.templates.faults import FaultList
from rewardkit.templates.markers import INK, MAX_MARKERS
from rewardkit.templates.parsed import Section


class Cut:
    """What one pass over the markers yields, before the answer is looked for.

    Attributes:
        sections: Index of the rule, the section's start and end, for each complete section.
        nested: Positions in `sections` of those that hold markers.
        faults: What was met on the way.
        crowded: The reply has more markers than are read.
        unclosed: Index of the rule whose section never ends, -1 without one.
    """

    __slots__ = ("crowded", "faults", "nested", "sections", "unclosed")

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.sections: list[tuple[int, int, int]] = []
        self.nested: set[int] = set()
        self.faults = FaultList()
        self.crowded = False
        self.unclosed = -1

    def outside(self, reply: str, start: int, end: int) -> None:
        """Report what is not white space between two offsets."""
        if start < end:
            match = INK.search(reply, start, end)
            if match is not None:
                text = "text outside the sections"
                self.faults.add("text_outside", "", match.start(), end, text)

    def crowd(self, start: int, end: int) -> None:
        """Report that the reply has too many markers to be read."""
        self.crowded = True
        self.faults.add("crowded", "", start, end, f"more than {MAX_MARKERS} markers")


class CutOptions(NamedTuple):
    """The options of a template that matter here; see `Template` for what each means.

    Attributes:
        names: The sections' names.
        one_line: Indices of the sections that are one line.
        rest: Index of the section without markers, -1 without one.
        text_outside: Text may stand outside the sections.
        nested: Markers inside a section are text.
        unclosed_end: The reply's end closes a section.
        opened: The reply begins inside the first section.
    """

    names: tuple[str, ...]
    one_line: frozenset[int]
    rest: int
    text_outside: bool
    nested: bool
    unclosed_end: bool
    opened: bool


def outline(
    names: Sequence[str], sections: Sequence[tuple[int, int, int]], reply: str
) -> tuple[Section, ...]:
    """The sections as values with their text."""
    return tuple(
        Section(names[index], reply[start:end], start, end) for index, start, end in sections
    )
