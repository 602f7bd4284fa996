"""Notations against plain fractions: generated pairs whose values are known by construction.

In the tests a few hundred pairs. A long run: `python
tests/verifiers/math/test_exact_differential_notation.py 100000 [SEED]`.
"""

import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial
from random import Random
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.verifiers.math.exact import compare

Known: TypeAlias = tuple[object, str]
"""What a text is worth, as something that Python compares, and the text."""


def plain(q: Fraction, r: Random) -> str:
    """A fraction in one of its simplest notations."""
    sign, top, bottom = "-" if q < 0 else "", abs(q.numerator), q.denominator
    if bottom == 1:
        return r.choice([f"{sign}{top}", f"${sign}{top}$", f"{sign}{2 * top}/2"])
    k = r.randint(1, 4)
    return r.choice(
        [
            f"{sign}\\frac{{{top * k}}}{{{bottom * k}}}",
            f"{sign}{top}/{bottom}",
            f"{{{sign}{top} \\over {bottom}}}",
        ]
    )


def near(q: Fraction, r: Random) -> Fraction:
    """The same value half of the time, else one beside it."""
    return (
        q
        if r.random() < 0.5
        else q + r.choice([Fraction(1), Fraction(-1), Fraction(1, 3), 9 * q, -2 * q])
    )


def repeating(r: Random) -> tuple[Known, Known]:
    """A repeating decimal and a fraction."""
    whole, fixed = r.randint(0, 20), "".join(r.choices("0123456789", k=r.randint(0, 2)))
    block = "".join(r.choices("0123456789", k=r.randint(1, 4)))
    ones = Fraction(int(block), 10 ** len(block) - 1) / 10 ** len(fixed)
    value = whole + (Fraction(int(fixed), 10 ** len(fixed)) if fixed else 0) + ones
    mark = f"\\overline{{{block}}}" if len(block) > 1 or r.random() < 0.5 else f"\\dot{{{block}}}"
    other = near(value, r)
    return (value, f"{whole}.{fixed}{mark}"), (other, plain(other, r))


_UNITS: dict[str, dict[str, Fraction | int]] = {
    "length": {"m": 1, "cm": Fraction(1, 100), "km": 1000, "inches": Fraction(254, 10000)},
    "time": {"hours": 3600, "min": 60, "seconds": 1, "days": 86400},
    "mass": {"kg": 1000, "g": 1, "grams": 1, "mg": Fraction(1, 1000)},
    "dollar": {"dollars": 1, "cents": Fraction(1, 100)},
}


def unit(r: Random) -> tuple[Known, Known]:
    """Two quantities with units, of one kind mostly."""
    kind = r.choice(list(_UNITS))
    value = Fraction(r.randint(1, 60) * 3600)
    pair: list[Known] = []
    for _ in range(2):
        own = kind if r.random() < 0.9 else r.choice(list(_UNITS))
        name = r.choice(list(_UNITS[own]))
        number = plain(value / _UNITS[own][name], r).strip("$")
        ending = r.choice([f" {name}", rf"\text{{ {name}}}"])
        pair.append(((own, value), number + ending))
        value = near(value, r)
        value = value if value > 0 else Fraction(1)
    return pair[0], pair[1]


def parts(r: Random) -> tuple[Known, Known]:
    """Hours, minutes and seconds against one number of minutes."""
    hours, minutes, seconds = r.randint(1, 30), r.randint(0, 59), r.randint(1, 59)
    value = Fraction(hours * 60 + minutes) + Fraction(seconds, 60)
    text = r.choice(
        [
            f"{hours} hours {minutes} minutes {seconds} seconds",
            f"{hours} h {minutes} min {seconds} s",
            f"{hours} hours, {minutes} minutes and {seconds} seconds",
        ]
    )
    other = near(value, r)
    other = other if other > 0 else Fraction(1)
    return (value, text), (other, f"{plain(other, r).strip('$')} minutes")


def counted(r: Random) -> tuple[Known, Known]:
    """Choices, arrangements and factorials."""
    n = r.randint(2, 12)
    k = r.randint(1, n)
    value, text = r.choice(
        [
            (comb(n, k), f"C_{{{n}}}^{{{k}}}"),
            (comb(n, k), f"{{{n} \\choose {k}}}"),
            (comb(n, k), f"C({n},{k})"),
            (comb(n, k), f"\\binom{{{n}}}{{{n - k}}}"),
            (factorial(n) // factorial(n - k), f"A_{{{n}}}^{{{k}}}"),
            (factorial(n), f"{n}!"),
        ]
    )
    other = near(Fraction(value), r)
    return (Fraction(value), text), (other, plain(other, r))


def family(r: Random) -> tuple[Known, Known]:
    """Rational multiples of pi, shifted by whole periods or not."""
    start, step = Fraction(r.randint(-11, 11), 12), Fraction(r.randint(1, 4), 2)
    pair: list[Known] = []
    for letter in ("k", "n"):
        own = start + r.choice([Fraction(0), step, -2 * step, Fraction(1, 12)])
        period = step * r.choice([1, 1, 1, -1, 2])
        worth = (abs(period), own % abs(period))
        ending = r.choice([rf", {letter} \in \mathbb{{Z}}", rf" ({letter}\in Z)"])
        first = f"\\frac{{{own.numerator}\\pi}}{{{own.denominator}}}"
        second = f"\\frac{{{period.numerator}}}{{{period.denominator}}}{letter}\\pi"
        pair.append((worth, r.choice(["", "x = "]) + f"{first} + {second}{ending}"))
    return pair[0], pair[1]


def matrices(r: Random) -> tuple[Known, Known]:
    """A sum, difference or product of two small matrices and one matrix."""
    a, b = ([[r.randint(-3, 3) for _ in "12"] for _ in "12"] for _ in "12")
    sign = r.choice(["+", "-", ""])
    if sign:
        turn = 1 if sign == "+" else -1
        value = [
            [x + turn * y for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)
        ]
    else:
        value = [[sum(p[k] * b[k][j] for k in (0, 1)) for j in (0, 1)] for p in a]
    other = [list(row) for row in value]
    if r.random() < 0.5:
        other[r.randint(0, 1)][r.randint(0, 1)] += r.choice([1, -1])
    return (value, written(a, r) + sign + written(b, r)), (other, written(other, r))


def written(rows: list[list[int]], r: Random) -> str:
    """A matrix in LaTeX."""
    name = r.choice(["pmatrix", "bmatrix"])
    inside = r.choice(["\\\\", " \\\\ "]).join("&".join(map(str, row)) for row in rows)
    return f"\\begin{{{name}}}{inside}\\end{{{name}}}"


def optional(r: Random) -> tuple[Known, Known]:
    """An option with its letter and value, against both."""
    value = Fraction(r.randint(1, 9), r.randint(1, 3))
    other = near(value, r)
    letter = r.choice("ABCD")
    second = letter if r.random() < 0.7 else r.choice("ABCD")
    text = r.choice([f"({letter}) {plain(value, r)}", f"\\textbf{{({letter})}} {plain(value, r)}"])
    return ((letter, value), text), ((second, other), f"{second}. {plain(other, r)}")


KINDS: dict[str, Callable[[Random], tuple[Known, Known]]] = {
    "repeating": repeating,
    "unit": unit,
    "parts": parts,
    "counted": counted,
    "family": family,
    "matrices": matrices,
    "optional": optional,
}


def judged(kind: str, r: Random) -> tuple[str, str]:
    """How one pair ended, both ways round, and what is wrong, empty where nothing is."""
    one, other = KINDS[kind](r)
    ends = []
    for answer, reference in ((one, other), (other, one)):
        verdict = compare(answer[1], reference[1])
        ends.append("unknown" if verdict is None else verdict.status)
        if verdict is not None and verdict.correct != (one[0] == other[0]):
            return "FALSE", f"{answer[1]!r} against {reference[1]!r}: {verdict}"
    return (ends[0], "") if ends[0] == ends[1] else ("FALSE", f"{one} {other}: {ends}")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32))
def test_a_verdict_agrees_with_what_was_written(kind: str, seed: int) -> None:
    _, problem = judged(kind, Random(seed))
    assert not problem


def test_most_notations_are_decided() -> None:
    r = Random(11)
    ends = Counter(judged(kind, r)[0] for kind in KINDS for _ in range(40))
    assert ends["unknown"] < 14 and ends["correct"] > 60 and ends["wrong"] > 60


def main() -> int:
    """A long run; prints what disagrees and a table of how the pairs ended."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    r, names = Random(seed), list(KINDS)
    ends: Counter[tuple[str, str]] = Counter()
    for k in range(count):
        kind = names[k % len(names)]
        end, problem = judged(kind, r)
        ends[kind, end] += 1
        if problem:
            print(kind, problem)
    for key, number in sorted(ends.items()):
        print(f"{key[0]:12} {key[1]:32} {number}")
    return sum(number for key, number in ends.items() if key[1] == "FALSE")


if __name__ == "__main__":
    raise SystemExit(min(1, main()))
