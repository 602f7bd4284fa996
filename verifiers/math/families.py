r"""Families over the whole numbers: `\frac{\pi}{6} + 2k\pi, k \in \mathbb{Z}`."""

import re
from typing import Literal

import msgspec

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.numbers import Finding
from rewardkit.verifiers.math.quantity import constant

# ruff: noqa: RUF001 - the letters of sets of numbers look like plain ones
_SET = (
    r"(?:\\(?:mathbb|mathbf|mathrm|Bbb) ?(?:\{ ?(?P<a>[ZN]) ?\}|(?P<b>[ZN]))|(?P<c>[ZNℤℕ]))"
    r"(?P<positive>(?:[_^] ?\{? ?[*+] ?\}?){0,2})"
)
_RE_MEMBER = re.compile(
    rf"(?:,|;|\(|\\text\{{ ?(?:,|where|for|with|for any|for all)? ?\}}|where|for|\s)"
    rf"[\s(]*(?P<name>[a-zA-Z]) ?\\in ?{_SET} ?\)? ?$"
)
_RE_SAID = re.compile(
    r"[,(]? ?(?:where|for|with) (?:any |all |some |every )?(?:integers? ([a-zA-Z])|"
    r"([a-zA-Z]) (?:is |being )?(?:an |any )?integer)\)? ?$"
)


class Declared(msgspec.Struct, frozen=True):
    """A text without the words that declare its whole-number letter, and that letter."""

    text: str
    name: str
    over: Literal["Z", "N"] = "Z"


def declared(text: str) -> Declared | None:
    r"""What is declared at the end of a text; None where nothing is.

    >>> declared(r"2k\pi, k \in \mathbb{Z}")
    Declared(text='2k\\pi', name='k', over='Z')
    """
    tail = text[-60:]
    match = _RE_MEMBER.search(tail) or _RE_SAID.search(tail)
    if match is None:
        return None
    head = text[: len(text) - len(tail) + match.start()].strip(" ,;")
    said = match.re is _RE_SAID
    name = (match[1] or match[2]) if said else match["name"]
    if not head or name not in head or (not said and match["positive"]):
        return None
    kind = "Z" if said else match["a"] or match["b"] or match["c"]
    return Declared(head, name, "N" if kind in ("N", "ℕ") else "Z")


def agree_families(a: Form, name_a: str, r: Form, name_r: str) -> Finding | None:
    """Compare two families that are linear in their letters.

    Returns:
        None where one is not linear, or has other letters.
    """
    left, right = _linear(a, f"v:{name_a}"), _linear(r, f"v:{name_r}")
    if left is None or right is None:
        return None
    if not all(constant(f) for f in (*left, *right)):
        return Finding(True, "family") if _same(left, right) else None
    ratio = fm.divide(left[0], right[0]).rational
    shift = fm.divide(fm.add(left[1], fm.negative(right[1])), right[0]).rational
    if ratio is None or abs(ratio) != 1:
        return Finding(False, "family", "another period")
    if shift is None or shift.denominator != 1:
        return Finding(False, "family", "shifted")
    return Finding(True, "family")


def _same(left: tuple[Form, Form], right: tuple[Form, Form]) -> bool:
    return fm.equal(left[0], right[0]) and fm.equal(left[1], right[1])


def _linear(form: Form, name: str) -> tuple[Form, Form] | None:
    """Slope and rest of a form in one of its variables."""
    if form.den is not None or any(name in a and a != name for a in form.atoms()):
        return None
    slope: fm.Sum = {}
    rest: fm.Sum = {}
    for term, coefficient in form.num.items():
        powers = dict(term)
        exponent = powers.pop(name, 0)
        if exponent not in (0, 1):
            return None
        (slope if exponent else rest)[tuple(sorted(powers.items()))] = coefficient
    return (Form(slope), Form(rest)) if slope else None
