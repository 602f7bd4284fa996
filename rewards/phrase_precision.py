"""How much of what a description says is seen: each thing once, and a guess for its price."""

from collections.abc import Mapping

from rewardkit.rewards.phrase_words import FUNCTION


def counted_phrases(seen: Mapping[str, float]) -> dict[str, float]:
    """The phrases that say something of their own, so that restating what is true doesn't pay.

    Words that no noun phrase is made of (`is`, `the`, `on`) and the order don't count. A phrase
    all of whose other words stand in a longer one is left out; of several with the same words the
    first stands for all, and is seen as surely as the least sure of them.

    Args:
        seen: Phrases with how surely the image shows each, 0 to 1.

    >>> counted_phrases({"left is 3": 1.0, "left digit is 3": 1.0, "digit on left is 3": 0.5})
    {'left digit is 3': 0.5}
    """
    first: dict[frozenset[str], str] = {}
    counted: dict[str, float] = {}
    for phrase, share in seen.items():
        words = frozenset(phrase.split())
        name = first.setdefault(words - FUNCTION or words, phrase)
        counted[name] = min(share, counted.get(name, 1.0))
    for words, phrase in first.items():
        if any(words < other for other in first):
            del counted[phrase]
    return counted


def precision_of(counted: Mapping[str, float], beyond: int, unseen_weight: float) -> float:
    """The share of what is said that is seen.

    Args:
        counted: Phrases with how surely each is seen, 0 to 1; at least one.
        beyond: Further phrases, which count as not seen.
        unseen_weight: How many seen phrases one that isn't seen weighs, above 0.

    Returns:
        From 0 to 1.

    >>> precision_of({"left is 3": 1.0, "left is 5": 0.0, "right is 8": 1.0}, 0, 2.0)
    0.5
    """
    seen = sum(counted.values())
    unseen = len(counted) + beyond - seen
    return seen / (seen + unseen_weight * unseen)
