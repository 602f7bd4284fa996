"""The exact tier against sympy: generated pairs in many notations, and near misses.

In the tests a few hundred pairs. A long run: `python
tests/verifiers/math/test_exact_differential.py 200000 [SEED]`.
"""

import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from random import Random

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.verifiers.math.exact import compare

X, Y, N = sympy.symbols("x y n")


class Case:
    """A value that sympy knows, and how to write it.

    `value` is a sympy expression, or a tuple that begins with the kind of a container. `step` is
    the exponent of ten of
    the last digit where the text is one decimal literal.
    """

    def __init__(self, value: object, text: str, step: int | None = None) -> None:
        """Keep the three."""
        self.value, self.text, self.step = value, text, step


def latex_number(q: Fraction, r: Random) -> Case:
    """A rational number in one of its notations."""
    value = sympy.Rational(q.numerator, q.denominator)
    sign, a, b = ("-" if q < 0 else ""), abs(q.numerator), q.denominator
    ways: list[str] = [
        f"{sign}\\frac{{{a}}}{{{b}}}",
        f"{sign}{a}/{b}",
        f"{sign}\\dfrac{{{a}}}{{{b}}}",
        f"{sign} {a} / {b}",
    ]
    k = r.randint(2, 5)
    ways.append(f"{sign}\\frac{{{a * k}}}{{{b * k}}}")
    if b == 1:
        ways += [
            f"{sign}{a}",
            f"{sign}{a}",
            f"{sign} {a}",
            f"${sign}{a}$",
            f"{sign}{a}.",
            f"**{sign}{a}**",
            f"{sign}{a:,}",
        ]
        ways += [
            f"\\mathbf{{{sign}{a}}}",
            f"{sign}{a:,}".replace(",", "{,}"),
            f"\\boxed{{{sign}{a}}}",
            f"\u2212{a}" if q < 0 else f"+{a}",
        ]
    elif a < 10 and b < 10:
        ways.append(f"{sign}\\frac{a}{b}" if a > 0 else "0")
        ways.append(f"{sign}\\frac {a}{b}")
    if b > 1 and a > b:
        ways.append(f"{sign}{a // b}\\frac{{{a % b}}}{{{b}}}")
        ways.append(f"{sign}{a // b} {a % b}/{b}")
    if set(sympy.factorint(b)) <= {2, 5} and b < 10**4 and r.random() < 0.5:
        return decimal_case(q, r)
    return Case(value, r.choice(ways))


def decimal_case(q: Fraction, r: Random) -> Case:
    """A rational number that ends, as a decimal."""
    value = sympy.Rational(q.numerator, q.denominator)
    places = next(k for k in range(20) if (q * 10**k).denominator == 1) + r.randint(0, 1)
    digits = f"{abs(q.numerator) * 10**places // q.denominator:0{places + 1}d}"
    text = digits[: len(digits) - places] + ("." + digits[len(digits) - places :] if places else "")
    sign = "-" if q < 0 else ""
    way = r.randint(0, 3)
    step = -places if places else None
    if way == 0 and q.denominator <= 100:
        hundred = q * 100
        whole = f"{sign}{abs(hundred)}" if hundred.denominator == 1 else None
        if whole is not None:
            return Case(value, whole + r.choice(["%", "\\%", " percent"]), None)
    if way == 1 and places:
        power = r.randint(1, 4)
        mantissa = decimal_text(abs(q) / Fraction(10) ** power)
        return Case(
            value,
            f"{sign}{mantissa}"
            + r.choice([f"e{power}", f" \\times 10^{{{power}}}", f" * 10^{power}"]),
            step_of(mantissa, power),
        )
    return Case(value, sign + text, step)


def decimal_text(q: Fraction) -> str:
    """The shortest decimal of a number that ends."""
    places = next(k for k in range(40) if (q * 10**k).denominator == 1)
    digits = f"{q.numerator * 10**places // q.denominator:0{places + 1}d}"
    return digits[: len(digits) - places] + ("." + digits[len(digits) - places :] if places else "")


def step_of(mantissa: str, power: int) -> int | None:
    """The exponent of ten of the last digit of scientific notation, None of a whole mantissa."""
    return power - len(mantissa.split(".")[1]) if "." in mantissa else None


def small(r: Random) -> Fraction:
    """A rational number of everyday size."""
    kind = r.randint(0, 4)
    if kind == 0:
        return Fraction(r.randint(-12, 12))
    if kind == 1:
        return Fraction(r.randint(-99, 9999))
    if kind == 2:
        return Fraction(r.randint(-2000, 2000), r.choice([2, 4, 5, 10, 100, 1000]))
    return Fraction(r.randint(-30, 30), r.randint(1, 12))


def nudge(q: Fraction, r: Random) -> Fraction:
    """A number that is easily taken for another."""
    return r.choice(
        [
            q + 1,
            q - 1,
            -q,
            q * 10,
            q / 10,
            q + Fraction(1, 10),
            2 * q,
            q + Fraction(1, 1000),
            1 / q if q else q + 2,
        ]
    )


def rational(r: Random) -> tuple[Case, Case]:
    """Two rational numbers."""
    q = small(r)
    other = q if r.random() < 0.5 else nudge(q, r)
    return latex_number(q, r), latex_number(other, r)


def surd_terms(r: Random) -> list[tuple[Fraction, int, int]]:
    """Terms c · sqrt(n) · pi^k."""
    return [
        (
            small_fraction(r),
            r.choice([1, 1, 2, 3, 5, 6, 8, 12, 18, 20, 45, 50]),
            r.choice([0, 0, 0, 1, 2]),
        )
        for _ in range(r.randint(1, 3))
    ]


def small_fraction(r: Random) -> Fraction:
    """A fraction that is not 0."""
    return Fraction(r.choice([1, 2, 3, 4, 5, 7, -1, -2, -3]), r.choice([1, 1, 1, 2, 3, 4]))


def surd_text(terms: list[tuple[Fraction, int, int]], r: Random) -> str:
    """A sum of such terms in some order and spelling."""
    shuffled = terms[:]
    r.shuffle(shuffled)
    text = ""
    for c, n, k in shuffled:
        root = (
            ""
            if n == 1
            else r.choice(
                [
                    f"\\sqrt{{{n}}}",
                    f"\\sqrt {{{n}}}",
                    f"√{n}" if k == 0 else f"\\sqrt{{{n}}}",
                    f"sqrt({n})",
                ]
            )
        )
        power = (
            ""
            if k == 0
            else r.choice(["\\pi", "π"])
            + ("" if k == 1 else f"^{k}" if r.random() < 0.5 else f"^{{{k}}}")
        )
        body = (root + " " + power).strip() if root and power else root + power
        top, bottom = abs(c.numerator), c.denominator
        if not body:
            body = f"\\frac{{{top}}}{{{bottom}}}" if bottom > 1 else str(top)
        elif bottom == 1:
            body = body if top == 1 else f"{top}" + r.choice(["", " ", "\\cdot ", " * "]) + body
        else:
            inner = body if top == 1 else f"{top}{body}"
            body = r.choice(
                [
                    f"\\frac{{{inner}}}{{{bottom}}}",
                    f"\\dfrac{{{top}}}{{{bottom}}}{body}",
                    f"({inner})/{bottom}",
                ]
            )
        text += (" - " if text else "-") + body if c < 0 else (" + " if text else "") + body
    return text


def surd_value(terms: list[tuple[Fraction, int, int]]) -> sympy.Expr:
    """The same for sympy."""
    return sum(
        (
            sympy.Rational(c.numerator, c.denominator) * sympy.sqrt(n) * sympy.pi**k
            for c, n, k in terms
        ),
        sympy.Integer(0),
    )


def surd(r: Random) -> tuple[Case, Case]:
    """Two sums of radicals and multiples of pi."""
    terms = surd_terms(r)
    other = [(c * (-1 if r.random() < 0.2 else 1), n, k) for c, n, k in terms]
    if r.random() < 0.5:
        other = terms
    elif r.random() < 0.5:
        other = [(c / 2, n * 4, k) for c, n, k in other]
    else:
        other[0] = (other[0][0], other[0][1] + r.randint(0, 1), other[0][2])
    if r.random() < 0.15:
        # One over a sum of roots, its denominator made rational on the other side.
        a, b = r.sample([2, 3, 5, 6, 7], 2)
        sign = r.choice([1, -1])
        left = Case(
            1 / (sympy.sqrt(a) + sympy.sqrt(b)), f"\\frac{{1}}{{\\sqrt{{{a}}}+\\sqrt{{{b}}}}}"
        )
        top = f"\\sqrt{{{a}}}-\\sqrt{{{b}}}" if sign > 0 else f"\\sqrt{{{b}}}-\\sqrt{{{a}}}"
        value = sign * (sympy.sqrt(a) - sympy.sqrt(b)) / (a - b)
        return left, Case(value, f"\\frac{{{top}}}{{{a - b}}}")
    return Case(surd_value(terms), surd_text(terms, r)), Case(
        surd_value(other), surd_text(other, r)
    )


def poly_text(coefficients: dict[tuple[int, int], int], r: Random) -> str:
    """A polynomial in x and y, terms in some order."""
    items = [(k, c) for k, c in coefficients.items() if c] or [((0, 0), 0)]
    r.shuffle(items)
    text = ""
    for (i, j), c in items:
        letters = [("x", i), ("y", j)]
        r.shuffle(letters)
        body = "".join(
            v + ("" if e == 1 else f"^{e}" if r.random() < 0.5 else f"^{{{e}}}")
            for v, e in letters
            if e
        )
        head = (
            ""
            if abs(c) == 1 and body
            else str(abs(c)) + ("" if not body else r.choice(["", " ", "*", "\\cdot "]))
        )
        sign = "-" if c < 0 else "+"
        text += (f" {sign} " if text else ("-" if c < 0 else "")) + head + body
    return text


def poly(r: Random) -> tuple[Case, Case]:
    """Two polynomials, one of them as a product or power at times."""
    a, b, c, d = (r.randint(-5, 5) for _ in range(4))
    expanded: dict[tuple[int, int], int] = {}
    for (i, j), value in {(2, 0): a * c, (1, 1): a * d + b * c, (0, 2): b * d}.items():
        expanded[i, j] = value
    product = f"({poly_text({(1, 0): a, (0, 1): b}, r)})({poly_text({(1, 0): c, (0, 1): d}, r)})"
    left = Case((a * X + b * Y) * (c * X + d * Y), product)
    other = dict(expanded)
    if r.random() < 0.5:
        key = r.choice(list(other))
        other[key] += r.choice([1, -1, 2])
    value = sum((v * X**i * Y**j for (i, j), v in other.items()), sympy.Integer(0))
    right = Case(value, poly_text(other, r))
    return (left, right) if r.random() < 0.5 else (right, left)


def exponential(r: Random) -> tuple[Case, Case]:
    """Numbers to the power of n."""
    base, shift, factor = r.choice([2, 3, 4, 6, 9]), r.randint(-2, 3), r.choice([1, 2, 3, 4, 8, 9])
    left = Case(
        factor * sympy.Integer(base) ** (N + shift),
        f"{factor} \\cdot {base}^{{n{shift:+d}}}" if shift else f"{factor} \\cdot {base}^n",
    )
    other = r.choice([shift, shift + 1, shift - 1])
    scale = sympy.Rational(base) ** other * factor
    text = (
        f"\\frac{{{scale.p}}}{{{scale.q}}} \\cdot {base}^{{n}}"
        if scale.q > 1
        else f"{scale.p} * {base}^n"
    )
    return left, Case(scale * sympy.Integer(base) ** N, text)


def complex_number(r: Random) -> tuple[Case, Case]:
    """Two complex numbers."""
    a, b = r.randint(-9, 9), r.choice([-4, -3, -2, -1, 1, 2, 3, 4])
    c, d = (a, b) if r.random() < 0.5 else r.choice([(a, -b), (b, a), (-a, b), (a + 1, b)])

    def text(u: int, v: int) -> str:
        head = "" if abs(v) == 1 else str(abs(v))
        return r.choice(
            [f"{u} {'-' if v < 0 else '+'} {head}i", f"{'-' if v < 0 else ''}{head}i{u:+d}"]
        )

    return Case(a + b * sympy.I, text(a, b)), Case(c + d * sympy.I, text(c, d))


def container(r: Random) -> tuple[Case, Case]:
    """Two tuples, sets or bare lists of whole numbers or fractions."""
    values = [small(r) for _ in range(r.randint(2, 4))]
    other = values[:]
    change = r.randint(0, 3)
    if change == 1:
        r.shuffle(other)
    elif change == 2:
        k = r.randrange(len(other))
        other[k] = nudge(other[k], r)

    def one(items: list[Fraction]) -> Case:
        cases = [exact_number(q, r) for q in items]
        inner = r.choice([", ", ",  ", ",\\ "]).join(c.text for c in cases)
        kind = r.choice(["tuple", "set", "tuple", "vector"])
        numbers = tuple(items)
        if kind == "tuple":
            return Case(
                ("tuple", numbers),
                r.choice([f"({inner})", f"\\left({inner}\\right)", f"\\left( {inner} \\right)"]),
            )
        if kind == "vector":
            rows = " \\\\ ".join(c.text for c in cases)
            return Case(("tuple", numbers), f"\\begin{{pmatrix}} {rows} \\end{{pmatrix}}")
        return Case(("set", frozenset(numbers)), f"\\{{{inner}\\}}")

    return one(values), one(other)


def exact_number(q: Fraction, r: Random) -> Case:
    """A rational number without thousands marks or decimals, for the inside of brackets."""
    sign, a, b = ("-" if q < 0 else ""), abs(q.numerator), q.denominator
    return Case(
        None,
        f"{sign}{a}" if b == 1 else r.choice([f"{sign}\\frac{{{a}}}{{{b}}}", f"{sign}{a}/{b}"]),
    )


def interval(r: Random) -> tuple[Case, Case]:
    """Two intervals, as brackets or inequalities."""
    low, high = sorted(r.sample(range(-9, 10), 2))
    ends: tuple[float | int, float | int] = r.choice(
        [(low, high), (low, float("inf")), (float("-inf"), high)]
    )
    closed = (r.random() < 0.5, r.random() < 0.5)
    change = r.randint(0, 3)
    ends2, closed2 = ends, closed
    if change == 1:
        closed2 = (not closed[0], closed[1])
    elif change == 2:
        ends2 = (ends[0] + 1 if ends[0] + 1 < ends[1] else ends[0] - 1, ends[1])
    return interval_case(ends, closed, r), interval_case(ends2, closed2, r)


def interval_case(ends: tuple[float, float], closed: tuple[bool, bool], r: Random) -> Case:
    """One interval in one notation."""
    low, high = ends
    closed = (closed[0] and low != float("-inf"), closed[1] and high != float("inf"))
    value = ("interval", low, high, closed)
    way = r.randint(0, 2)
    if way == 0:
        texts = [
            "-\\infty" if low == float("-inf") else str(low),
            r.choice(["\\infty", "+\\infty", "∞"]) if high == float("inf") else str(high),
        ]
        text = ("[" if closed[0] else "(") + ", ".join(texts) + ("]" if closed[1] else ")")
        return Case(value, r.choice([text, f"x \\in {text}"]))
    below, above = ("\\le" if closed[0] else "<"), ("\\leq" if closed[1] else "<")
    if low == float("-inf"):
        scale = r.choice([1, 2])
        text = f"x {above} {high}" if scale == 1 else f"{2 * high:g} {'≥' if closed[1] else '>'} 2x"
    elif high == float("inf"):
        above_low = "\\ge" if closed[0] else ">"
        text = r.choice(
            [
                f"x {above_low} {low}",
                f"{low} {below} x",
                f"-x {'<=' if closed[0] else '<'} {-low:g}",
            ]
        )
    else:
        text = r.choice(
            [f"{low} {below} x {above} {high}", f"\\{{x | {low} {below} x {above} {high}\\}}"]
        )
    return Case(value, text)


KINDS: dict[str, Callable[[Random], tuple[Case, Case]]] = {
    "rational": rational,
    "surd": surd,
    "polynomial": poly,
    "exponential": exponential,
    "complex": complex_number,
    "container": container,
    "interval": interval,
}


def truly_equal(a: object, b: object) -> bool:
    """What sympy says, with a check to 50 digits for constants."""
    if isinstance(a, tuple) or isinstance(b, tuple):
        return a == b
    difference = sympy.sympify(a) - sympy.sympify(b)
    if difference.is_number:
        return bool(abs(sympy.N(difference, 50, maxn=400)) < sympy.Float("1e-40"))
    return bool(sympy.expand(sympy.powsimp(sympy.expand(difference))) == 0)


def by_rounding(answer: Case, reference: Case) -> bool:
    """Whether the stated rule of rounding accepts an unequal answer; slow and by itself."""
    if isinstance(answer.value, tuple) or isinstance(reference.value, tuple):
        return False
    gap = abs(sympy.N(sympy.sympify(answer.value) - sympy.sympify(reference.value), 40))
    steps = [s for s in (answer.step, reference.step) if s is not None]
    return any(gap <= sympy.Rational(10) ** s / 2 for s in steps)


def hundredfold(answer: Case, reference: Case) -> bool:
    """Whether a percent sign on one side only makes the two equal."""
    signs = [("%" in c.text or "percent" in c.text) for c in (answer, reference)]
    if signs[0] == signs[1]:
        return False
    marked, plain = (answer, reference) if signs[0] else (reference, answer)
    gap = abs(sympy.N(100 * sympy.sympify(marked.value) - sympy.sympify(plain.value), 40))
    return bool(gap <= (sympy.Rational(10) ** plain.step / 2 if plain.step is not None else 0))


def disagreement(kind: str, r: Random) -> tuple[str, str]:
    """One pair judged: how it ended, and what is wrong, empty where nothing is."""
    answer, reference = KINDS[kind](r)
    verdict = compare(answer.text, reference.text)
    if verdict is None:
        return "unknown", ""
    same = truly_equal(answer.value, reference.value)
    if verdict.correct == same:
        return verdict.status, ""
    if verdict.correct and (by_rounding(answer, reference) or hundredfold(answer, reference)):
        return "correct by rounding or percent", ""
    return "FALSE", f"{answer.text!r} against {reference.text!r}: {verdict}"


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32))
def test_a_verdict_agrees_with_sympy(kind: str, seed: int) -> None:
    _, problem = disagreement(kind, Random(seed))
    assert not problem


def test_most_pairs_are_decided() -> None:
    r = Random(7)
    ends = Counter(disagreement(kind, r)[0] for kind in KINDS for _ in range(40))
    assert ends["unknown"] < 28 and ends["correct"] > 60 and ends["wrong"] > 60


def main() -> int:
    """A long run; prints what disagrees and a table of how the pairs ended."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    r = Random(seed)
    ends: Counter[tuple[str, str]] = Counter()
    names = list(KINDS)
    for k in range(count):
        kind = names[k % len(names)]
        end, problem = disagreement(kind, r)
        ends[kind, end] += 1
        if problem:
            print(kind, problem)
    for key, number in sorted(ends.items()):
        print(f"{key[0]:12} {key[1]:32} {number}")
    return sum(number for key, number in ends.items() if key[1] == "FALSE")


if __name__ == "__main__":
    raise SystemExit(min(1, main()))
