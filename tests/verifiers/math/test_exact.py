"""The exact tier: pairs that must be right both ways round, and promises for any text."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.verifiers.math import exact, work
from rewardkit.verifiers.math.exact import compare

EQUAL = {
    "reduced fraction": (r"\frac{6}{8}", "3/4"),
    "negative fraction": (r"-\frac{1}{2}", r"\frac{-1}{2}"),
    "fraction without braces": (r"\frac 59", "5/9"),
    "fraction with one brace": (r"\frac9{19}", "9/19"),
    "mixed number in Unicode": ("3½", "3.5"),
    "full width": ("\uff08\uff11\uff0c\uff12\uff09", "(1,2)"),
    "superscripts": ("x²+y³", "x^2+y^{3}"),
    "html powers": ("x<sup>2</sup>", "x^2"),
    "thin space thousands": (r"10\,080", "10080"),
    "negative thin space thousands": (r"11,\! 111,\! 111,\! 100", "11111111100"),
    "emphasis": ("**7**", r"$\mathbf{7}$"),
    "ordinal": ("5th", r"5^{\text{th}}"),
    "money": ("$1,234.50", r"\$1234.5"),
    "square of a unit": (r"15\mbox{ cm}^2", "15 square centimeters"),
    "unit of a fraction": (r"\frac{270}7\text{ degrees}", r"\frac{270}{7}^\circ"),
    "degrees and minutes": (r"60^\circ 30'", "60.5 degrees"),
    "root of a fraction": (r"\sqrt{\frac{1}{2}}", r"\frac{\sqrt2}{2}"),
    "cube root": (r"\sqrt[3]{16}", r"2\sqrt[3]{2}"),
    "plain square root": ("sqrt(8)", r"2√2"),
    "power of a root": (r"(1+\sqrt2)^2", r"3+2\sqrt2"),
    "fractional power": ("2^{1/2}", r"\sqrt{2}"),
    "powers of pi": (r"\frac{5\pi^2}{4}", r"1.25 \pi^2"),
    "exp": ("-1+e^{16}", "-1+exp(16)"),
    "logarithm of a power": (r"\log_4 8", "3/2"),
    "binomial": (r"\binom{5}{2}", "10"),
    "factorials": (r"\frac{10!}{8!}", "90"),
    "complex": ("(1+i)(1-i)", "2"),
    "power with two stars": ("2**3", "8"),
    "short noun": ("7 men", "7"),
    "letters with a sign": ("p - q", "-q+p"),
    "number word with a hyphen": ("twenty-one", "21"),
    "words of a list": ("red, blue", "blue and red"),
    "product of sums": ("(a+5)(b+2)", "ab+2a+5b+10"),
    "rational function": (r"\frac{1}{x}+\frac{1}{y}", r"\frac{x+y}{xy}"),
    "exponent of n": ("4^n", "2^{2n}"),
    "function of the same": (r"\cot x", r"\cot(x)"),
    "tuple of roots": (r"(-\sqrt{3}, \sqrt{3})", r"\left(-\sqrt3,\sqrt3\right)"),
    "matrix": (
        r"\begin{pmatrix} -1 & 0 \\ 0 & 1/2 \end{pmatrix}",
        r"\begin{bmatrix}-1&0\\0&0.5\end{bmatrix}",
    ),
    "plus-minus in a set": (r"\{1\pm\sqrt{5},-2\}", r"-2, 1-\sqrt5, 1+\sqrt5"),
    "plus-minus in a tuple": (r"(\pm 1, 2)", "(1,2), (-1,2)"),
    "union out of order": (r"(3,\infty)\cup(-\infty,2)", r"(-\infty, 2) \cup (3, \infty)"),
    "touching intervals": (r"(0,1]\cup(1,2)", "(0,2)"),
    "difference of sets": (r"\mathbb{R}\setminus\{2\}", r"(-\infty,2)\cup(2,\infty)"),
    "empty set": (r"\emptyset", r"\{\}"),
    "line": ("5x - 7y + 11z + 4 = 0", "-10x+14y-22z=8"),
    "inequality of two variables": ("x+y<4", "8 > 2y + 2x"),
    "names out of order": ("a = -2, b = 3", "b = 3, a = -2"),
    "name said once": ("x = 1, 2", "x=2, x=1"),
    "letter": ("(b)", "B"),
    "time": ("3:05 pm", "15:05"),
    "ratio": ("2:4:6", "1:2:3"),
    "base in words": (r"204_{\text{five}}", "204_5"),
    "quotation marks": ('"north"', "North"),
}
DIFFERENT = {
    "sign": (r"-\frac{1}{2}", r"\frac{1}{2}"),
    "power of ten": ("1.5e6", "1.5e5"),
    "one digit more": ("0.0000012", "0.000001"),
    "power of two": (r"\frac{1}{2^{99}}", r"\frac{1}{2^{98}}"),
    "conjugate": (r"1+\sqrt2", r"1-\sqrt2"),
    "prefix": ("4", r"4\sqrt{2}"),
    "pi left out": (r"2\pi", "2"),
    "imaginary part": ("6-5i", "6+5i"),
    "mass and length": ("5 kg", "5 m"),
    "hours and minutes": ("90 hours", "90 minutes"),
    "euros and dollars": ("5 euros", "5 dollars"),
    "coefficient": ("6r^2-4r-24", "6r^2-4r+24"),
    "exponent": ("x^{10}", "x^{9}"),
    "order of a tuple": ("(312, 123, 231)", "(312, 123, 213)"),
    "length of a tuple": ("(1,2,3)", "(1,2)"),
    "one of a set": (r"\{1,2,3\}", "1, 2, 4"),
    "set and tuple": (r"\{1,2\}", "(1,2)"),
    "cell of a matrix": (
        r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}",
        r"\begin{pmatrix} 1 & 0 \\ 1 & 0 \end{pmatrix}",
    ),
    "end of an interval": ("(0,9)", "(0,8)"),
    "closed end": ("[0,9)", "[0,9]"),
    "interval and point": ("x > 5", "5"),
    "direction": ("x > 5", "x < 5"),
    "name": ("x = 5", "y = 5"),
    "line": ("y = 2x+3", "y = 2x-3"),
    "letter": ("(A)", "(B)"),
    "weekday": ("Monday", "Friday"),
    "time": ("12:00", "1:00"),
    "ratio": ("2:3", "3:2"),
    "base": ("204_5", "204_6"),
    "stars are no emphasis": ("2**3", "23"),
    "sign between letters": ("p - q", "p + q"),
    "sign between products": ("ab-cd", "ab+cd"),
    "punctuation": ("(1,2)", "12"),
    "bar": (r"\frac{2}{3}", "23"),
    "list and number": ("1,2", "12"),
}
UNKNOWN = {
    "ellipsis": ("1,2,3,...", "1,2,3"),
    "integral": (r"\int_0^1 x dx", "1/2"),
    "quantifier": ("f(x)=0", r"\forall x>0, f(x)=0"),
    "free name": (r"\frac{\pi}{6}+k\pi", r"\frac{\pi}{6}+n\pi"),
    "constant of integration": ("x^2", "x^2+C"),
    "rounded coefficient": ("0.33x", r"\frac{x}{3}"),
    "rounded factor": (r"0.33\pi", r"\frac{\pi}{3}"),
    "rounded end": ("x > 0.33", r"x > \frac13"),
    "nested root": (r"\sqrt{3+2\sqrt2}", r"1+\sqrt2"),
    "absolute value": (r"\sqrt{x^2}", "x"),
    "bare logarithm": (r"\log 100", "2"),
    "called function": ("f(3)", "3f"),
    "letter that is a unit": ("5m", "5"),
    "sign or comma between letters": ("ab - cd", "ab, cd"),
    "words with a sign": ("twenty - one", "21"),
    "backtick between digits": ("2`3", "23"),
    "letters in another case": ("3 abd", "3abD"),
    "noun or letters": ("2 xyz", "2"),
    "no and none": ("0", "none"),
    "quarter of a unit": ("3", "3 quarters"),
    "range": ("12", "between 12 and 13"),
}


def _status(answer: str, reference: str) -> str:
    verdict = compare(answer, reference)
    return "unknown" if verdict is None else verdict.status


@pytest.mark.parametrize(("one", "other"), EQUAL.values(), ids=EQUAL)
def test_equal_both_ways(one: str, other: str) -> None:
    assert _status(one, other) == _status(other, one) == "correct"


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_both_ways(one: str, other: str) -> None:
    for answer, reference in ((one, other), (other, one)):
        assert _status(answer, reference) in ("wrong", "ambiguous_answer")


@pytest.mark.parametrize(("one", "other"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_both_ways(one: str, other: str) -> None:
    assert _status(one, other) == _status(other, one) == "unknown"


@pytest.mark.parametrize(
    ("answer", "reference", "rule", "reason"),
    [
        (r"\frac{6}{8}", "3/4", "fraction", r"\frac{6}{8} = 3/4"),
        ("10 km", "10 cm", "units", "10 km is not 10 cm (units: km against cm)"),
        ("x >= 1", r"[1,\infty)", "interval from inequality", r"x >= 1 = [1,\infty)"),
        ("12 or 13", "12", "hedge", "12 or 13 is not 12 (2 values for one)"),
        ("0.333333", "1/3", "rounding", "0.333333 = 1/3 (6 significant digits)"),
        ("101", "101_2", "number base", "101 is not 101_2 (a base on one side only)"),
    ],
)
def test_the_verdict_explains_itself(answer: str, reference: str, rule: str, reason: str) -> None:
    verdict = compare(answer, reference)
    assert verdict is not None
    assert (verdict.rule, verdict.reason) == (rule, reason)


def test_figures_asks_for_more_or_fewer_digits() -> None:
    assert _status("0.333", "1/3") == "wrong"
    three = compare("0.333", "1/3", figures=3)
    assert three is not None and three.correct
    nine = compare("0.333333", "1/3", figures=9)
    assert nine is not None and not nine.correct
    with pytest.raises(ConfigError, match=r"figures: expected 1 to 14, got 0"):
        compare("1", "1", figures=0)


HOSTILE = {
    "brackets": "(" * 1_000_000,
    "digits": "9" * 1_000_000,
    "tags": "<think>" * 150_000,
    "combining": "a" + "\u0301" * 1_000_000,
    "NULs": "\0" * 1_000_000,
    "lone surrogates": "\ud800" * 1_000_000,
    "spaces": " " * 1_000_000 + "x",
    "boxes": r"\boxed{1}," * 100_000,
    "open boxes": r"\boxed{" * 140_000,
    "announcements": "answer is " * 100_000,
    "dollars": "$x" * 400_000,
    "nested brackets": "(" * 500 + "1" + ")" * 500,
    "nested sets": r"\{" * 300 + r"\}" * 300,
    "nested roots": r"\sqrt" * 900 + "2",
    "nested powers": "x^{" * 39 + "x" + "}" * 39,
    "tower": "9^{9^{9}}",
    "ten tower": "10^{10^{10}}",
    "factorial": "10^9!",
    "factorials": "100!!!",
    "long sum": "+".join(f"x_{{{k}}}" for k in range(700)),
    "high powers": "(x+y)^{15}" * 300,
    "long fractions": "+".join(rf"\frac{{1}}{{{3999 - k}!}}" for k in range(250)),
    "exponent": "1e999999",
    "plus-minus": "(" + ",".join([r"\pm 1"] * 40) + ")",
    "code": "__import__('os').system('x')",
    "format": "{0.__class__}",
    "input": r"\input{/etc/passwd}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("reference", ["7", r"\frac{x}{2}", "(1,2)", "Monday"])
def test_a_hostile_answer_earns_nothing(text: str, reference: str) -> None:
    verdict = compare(text, reference)
    assert verdict is None or verdict.value == 0.0


def test_work_is_counted_so_no_text_takes_long() -> None:
    for text in HOSTILE.values():
        exact._reading.cache_clear()
        compare(text, "7")
        # One operation may pass the limit, by its own cost, before it is refused.
        assert work._WORK.left > -work.MAX_WORK // 2


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_are_judged_and_twice_the_same(answer: str, reference: str) -> None:
    verdict = compare(answer, reference)
    exact._reading.cache_clear()
    assert compare(answer, reference) == verdict


PIECES = st.lists(
    st.sampled_from(
        r"1 2 12 0.5 , . - + = < \le ( ) [ ] { } \{ \} \frac \sqrt ^ _ x y \pi e i \pm or and % $ "
        r"\text{cm} km \infty \cup \in ! / : \begin{pmatrix} \end{pmatrix} & \\ \boxed{ } two | "
        r"or and ; . 1/2 2^3 \pi x= f(x)= [0,1) \{1\} 3:4 PM".split()
    ),
    max_size=14,
).map(" ".join)


@settings(max_examples=300)
@given(PIECES, PIECES)
def test_any_mathematical_rubbish_is_judged(answer: str, reference: str) -> None:
    first, back = compare(answer, reference), compare(reference, answer)
    if first is not None and first.correct and first.rule != "rounding" and back is not None:
        assert back.status == "correct"


@given(st.text(min_size=1, max_size=40).filter(lambda t: t.strip() != "" and "box" not in t))
def test_a_text_is_what_it_is(text: str) -> None:
    verdict = compare(text, text)
    assert verdict is not None and verdict.correct


@given(
    st.fractions(min_value=-1000, max_value=1000, max_denominator=60),
    st.fractions(min_value=-1000, max_value=1000, max_denominator=60),
    st.integers(1, 9),
)
def test_fractions_agree_with_arithmetic(a: Fraction, b: Fraction, k: int) -> None:
    wide = rf"\frac{{{a.numerator * k}}}{{{a.denominator * k}}}"
    verdict = compare(wide, f"{b.numerator}/{b.denominator}")
    assert verdict is not None and verdict.correct == (a == b)
    same = compare(wide, str(a))
    assert same is not None and same.correct


def _slow_decimal(text: str) -> Fraction:
    """Digits by hand, without Fraction's own reading of text."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (Fraction(int(whole or 0)) + Fraction(int(part or 0), 10 ** len(part)))


DECIMALS = st.from_regex(re.compile(r"-?[0-9]{1,4}\.[0-9]{1,5}"), fullmatch=True)


@given(DECIMALS.filter(str.isascii), DECIMALS.filter(str.isascii))
def test_decimals_follow_the_rounding_rule(answer: str, reference: str) -> None:
    gap = abs(_slow_decimal(answer) - _slow_decimal(reference))
    half = Fraction(1, 2 * 10 ** len(reference.partition(".")[2]))
    figures = len(reference.replace(".", "").lstrip("-0"))
    wanted = gap == 0 or (gap <= half and figures > 1)
    verdict = compare(answer, reference)
    assert verdict is not None and verdict.correct == wanted
