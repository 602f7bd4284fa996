"""Compare several answers with several, or with one."""

from collections.abc import Callable
from typing import TypeAlias

from sympy import Symbol

from rewardkit.verifiers.math.symbolic_plain import regions
from rewardkit.verifiers.math.symbolic_regions import as_region
from rewardkit.verifiers.math.symbolic_terms import Finding, all_of
from rewardkit.verifiers.math.symbolic_tokens import TooHard
from rewardkit.verifiers.math.symbolic_values import Bag, Named, Region, Term, Value
from rewardkit.verifiers.math.symbolic_walk import match

Same: TypeAlias = Callable[[Value, Value], Finding]

MAX_ITEMS = 200


def bags(answer: Bag, reference: Bag, same: Same) -> Finding:
    """Several answers in any order; `same` compares two of them.

    Raises:
        TooHard: When the answer has more than `MAX_ITEMS`.
    """
    if answer.dots or reference.dots:
        return _sequences(answer, reference, same)
    ours, theirs = as_region(answer), as_region(reference)
    if (
        ours is not None
        and theirs is not None
        and any(isinstance(v, Region) for v in answer.items + reference.items)
    ):
        return regions(ours, theirs) or Finding(False, "interval")
    left, right = _values(answer, reference), _values(reference, answer)
    if len(right) > MAX_ITEMS:
        return Finding(None, "size")
    if len(left) > MAX_ITEMS:
        raise TooHard(f"more than {MAX_ITEMS} items")
    left, right = _distinct(left, answer.braced, same), _distinct(right, reference.braced, same)
    if len(left) != len(right):
        return Finding(False, "length")
    return all_of(
        match(left, right, same),
        "set, any order" if answer.braced or reference.braced else "list, any order",
    )


def against_one(bag: Bag, single: Value, bag_is_answer: bool, same: Same) -> Finding:
    """A list beside a single value: the same when all of it is, hedging when one of it is."""
    if len(bag.items) > MAX_ITEMS:
        return Finding(False, "length")
    items = _distinct(bag.items, True, same)
    if len(items) == 1:
        return same(items[0], single) if bag_is_answer else same(single, items[0])
    if bag_is_answer and any(same(item, single).same for item in items):
        return Finding(False, "hedging")
    return Finding(False, "length")


def _sequences(answer: Bag, reference: Bag, same: Same) -> Finding:
    """Lists with an ellipsis: in order; equal when all is, different when a stated item is."""
    if not reference.dots:
        return Finding(False, "ellipsis")
    ours, theirs = answer.items, reference.items
    if len(ours) == len(theirs) and all(same(a, b).same for a, b in zip(ours, theirs, strict=True)):
        return Finding(True, "ellipsis")
    for left, right in ((ours, theirs), (ours[::-1], theirs[::-1])):
        for a, b in zip(left, right, strict=False):
            if _is_dots(a) or _is_dots(b):
                break
            if same(a, b).same is False:
                return Finding(False, "ellipsis")
    return Finding(None, "ellipsis")


def _is_dots(value: Value) -> bool:
    return isinstance(value, Term) and value.expr == Symbol("…")


def _values(bag: Bag, other: Bag) -> tuple[Value, ...]:
    """Labels are dropped where the other side has none."""
    if any(isinstance(item, Named) for item in other.items):
        return bag.items
    return tuple(
        item.value if isinstance(item, Named) and not item.function else item for item in bag.items
    )


def _distinct(items: tuple[Value, ...], braced: bool, same: Same) -> tuple[Value, ...]:
    if not braced:
        return items
    kept: list[Value] = []
    for item in items:
        if not any(same(item, other).same for other in kept):
            kept.append(item)
    return tuple(kept)
