"""Exact expressions in one normal form: equal expressions have equal forms.

A form is a quotient of sums; a term of a sum is a rational number times powers of atoms. Atoms are
written as text:

* `2`, `3`, `5` … a prime under a root, its exponent between 0 and 1;
* `pi`, `e`, `i`, and `oo` for infinity, which allows no arithmetic but its sign;
* `ln:2` the logarithm of a prime; `v:x` a variable; `p:2:…` a number to a power that holds
  variables;
* `f:sin:…` a function that is not looked into: equal forms are equal, unequal ones may still be.

Source: different products of fractional powers of primes are linearly independent over the
rationals, A. Besicovitch
1940, https://doi.org/10.1112/jlms/s1-15.1.3; that pi, e and logarithms add no further relation is
Schanuel's conjecture.
"""

from fractions import Fraction
from typing import TypeAlias

import msgspec

from rewardkit.verifiers.math.work import (
    MAX_BITS,
    TooBig,
    Unreadable,
    checked_name,
    digits_of,
    spend,
)

MAX_TERMS = 400
"""Terms of one sum."""

Exponent: TypeAlias = int | Fraction
Term: TypeAlias = tuple[tuple[str, Exponent], ...]
"""A product of powers of atoms, atoms in order."""
Sum: TypeAlias = dict[Term, Fraction]
"""Coefficients that are not 0, by term; never changed once made."""


class Form(msgspec.Struct, frozen=True, eq=False):
    """A quotient of two sums; a missing denominator is 1."""

    num: Sum
    den: Sum | None = None

    @property
    def rational(self) -> Fraction | None:
        """The value where it is a rational number, else None."""
        if self.den is not None:
            return None
        if not self.num:
            return Fraction(0)
        return self.num.get(()) if len(self.num) == 1 else None

    def atoms(self) -> frozenset[str]:
        """The atoms of all terms."""
        sums = (self.num, self.den or {})
        return frozenset(atom for s in sums for term in s for atom, _ in term)

    def key(self) -> str:
        """A text that is the same for equal forms without a denominator."""
        sums = (self.num, self.den or {})
        if sum(len(s) for s in sums) > 40:
            raise Unreadable("a long sum inside of a function")
        text = repr([sorted((repr(t), digits_of(c)) for t, c in s.items()) for s in sums])
        return checked_name(text)


def number(value: int | Fraction) -> Form:
    """The form of a rational number."""
    return Form({(): Fraction(value)} if value else {})


def atom(name: str, exponent: Exponent = 1) -> Form:
    """The form of one atom to a power."""
    return Form({((name, exponent),): Fraction(1)})


def _times(a: Term, b: Term) -> tuple[Fraction, Term]:
    """The product of two terms, roots of primes and powers of i taken out as far as they go."""
    if not a or not b:
        return Fraction(1), a or b
    powers = dict(a)
    for name, exponent in b:
        powers[name] = powers.get(name, 0) + exponent
    return reduce_powers(powers)


def reduce_powers(powers: dict[str, Exponent]) -> tuple[Fraction, Term]:
    """A factor and a term from powers of atoms that may be out of range."""
    factor = Fraction(1)
    if "oo" in powers:
        raise Unreadable("arithmetic with infinity")
    for name, exponent in powers.items():
        if name[0].isdigit():
            whole = exponent.__floor__()
            factor *= rational_power(Fraction(int(name)), whole)
            powers[name] = exponent - whole
        elif name == "i":
            factor *= -1 if exponent % 4 >= 2 else 1
            powers[name] = exponent % 2
    term = tuple(sorted((n, _plain(x)) for n, x in powers.items() if x))
    return factor, term


def _plain(exponent: Exponent) -> Exponent:
    return exponent.numerator if exponent.denominator == 1 else exponent


def _bounded(value: Fraction) -> Fraction:
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    spend(1 + (bits * bits >> 22))
    if bits > MAX_BITS:
        raise TooBig(f"a number of more than {MAX_BITS} bits")
    return value


def rational_power(base: Fraction, exponent: int) -> Fraction:
    """A rational number to a whole power.

    Raises:
        TooBig: Before the work, when the result would pass `MAX_BITS`.
    """
    if abs(base) == 1 or base == 0 or exponent in (0, 1):
        if base == 0 and exponent <= 0:
            raise Unreadable("zero to a power that is not positive")
        return base ** (exponent % 2 if abs(base) == 1 else min(exponent, 1))
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(exponent) > MAX_BITS:
        raise TooBig(f"a power of more than {MAX_BITS} bits")
    spend(1 + bits * abs(exponent) // 1000)
    return base**exponent


def _sum_add(a: Sum, b: Sum) -> Sum:
    total = dict(a)
    for term, coefficient in b.items():
        value = total.get(term, 0) + coefficient
        if value:
            total[term] = _bounded(value)
        else:
            del total[term]
    if len(total) > MAX_TERMS:
        raise Unreadable(f"a sum of more than {MAX_TERMS} terms")
    return total


def _sum_times(a: Sum, b: Sum) -> Sum:
    if len(a) * len(b) > 10 * MAX_TERMS:
        raise Unreadable("a product of long sums")
    total: Sum = {}
    for term_a, value_a in a.items():
        for term_b, value_b in b.items():
            factor, term = _times(term_a, term_b)
            value = total.get(term, 0) + _bounded(value_a * value_b * factor)
            if value:
                total[term] = value
            else:
                total.pop(term, None)
    return total


_ONE: Sum = {(): Fraction(1)}


def add(a: Form, b: Form) -> Form:
    """The sum of two forms."""
    if _infinite(a) or _infinite(b):
        raise Unreadable("arithmetic with infinity")
    if a.den is None and b.den is None:
        return Form(_sum_add(a.num, b.num))
    left, right = a.den or _ONE, b.den or _ONE
    num = _sum_add(_sum_times(a.num, right), _sum_times(b.num, left))
    return _quotient(num, _sum_times(left, right))


def times(a: Form, b: Form) -> Form:
    """The product of two forms."""
    if a.den is None and b.den is None:
        return Form(_sum_times(a.num, b.num))
    return _quotient(_sum_times(a.num, b.num), _sum_times(a.den or _ONE, b.den or _ONE))


def negative(a: Form) -> Form:
    """The form with its sign turned."""
    return Form({term: -value for term, value in a.num.items()}, a.den)


def divide(a: Form, b: Form) -> Form:
    """The quotient of two forms.

    Raises:
        Unreadable: When the divisor is 0.
    """
    if _infinite(a) or _infinite(b):
        raise Unreadable("arithmetic with infinity")
    num = a.num if b.den is None else _sum_times(a.num, b.den)
    den = b.num if a.den is None else _sum_times(b.num, a.den)
    return _quotient(num, den)


def _quotient(num: Sum, den: Sum) -> Form:
    if not den:
        raise Unreadable("division by zero")
    if len(den) > 1:
        return Form(num, den)
    ((term, value),) = den.items()
    factor, inverse = reduce_powers({name: -exponent for name, exponent in term})
    return Form(_sum_times(num, {inverse: factor / value}))


def _infinite(a: Form) -> bool:
    return len(a.num) == 1 and next(iter(a.num)) == (("oo", 1),)


def whole_power(base: Form, exponent: int) -> Form:
    """A form to a whole power, by squaring."""
    value = base.rational
    if value is not None:
        return number(rational_power(value, exponent))
    if exponent < 0:
        return divide(number(1), whole_power(base, -exponent))
    if (len(base.num) > 1 and exponent > 32) or exponent > 10_000:
        raise Unreadable("a high power of a sum")
    result = number(1)
    for bit in bin(exponent)[2:]:
        result = times(result, result)
        if bit == "1":
            result = times(result, base)
    return result


def equal(a: Form, b: Form) -> bool:
    """Whether two forms are the same expression.

    >>> equal(divide(number(6), number(8)), number(Fraction(3, 4)))
    True
    """
    if a.den is None and b.den is None:
        return a.num == b.num
    return _sum_times(a.num, b.den or _ONE) == _sum_times(b.num, a.den or _ONE)


def same_up_to_factor(a: Form, b: Form) -> Fraction | None:
    """The rational factor f with a = f·b, None where there is none."""
    if a.den is not None or b.den is not None or a.num.keys() != b.num.keys() or not a.num:
        return None
    factors = {a.num[term] / b.num[term] for term in a.num}
    return factors.pop() if len(factors) == 1 else None


def renamed(a: Form, old: str, new: str) -> Form:
    """The form with one atom by another name."""

    def rename(terms: Sum) -> Sum:
        return {
            tuple(sorted((new if n == old else n, x) for n, x in t)): c for t, c in terms.items()
        }

    return Form(rename(a.num), None if a.den is None else rename(a.den))
