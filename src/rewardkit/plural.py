"""Counts in messages."""


def counted(count: int, noun: str) -> str:
    """Write a count with its noun, in the singular for one.

    >>> counted(1, "line"), counted(2000, "line")
    ('1 line', '2,000 lines')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
