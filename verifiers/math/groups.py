"""Tuples, sets, lists and matrices compared item by item; and one value against several."""

from collections.abc import Callable, Sequence

from rewardkit.verifiers.math.numbers import Finding
from rewardkit.verifiers.math.values import Grid, Items, Labelled, Quantity, Value

Agree = Callable[[Value, Value], Finding | None]
MAX_ITEMS = 60
"""Items of which every pair may be compared."""
_ROWS = frozenset(("xy", "xyz", "ab", "abc", "abcd", "mn", "pq", "pqr", "uv", "st"))
"""Names whose order in a tuple nobody changes."""
_ORDERED = frozenset(("tuple", "list", "vector", "row"))


def agree_items(a: Items, r: Items, agree: Agree) -> Finding | None:
    """Compare several values with several.

    Brackets keep the order; a set and a bare list do not; a set is not a tuple.
    """
    left, right = a.items, r.items
    if max(len(left), len(right)) > MAX_ITEMS:
        return None
    ordered = {a.kind, r.kind} & _ORDERED
    if not ordered:
        return _unordered(a, r, agree)
    rule = "vector" if "vector" in ordered else "tuple" if "tuple" in ordered else "list"
    if "set" in (a.kind, r.kind):
        return None if ordered == {"list"} else Finding(False, "set", "a set is not a tuple")
    if "or" in (a.kind, r.kind):
        return None
    if "bare" in (a.kind, r.kind):
        a, r = _by_name(a, r), _by_name(r, a)
        left, right = a.items, r.items
    if (
        len(ordered) == 1
        and "bare" in (a.kind, r.kind)
        and any(isinstance(x, Items) for x in left + right)
    ):
        # A list of tuples against one tuple.
        return _nested(a, r, agree)
    if _a_pair_or_an_interval(a, r) or _a_pair_or_an_interval(r, a):
        return Finding(False, "interval", "two values are no interval")
    found = _in_order(left, right, agree, rule)
    if found is not None and found.equal and {a.kind, r.kind} == {"row", "vector"}:
        return None
    return found


def _a_pair_or_an_interval(bare: Items, other: Items) -> bool:
    """Whether `0, 1` stands against `[0, 1]`: from the first to the second, mostly."""
    if bare.kind != "bare" or other.kind != "list" or len(other.items) != 2:
        return False
    ends = [x.form.rational for x in other.items if isinstance(x, Quantity)]
    return len(ends) == 2 and None not in ends and (ends[0] or 0) < (ends[1] or 0)


def _by_name(one: Items, other: Items) -> Items:
    """Parts `y = 2, x = 1` in the order of their names, which is what a bare tuple has."""
    names = [x.label for x in one.items if isinstance(x, Labelled)]
    if len(names) != len(one.items) or any(len(name) > 1 for name in names):
        return one
    if any(isinstance(x, Labelled) for x in other.items) or "".join(sorted(names)) not in _ROWS:
        return one
    ordered = sorted(one.items, key=lambda x: x.label if isinstance(x, Labelled) else "")
    return Items(one.kind, tuple(ordered))


def _nested(a: Items, r: Items, agree: Agree) -> Finding | None:
    if a.kind == "list" or r.kind == "list":
        return None
    bare, other = (a, r) if a.kind == "bare" else (r, a)
    if all(isinstance(x, Items) for x in bare.items) and not any(
        isinstance(x, Items) for x in other.items
    ):
        return hedged(a, r, agree) if bare is a else missing(a, r, agree)
    return None


def _in_order(
    left: Sequence[Value], right: Sequence[Value], agree: Agree, rule: str
) -> Finding | None:
    if len(left) != len(right):
        return Finding(False, rule, f"{len(left)} against {len(right)} items")
    found = [agree(x, y) for x, y in zip(left, right, strict=True)]
    wrong = next((k for k, one in enumerate(found) if one is not None and not one.equal), None)
    if wrong is not None:
        return Finding(False, rule, f"item {wrong + 1} differs")
    return Finding(True, rule) if all(found) else None


def _unordered(a: Items, r: Items, agree: Agree) -> Finding | None:
    rule = "labelled parts" if any(isinstance(x, Labelled) for x in a.items + r.items) else "set"
    left, right = list(a.items), list(r.items)
    mixed = {isinstance(x, Labelled) for x in left} ^ {isinstance(x, Labelled) for x in right}
    if mixed:
        # Names on one side only: the order that they are written in; another order may be meant as
        # well.
        found = _in_order(left, right, agree, rule)
        if found is not None and found.equal:
            return found
        found = _matching(left, right, agree, rule) if len(left) == len(right) else None
        return found if found is not None and not found.equal else None
    if "set" in (a.kind, r.kind):
        left, right = _distinct(left, agree), _distinct(right, agree)
    if len(left) != len(right):
        if len(_distinct(left, agree)) == len(_distinct(right, agree)):
            return None
        return Finding(False, rule, f"{len(left)} against {len(right)} items")
    if "or" in (a.kind, r.kind) and a.kind != r.kind and "set" not in (a.kind, r.kind):
        rule = "list"
    return _matching(left, right, agree, rule)


def _distinct(items: list[Value], agree: Agree) -> list[Value]:
    kept: list[Value] = []
    for item in items:
        if not any((found := agree(item, other)) is not None and found.equal for other in kept):
            kept.append(item)
    return kept


def _matching(left: list[Value], right: list[Value], agree: Agree, rule: str) -> Finding | None:
    open_, unsure = list(right), False
    for k, item in enumerate(left):
        found = [agree(item, other) for other in open_]
        hit = next((n for n, one in enumerate(found) if one is not None and one.equal), None)
        if hit is not None:
            del open_[hit]
        elif None in found:
            unsure = True
        else:
            # Greedy matching may have spent the partner on a rounded value; then nothing is known.
            spent = any((one := agree(item, other)) is None or one.equal for other in right)
            return None if spent else Finding(False, rule, f"item {k + 1} is missing")
    return None if unsure else Finding(True, rule)


def agree_grids(a: Value, r: Value, agree: Agree) -> Finding | None:
    """Compare two matrices, or a matrix with a tuple of tuples."""
    left, right = _rows(a), _rows(r)
    if left is None or right is None:
        return None
    if len(left) != len(right) or len(left[0]) != len(right[0]):
        return Finding(False, "matrix", "of different sizes")
    cells_a, cells_r = [x for row in left for x in row], [x for row in right for x in row]
    return _in_order(cells_a, cells_r, agree, "matrix") if len(cells_a) == len(cells_r) else None


def _rows(value: Value) -> Sequence[Sequence[Value]] | None:
    if isinstance(value, Grid):
        return value.rows
    if not isinstance(value, Items) or not value.items:
        return None
    rows = [item.items for item in value.items if isinstance(item, Items)]
    return rows if len(rows) == len(value.items) and len({len(row) for row in rows}) == 1 else None


def hedged(a: Items, r: Value, agree: Agree) -> Finding | None:
    """Several values against a single reference: a hedge where one of them is right."""
    if len(a.items) > MAX_ITEMS:
        return None
    if a.kind == "tuple" or a.kind == "vector" or a.kind == "row":
        return Finding(False, a.kind, "several values against one") if len(a.items) > 1 else None
    if not a.items:
        return None
    if len(a.items) == 1:
        return agree(a.items[0], r)
    found = [agree(item, r) for item in a.items]
    if any(one is not None and one.equal for one in found):
        if all(one is not None and one.equal for one in found):
            return None
        return Finding(False, "hedge", f"{len(a.items)} values for one", hedge=True)
    return None if None in found else Finding(False, "list", "several values against one")


def missing(a: Value, r: Items, agree: Agree) -> Finding | None:
    """One value against a reference of several."""
    if len(r.items) > MAX_ITEMS:
        return None
    if len(r.items) == 1:
        return agree(a, r.items[0]) if r.kind == "set" else None
    if r.kind == "or" or not r.items:
        return None
    found = [agree(a, item) for item in r.items]
    if None in found or all(one is not None and one.equal for one in found):
        return None
    return Finding(False, "list" if r.kind == "bare" else r.kind, f"one value for {len(r.items)}")
