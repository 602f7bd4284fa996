"""From phrases that are seen or not to one score that names them."""

from collections.abc import Mapping
from typing import Final, Literal

from rewardkit.rewards.phrase_precision import counted_phrases, precision_of
from rewardkit.rewards.phrase_seen import f_measure
from rewardkit.types import Score

MAX_NAMED: Final = 8
"""Phrases that a reason names; each is cut at 40 characters."""


def report(
    seen: Mapping[str, float],
    beyond: int,
    covered: Mapping[str, float],
    measure: Literal["f", "precision", "recall"] = "f",
    beta: float = 1.0,
    unseen_weight: float = 1.0,
) -> Score:
    """The score of a description.

    Args:
        seen: Its phrases with how surely the image shows each, 0 to 1; at least one.
        beyond: Further phrases, which count as not seen.
        covered: The keywords with how surely each is said and seen; may be empty for `precision`.
        measure: What the value is.
        beta: How many times recall matters as much as precision, for `f`.
        unseen_weight: How many seen phrases one that isn't seen weighs in the precision.

    Returns:
        A value in [0, 1]; the reason names the phrases with their shares, parts are `precision`
        and, with keywords, `recall`.

    >>> report({"red ball": 1.0, "dog": 0.0}, 0, {"ball": 1.0}).reason
    'precision 0.50, recall 1.00: red ball 1.00, dog 0.00'
    """
    counted = counted_phrases(seen)
    precision = precision_of(counted, beyond, unseen_weight)
    named = _named(seen)
    if len(counted) < len(seen):
        named += f", {len(seen) - len(counted)} restated"
    if beyond:
        named += f", {beyond} beyond the limit"
    parts = {"precision": Score(precision, named)}
    reason = f"precision {precision:.2f}"
    recall = 0.0
    if covered:
        recall = sum(covered.values()) / len(covered)
        parts["recall"] = Score(recall, _named(covered))
        reason += f", recall {recall:.2f}"
    values = {
        "f": f_measure(precision, recall, beta),
        "precision": precision,
        "recall": recall,
    }
    return Score(values[measure], f"{reason}: {named}", parts)


def _named(shares: Mapping[str, float]) -> str:
    """A bounded list of phrases with their shares."""
    named = [f"{phrase[:40]} {share:.2f}" for phrase, share in list(shares.items())[:MAX_NAMED]]
    more = len(shares) - MAX_NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
