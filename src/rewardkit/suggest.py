"""A suggestion for a misspelt name."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give `, did you mean 'x'?`, or nothing when no known name is near.

    >>> did_you_mean("tempalte", ["template", "graded"])
    ", did you mean 'template'?"
    >>> did_you_mean("zebra", ["template", "graded"])
    ''
    """
    near = difflib.get_close_matches(name.lower()[:100], list(known), n=1, cutoff=0.6)
    return f", did you mean '{near[0]}'?" if near else ""
