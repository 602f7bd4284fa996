"""Roots, powers and logarithms of forms, exactly or not at all."""

from fractions import Fraction
from functools import lru_cache
from math import comb, factorial, isqrt

from rewardkit.verifiers.math.form import (
    Exponent,
    Form,
    add,
    atom,
    divide,
    equal,
    negative,
    number,
    reduce_powers,
    times,
    whole_power,
)
from rewardkit.verifiers.math.work import MAX_BITS, TooBig, Unreadable, checked_name, spend

_SIEVE = 2000
_PRIMES = [n for n in range(2, _SIEVE) if all(n % p for p in range(2, isqrt(n) + 1))]


@lru_cache(maxsize=4096)
def prime_powers(n: int) -> tuple[tuple[int, int], ...]:
    """The primes of a positive whole number with their exponents.

    Raises:
        Unreadable: When a factor has no prime below 2000 and is neither below 4 million nor the
        square of such.

    >>> prime_powers(360)
    ((2, 3), (3, 2), (5, 1))
    """
    if n.bit_length() > 4096:
        raise Unreadable("a number too long to factor")
    found: list[tuple[int, int]] = []
    spend(10)
    for p in _PRIMES:
        if p * p > n:
            break
        count = 0
        while n % p == 0:
            n //= p
            count += 1
        if count:
            found.append((p, count))
    if n > 1:
        found.extend(_rest(n))
    return tuple(found)


def _rest(n: int) -> list[tuple[int, int]]:
    """What remains when no prime of the sieve divides."""
    root = isqrt(n)
    if root * root == n and root < _SIEVE**2:
        return [(root, 2)]
    if n < _SIEVE**2:
        return [(n, 1)]
    raise Unreadable("a number too hard to factor")


def _primes_of(value: Fraction) -> dict[int, int]:
    """Signed exponents of the primes of a positive rational."""
    powers = dict(prime_powers(value.numerator))
    for p, count in prime_powers(value.denominator):
        powers[p] = -count
    return powers


def rational_root(value: Fraction, exponent: Fraction) -> Form:
    """A positive rational to a rational power, roots in normal form."""
    powers: dict[str, Exponent] = {}
    for p, count in _primes_of(value).items():
        if abs(count * exponent) * p.bit_length() > MAX_BITS:
            raise TooBig("a high power")
        powers[str(p)] = count * exponent
    factor, term = reduce_powers(powers)
    return Form({term: factor})


def root(radicand: Form, degree: int) -> Form:
    r"""The real root, or i times it for a square root below zero.

    >>> root(number(12), 2).num  # 2 times the square root of 3
    {(('3', Fraction(1, 2)),): Fraction(2, 1)}
    """
    if degree < 2 or degree > 64:
        raise Unreadable("a root of a degree that is not 2 to 64")
    value = radicand.rational
    if value is not None and value < 0:
        inside = rational_root(-value, Fraction(1, degree))
        if degree % 2:
            return negative(inside)
        if degree == 2:
            return times(atom("i"), inside)
        raise Unreadable("an even root of a negative number")
    return power(radicand, number(Fraction(1, degree)))


def power(base: Form, exponent: Form) -> Form:
    """A form to the power of another.

    Raises:
        Unreadable: Where there is no exact normal form, such as a root of a sum.
    """
    r = exponent.rational
    if r is None:
        return _symbolic_power(base, exponent)
    if r.denominator == 1:
        return whole_power(base, r.numerator)
    if r.denominator > 1000:
        raise Unreadable("an exponent with a large denominator")
    value = base.rational
    if value is not None:
        if value < 0:
            raise Unreadable("a fractional power of a negative number")
        return rational_root(value, r) if value else number(0)
    if base.den is not None or len(base.num) != 1:
        return _opaque_root(base, r)
    return _term_root(base, r)


def _term_root(base: Form, r: Fraction) -> Form:
    """A fractional power of one term; of variables only where no absolute value can hide."""
    ((term, coefficient),) = base.num.items()
    variables = [x for name, x in term if not (name[0].isdigit() or name in ("pi", "e"))]
    if coefficient < 0 or len(variables) > 1 or any(x % 2 != 1 for x in variables):
        return _opaque_root(base, r)
    if any(name == "i" for name, _ in term):
        raise Unreadable("a root of a complex number")
    factor, reduced = reduce_powers({name: x * r for name, x in term})
    return times(rational_root(coefficient, r), Form({reduced: factor}))


def _opaque_root(base: Form, r: Fraction) -> Form:
    if "i" in base.atoms() or "oo" in base.atoms():
        raise Unreadable("a root of a complex number")
    return whole_power(atom(f"f:root{r.denominator}:{base.key()}"), r.numerator)


def _symbolic_power(base: Form, exponent: Form) -> Form:
    """A number to a power that holds variables: `2^{n+1}` becomes 2 times the atom `2^n`."""
    if exponent.den is not None or len(exponent.num) > 20:
        raise Unreadable("a quotient in an exponent")
    if "i" in exponent.atoms() or "oo" in exponent.atoms():
        raise Unreadable("a complex exponent")
    value = base.rational
    names: dict[str, int] = {}
    if value is not None and value > 0:
        names = {str(p): count for p, count in _primes_of(value).items()}
    elif value == -1:
        names = {"-1": 1}
    elif equal(base, atom("e")):
        names = {"e": 1}
    elif len(base.num) == 1 and base.den is None:
        ((term, coefficient),) = base.num.items()
        if len(term) == 1 and coefficient == 1 and term[0][1] == 1 and term[0][0][:2] == "v:":
            names = {term[0][0]: 1}
    if not names and value != 1:
        raise Unreadable("a power of a sum to a variable")
    result = number(1)
    for term, coefficient in exponent.num.items():
        if not term:
            result = times(result, power(base, number(coefficient)))
            continue
        for name, count in names.items():
            result = times(
                result, atom(f"p:{name}:{checked_name(repr(term))}", coefficient * count)
            )
    return result


def logarithm(value: Form, base: Form | None) -> Form:
    """The logarithm of a positive rational or of a power of e; natural without a base.

    >>> logarithm(number(8), number(2)).rational
    Fraction(3, 1)
    """
    if base is not None:
        return divide(logarithm(value, None), logarithm(base, None))
    r = value.rational
    if r is not None and r > 0:
        total = number(0)
        for p, count in _primes_of(r).items():
            total = add(total, times(number(count), atom(f"ln:{p}")))
        return total
    if value.den is None and len(value.num) == 1:
        ((term, coefficient),) = value.num.items()
        if coefficient == 1 and len(term) == 1 and term[0][0] == "e":
            return number(Fraction(term[0][1]))
    return function("ln", value)


def function(name: str, argument: Form) -> Form:
    """A function that is not looked into."""
    if "oo" in argument.atoms():
        raise Unreadable("a function of infinity")
    return atom(f"f:{name}:{argument.key()}")


def factorial_of(value: Form) -> Form:
    """N! for whole n up to 4000."""
    n = value.rational
    if n is None or n.denominator != 1 or n < 0:
        raise Unreadable("a factorial of something else than a whole number")
    if n > 4000:
        # A quotient of such factorials may still be small; nobody but a tower reaches a million.
        raise (TooBig if n > 10**6 else Unreadable)("a factorial above 4000!")
    spend(1 + n.numerator // 20)
    return number(factorial(n.numerator))


def count(kind: str, top: Form, bottom: Form) -> Form:
    """`C_n^k` or `A_n^k`: choices of k among n, without or with their order.

    Raises:
        Unreadable: When k is above n, so that a power of an indexed letter is meant.
    """
    n, k = top.rational, bottom.rational
    if n is None or k is None or not 0 < k <= n:
        raise Unreadable("a power of an indexed letter")
    chosen = choose(top, bottom)
    return chosen if kind == "C" else times(chosen, factorial_of(bottom))


def choose(top: Form, bottom: Form) -> Form:
    """A binomial coefficient of whole numbers up to 4000."""
    n, k = top.rational, bottom.rational
    if n is None or k is None or n.denominator != 1 or k.denominator != 1 or n < 0 or k < 0:
        raise Unreadable("a binomial coefficient of something else than whole numbers")
    if n > 4000:
        raise Unreadable("a binomial coefficient above 4000")
    spend(1 + n.numerator // 20)
    return number(comb(n.numerator, k.numerator))
