"""Collect what is wrong with a reply, bounded in memory."""

from rewardkit.templates.parsed import Fault, FaultKind

MAX_FAULTS = 20
"""At most so many faults are listed; `Parsed.fault_count` counts all of them."""


class FaultList:
    """Collects faults: counts all, keeps the first `MAX_FAULTS`.

    >>> faults = FaultList()
    >>> for place in range(100):
    ...     faults.add("text_outside", "", place, place + 1, "text outside the sections")
    >>> faults.count, len(faults.kept), faults.flawed
    (100, 20, {''})
    """

    __slots__ = ("count", "flawed", "kept")

    def __init__(self) -> None:
        """Begin without a fault."""
        self.count = 0
        self.flawed: set[str] = set()
        self.kept: list[Fault] = []

    def add(self, kind: FaultKind, section: str, start: int, end: int, message: str) -> None:
        """Count one fault, and keep it if there is room."""
        self.count += 1
        self.flawed.add(section)
        if len(self.kept) < MAX_FAULTS:
            self.kept.append(Fault(kind, section, start, end, message))

    def in_order(self) -> tuple[Fault, ...]:
        """The kept faults by place."""
        return tuple(sorted(self.kept, key=lambda fault: (fault.start, fault.end)))
