"""The `number` task: is the answer this number, exactly or within a stated tolerance?"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status, Verdict
from rewardkit.verifiers.cleaning import show
from rewardkit.verifiers.number_reading import MAX_CHARACTERS, Unread, read_number, read_reference
from rewardkit.verifiers.outcomes import bad_reference, refused
from rewardkit.verifiers.quantity import Quantity

_EXPECTED = "one finite number with at most one unit"


class Number(
    msgspec.Struct, frozen=True, tag_field="kind", tag="number", forbid_unknown_fields=True
):
    r"""Judges an answer that is one number, with exact rational arithmetic and units.

    Attributes:
        absolute_tolerance: Largest difference that still counts, in the reference's unit.
        relative_tolerance: The same as a share of the reference; the larger of the two counts.
        percent: What `25%` is where only one side has the sign: `either` 0.25 or 25, or only the
            `fraction` 0.25.

    Raises:
        ConfigError: When a tolerance is negative or not finite.

    >>> Number()(r"\frac{6}{8}", "0.75").status
    'correct'
    >>> Number()("3.14", 3.14159).reason
    "'3.14' differs from '3.14159'"
    >>> Number(absolute_tolerance=0.01)("3.14", 3.14159).reason
    "'3.14' = '3.14159' within 0.01"
    >>> Number()("10 cm", "10 m").reason
    "'10 cm' differs from '10 m'"
    """

    absolute_tolerance: float = 0.0
    relative_tolerance: float = 0.0
    percent: Literal["either", "fraction"] = "either"

    def __post_init__(self) -> None:
        """Refuse options that would accept everything or nothing."""
        for name in ("absolute_tolerance", "relative_tolerance"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ConfigError(f"number.{name}: expected a number, got {value!r}")
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"number.{name}: expected a finite number >= 0, got {value!r}")
        if self.percent not in ("either", "fraction"):
            raise ConfigError(
                f"number.percent: expected 'either' or 'fraction', got {self.percent!r}"
            )

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        right = read_reference(reference)
        if not isinstance(right, Quantity):
            return bad_reference(reference, _EXPECTED)
        wanted = str(reference).strip()
        answer = answer.strip()
        verdict = refused(answer, wanted, MAX_CHARACTERS)
        if verdict is not None:
            return verdict
        given = read_number(answer)
        if isinstance(given, Unread):
            reason = f"answer {show(answer)}: {given.reason}"
            return Verdict(given.status, None, wanted, "number", reason)
        return self._compare(given, right, answer, wanted)

    def _compare(self, given: Quantity, right: Quantity, answer: str, wanted: str) -> Verdict:
        if clash := _clash(given, right):
            return Verdict(clash[0], answer, wanted, "units", clash[1])
        allowed = max(
            Fraction(repr(self.absolute_tolerance)),
            Fraction(repr(self.relative_tolerance)) * abs(right.value),
        )
        pairs = _comparable(given, right, self.percent)
        if any(one == other for one, other in pairs):
            return self._equal(given, right, answer, wanted, "")
        if any(abs(one - other) <= allowed for one, other in pairs):
            return self._equal(given, right, answer, wanted, f" within {float(allowed):.6g}")
        stated = f" by more than {float(allowed):.6g}" if allowed else ""
        reason = f"{show(answer)} differs from {show(wanted)}{stated}"
        return Verdict("wrong", answer, wanted, _rule(given, right), reason)

    def _equal(
        self, given: Quantity, right: Quantity, answer: str, wanted: str, within: str
    ) -> Verdict:
        reason = f"{show(answer)} = {show(wanted)}{within}"
        return Verdict("correct", answer, wanted, _rule(given, right), reason)


def _rule(given: Quantity, right: Quantity) -> str:
    if given.percent or right.percent:
        return "percent"
    return "units" if given.units and right.units else "number"


def _clash(given: Quantity, right: Quantity) -> tuple[Status, str] | None:
    """Units or nouns on both sides that cannot be the same; on one side only is fine."""
    if given.units and right.units:
        dimensions = {unit.dimension for unit in right.units}
        if all(unit.dimension not in dimensions for unit in given.units):
            return "wrong", f"units: {given.units[0].name} against {right.units[0].name}"
        return None
    mine, theirs = _named(given), _named(right)
    if (given.percent and right.percent) or not mine or not theirs:
        return None
    if _stems(given.nouns) & _stems(right.nouns):
        return None
    return "wrong", f"units: {mine} against {theirs}"


def _stems(nouns: frozenset[str]) -> set[str]:
    """Nouns, already without their plural s, so that box is boxes and city is cities."""
    bare = (noun.removesuffix("e") for noun in nouns)
    return {f"{noun[:-1]}i" if noun.endswith("y") else noun for noun in bare}


def _named(quantity: Quantity) -> str:
    if quantity.units:
        return quantity.units[0].name
    return "%" if quantity.percent else " ".join(sorted(quantity.nouns))


def _comparable(
    given: Quantity, right: Quantity, percent: Literal["either", "fraction"]
) -> list[tuple[Fraction, Fraction]]:
    """The pairs of values, in the reference's unit, of which one must agree."""
    if given.units and right.units:
        return [
            (a.convert(given.value, b), right.value)
            for a in given.units
            for b in right.units
            if a.dimension == b.dimension
        ]
    pairs = [(given.value, right.value)]
    if given.percent == right.percent:
        return pairs
    hundred = Fraction(100)
    scaled = (
        (given.value / hundred, right.value)
        if given.percent
        else (given.value * hundred, right.value)
    )
    return [scaled, *pairs] if percent == "either" else [scaled]
