"""Requests that are refused: a status, one line, and a line for each rollout that is at fault."""

from collections.abc import Sequence

import msgspec

MAX_ROWS = 100
"""Faults that are named one by one; the rest is counted."""


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of an answer that says no.

    Attributes:
        error: One line: where, what was expected, what was got.
        rows: One line for each rollout at fault, the first hundred.
    """

    error: str
    rows: list[str] = []


class RefusedError(Exception):
    """A request that is not scored; whoever made it is told why.

    Attributes:
        status: The HTTP status.
        refusal: The body of the answer.
        retry_after_s: Seconds after which the same request may be tried again, 0 for never.
    """

    def __init__(
        self, status: int, error: str, rows: Sequence[str] = (), retry_after_s: int = 0
    ) -> None:
        """Say no."""
        super().__init__(error)
        self.status = status
        self.refusal = Refusal(error, list(rows[:MAX_ROWS]))
        self.retry_after_s = retry_after_s
