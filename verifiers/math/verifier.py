"""Is a mathematical answer the same as its reference?

Source: the questions that math-verify 0.9 answers, https://github.com/huggingface/Math-Verify;
what differs is in docs/verifiers-math.md.
"""

import math
from collections.abc import Sequence

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.math import exact, symbolic
from rewardkit.verifiers.math.blame import answer_judged, reference_first
from rewardkit.verifiers.math.locate import locate

MAX_ANSWER = 20_000
"""Longest answer, in characters; in a longer text the answer is located first."""

MAX_REFERENCE = 20_000


class Math(msgspec.Struct, frozen=True, tag_field="kind", tag="math", forbid_unknown_fields=True):
    """Judge a mathematical answer, in time whatever it is, and say what was compared.

    Attributes:
        timeout_s: Wall-clock limit of the symbolic tier for one pair, in seconds.
        memory_mb: Limit of a symbolic worker's memory, in MiB, at least 256.
        figures: Significant digits that a decimal answer must give of an exact reference, 1 to 14.

    Raises:
        ConfigError: When an option is out of range.

    >>> Math()("0.5", "1/2").status
    'correct'
    >>> Math()("3", "").status
    'unreadable_reference'
    """

    timeout_s: float = 5.0
    memory_mb: int = 1024
    figures: int = 6

    def __post_init__(self) -> None:
        """Refuse limits that nothing could keep."""
        if not (math.isfinite(self.timeout_s) and 0 < self.timeout_s <= 3600):
            raise ConfigError(
                f"math.timeout_s: expected seconds in (0, 3600], got {self.timeout_s!r}"
            )
        if not 256 <= self.memory_mb <= 1 << 20:
            raise ConfigError(
                f"math.memory_mb: expected MiB in [256, 1048576], got {self.memory_mb!r}"
            )
        if not 1 <= self.figures <= 14:
            raise ConfigError(f"math.figures: expected 1 to 14, got {self.figures!r}")

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer.

        Args:
            answer: The answer alone, as a template cut it out of the reply.
            reference: What is right: text, or a finite number.
            choices: Not used.

        Returns:
            A verdict; never raises for what an answer or reference holds.

        Raises:
            VerifierError: When no worker process can be started.
        """
        wanted = _reference_text(reference)
        if wanted is None:
            return Verdict(
                "unreadable_reference",
                answer,
                None,
                "reference",
                "expected text or a finite number",
            )
        if not wanted.strip():
            return Verdict(
                "unreadable_reference", answer, None, "reference", "the reference is empty"
            )
        if len(wanted) > MAX_REFERENCE:
            return Verdict(
                "unreadable_reference",
                None,
                None,
                "size",
                f"longer than {MAX_REFERENCE} characters",
            )
        if not answer.strip():
            return self._blamed(
                Verdict("no_answer", None, wanted, "empty", "the answer is empty"), wanted
            )
        if len(answer) > MAX_ANSWER:
            answer = locate(answer) or ""
            if not 0 < len(answer) <= MAX_ANSWER:
                reason = f"longer than {MAX_ANSWER} characters"
                return self._blamed(
                    Verdict("answer_too_hard", None, wanted, "size", reason), wanted
                )
        known = exact.compare(answer, wanted, figures=self.figures)
        if known is not None:
            return known if known.value else self._blamed(known, wanted)
        found = symbolic.judge(answer, wanted, self.timeout_s, self.memory_mb, self.figures)
        return answer_judged(found, answer, wanted)

    def _blamed(self, verdict: Verdict, wanted: str) -> Verdict:
        return reference_first(verdict, wanted, self.timeout_s, self.memory_mb)


def _reference_text(reference: Reference) -> str | None:
    """A reference as text; None where it is of a type, or a number, that says nothing."""
    if isinstance(reference, str):
        return reference
    if isinstance(reference, bool) or not isinstance(reference, (int, float)):
        return None
    if isinstance(reference, float):
        if not math.isfinite(reference):
            return None
        return (
            repr(int(reference))
            if reference.is_integer() and abs(reference) < 1e15
            else repr(reference)
        )
    return str(reference) if abs(reference) < 10**4000 else None
