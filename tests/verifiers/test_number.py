"""The `number` task: which notations are the same number, and which are not."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status
from rewardkit.verifiers import Number

SAME = {
    "trailing zero": ("72.0", "72"),
    "thousands": ("12,345,678", "12345678"),
    "thousands and decimals": ("1,234.50", "1234.5"),
    "LaTeX thousands": ("1{,}500{,}000", "1500000"),
    "LaTeX thin space": (r"1\,500\,000", "1500000"),
    "narrow no-break space": ("1\u202f500\u202f000", "1500000"),
    "scientific": ("2.5E-3", "0.0025"),
    "scientific with a sign": ("1.5 \u00d7 10⁶", "1500000"),
    "scientific in LaTeX": (r"1.5 \times 10^{-2}", "0.015"),
    "scientific with x": ("3x10^4", "30000"),
    "power": ("10**6", "1000000"),
    "superscript": ("10²", "100"),
    "fraction": ("6/8", "0.75"),
    "LaTeX fraction": (r"\dfrac{6}{8}", "3/4"),
    "LaTeX fraction without braces": (r"\frac34", "0.75"),
    "negative LaTeX fraction": (r"-\frac{1}{4}", "-0.25"),
    "mixed number": ("1 1/2", "1.5"),
    "mixed number in LaTeX": (r"2\frac{1}{2}", "2.5"),
    "vulgar fraction": ("2½", "2.5"),
    "no leading zero": (".5", "0.5"),
    "space after the sign": ("- 5", "-5"),
    "Unicode minus": ("\u22125", "-5"),
    "word minus": ("minus 5", "-5"),
    "full width": ("\uff17\uff12", "72"),
    "Arabic digits": ("٧٢", "72"),
    "zero-width space": ("7\u200b2", "72"),
    "Markdown": ("**72**", "72"),
    "Markdown in a sentence": ("The answer is **72**.", "72"),
    "LaTeX dollars": ("The answer is $72$.", "72"),
    "LaTeX font": (r"$\mathbf{72}$", "72"),
    "box": (r"\boxed{72}", "72"),
    "variable": ("x = 72", "72"),
    "counted noun": ("72 golden apples", "72"),
    "plural in es": ("5 boxes", "5 box"),
    "plural in ies": ("5 cities", "5 city"),
    "plural of a noun in e": ("5 horses", "5 horse"),
    "US dollars": ("US$5", "$5"),
    "Chinese": ("答案是72", "72"),
    "scale word": ("1.5 million", "1500000"),
    "dollar sign": ("$18", "18"),
    "escaped dollar sign": (r"\$18.00", "18"),
    "dollar word": ("18 dollars", "$18"),
    "negative money": ("-$18", "$-18"),
    "cents": ("18 cents", "$0.18"),
    "pounds of money": ("£5", "5 pounds"),
    "pounds of mass": ("16 oz", "1 pound"),
    "percent as a share": ("25%", "0.25"),
    "share as a percent": ("0.25", r"25\%"),
    "percent without the sign": ("25", "25%"),
    "percent as a word": ("25 percent", "25%"),
    "per cent": ("25 per cent", "0.25"),
    "unit only in the answer": ("18 cm", "18"),
    "unit only in the reference": ("18", "18 cm"),
    "length": ("1000 m", "1 km"),
    "volume": ("1 L", "1000 cm^3"),
    "area": ("5 square feet", "5 ft²"),
    "speed": ("36 km/h", "10 m/s"),
    "temperature": ("25 °C", r"77^\circ F"),
    "time": ("90 minutes", "1.5 hours"),
    "the same number twice": ("1 km = 1000 m", "1 km"),
    "share and percent": ("0.25 (25%)", "0.25"),
}

DIFFERENT = {
    "decimal point": ("35", "3.5"),
    "sign": ("5", "-5"),
    "superscript is no digit": ("10²", "102"),
    "vulgar fraction is no digit": ("2½", "10.5"),
    "fraction bar": ("34", "3/4"),
    "exponent letter": ("15", "1e5"),
    "coarse rounding": ("0.33", "1/3"),
    "tiny numbers": ("0.0000001", "0.0000002"),
    "metres and centimetres": ("10 m", "10 cm"),
    "minutes and hours": ("5 minutes", "5 hours"),
    "length and mass": ("5 m", "5 kg"),
    "dollars and euros": ("$5", "5 €"),
    "percent and a unit": ("5%", "5 cm"),
    "two nouns": ("7 cats", "7 dogs"),
    "a noun and a unit": ("5 apples", "5 cm"),
    "case of a symbol": ("10 Mm", "10 mm"),
    "square and plain": ("5 m^2", "5 m"),
}

UNANSWERED: dict[str, tuple[str, str, Status]] = {
    "empty": ("", "72", "no_answer"),
    "blank": (" \n\t", "72", "no_answer"),
    "prose": ("many", "72", "unreadable_answer"),
    "digits apart": ("7 2", "72", "ambiguous_answer"),
    "the first of digits apart": ("7 2", "7", "ambiguous_answer"),
    "hedging": ("12 or 13", "12", "ambiguous_answer"),
    "listing": ("1,2,3,4", "4", "ambiguous_answer"),
    "range": ("3-5", "3", "ambiguous_answer"),
    "decimal comma": ("1,22", "1.22", "ambiguous_answer"),
    "time of day": ("10:30", "1030", "ambiguous_answer"),
    "equation": ("1=0", "0", "ambiguous_answer"),
    "chain": ("5=7=101", "101", "ambiguous_answer"),
    "sum": ("70 + 2", "72", "ambiguous_answer"),
    "money hedged": ("$5 or $6", "5", "ambiguous_answer"),
    "date": ("1/2/2024", "0.5", "ambiguous_answer"),
    "negation": ("not 72", "72", "unreadable_answer"),
    "bound": ("at least 72", "72", "unreadable_answer"),
    "comparison": ("\u226572", "72", "unreadable_answer"),
    "plus-minus": ("±72", "72", "unreadable_answer"),
    "factorial": ("3!", "3", "unreadable_answer"),
    "doubt": ("72?", "72", "unreadable_answer"),
    "operation in words": ("72 squared", "72", "unreadable_answer"),
    "multiple of pi": ("5pi", "5", "unreadable_answer"),
    "glued letter": ("5k", "5", "unreadable_answer"),
    "division by zero": ("1/0", "1", "ambiguous_answer"),
    "two points": ("3.14.15", "3.14", "unreadable_answer"),
    "infinity": ("inf", "72", "unreadable_answer"),
    "huge exponent": ("1e999999999", "72", "answer_too_hard"),
    "huge power": ("9^999999999", "72", "answer_too_hard"),
    "digits that go on": ("0.333...", "0.333", "unreadable_answer"),
    "repeating decimal": (r"0.\overline{3}", "0", "ambiguous_answer"),
    "kelvin or thousand": ("5K", "5", "unreadable_answer"),
    "base": ("0x10", "0", "ambiguous_answer"),
    "tower": ("9^{9^{9}}", "72", "ambiguous_answer"),
    "many digits": ("9" * 900, "72", "answer_too_hard"),
    "more digits than int() takes": ("9" * 5000, "72", "answer_too_hard"),
    "code": ("__import__('os').system('72')", "72", "unreadable_answer"),
}

UNREADABLE: dict[str, Reference] = {
    "None": None,
    "empty": "",
    "blank": "  ",
    "prose": "many",
    "two numbers": "1 or 2",
    "time of day": "10:30",
    "list": ["72"],
    "object": {"value": 72},
    "true": True,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "huge": 10**500,
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_same_number_in_another_notation_is_correct_both_ways(one: str, other: str) -> None:
    assert Number()(one, other).status == "correct", Number()(one, other)
    assert Number()(other, one).status == "correct", Number()(other, one)


@pytest.mark.parametrize("text", sorted({text for pair in SAME.values() for text in pair}))
def test_every_notation_equals_itself(text: str) -> None:
    assert Number()(text, text).correct


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_other_number_is_wrong_both_ways(one: str, other: str) -> None:
    assert Number()(one, other).status == "wrong", Number()(one, other)
    assert Number()(other, one).status == "wrong", Number()(other, one)


@pytest.mark.parametrize(
    ("answer", "reference", "status"), UNANSWERED.values(), ids=UNANSWERED.keys()
)
def test_text_that_gives_no_one_number(answer: str, reference: str, status: Status) -> None:
    assert Number()(answer, reference).status == status


@pytest.mark.parametrize("reference", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("answer", ["72", ""])
def test_reference_that_is_no_number_is_not_judged(answer: str, reference: Reference) -> None:
    verdict = Number()(answer, reference)

    assert verdict.status == "unreadable_reference"
    assert verdict.value is None


def test_float_reference_means_its_shortest_notation() -> None:
    assert Number()("0.1", 0.1).correct
    assert Number()("1/10", 0.1).correct


def test_tolerance_includes_its_end_and_is_stated() -> None:
    near = Number(absolute_tolerance=0.1)

    assert near("0.4", "0.3").correct
    assert not near("0.41", "0.3").correct
    assert "within 0.1" in near("0.4", "0.3").reason
    assert "more than 0.1" in near("0.41", "0.3").reason


def test_relative_tolerance_is_a_share_of_the_reference_in_its_unit() -> None:
    near = Number(relative_tolerance=0.01)

    assert near("101", "100").correct
    assert not near("101.1", "100").correct
    assert near("1010 m", "1 km").correct
    assert near("-101", -100).correct


def test_strict_percent_is_a_share_only() -> None:
    strict = Number(percent="fraction")

    assert strict("25%", "0.25").correct
    assert not strict("25%", "25").correct


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), True])
@pytest.mark.parametrize("name", ["absolute_tolerance", "relative_tolerance"])
def test_tolerance_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"number\.{name}: expected"):
        Number(**{name: value})  # type: ignore[arg-type]  # the name is one of the two floats


integers = st.integers(-(10**12), 10**12)


@given(integers, st.integers(1, 10**6))
def test_fraction_agrees_with_its_notations(over: int, under: int) -> None:
    latex = f"{'-' if over < 0 else ''}\\frac{{{abs(over)}}}{{{under}}}"

    assert Number()(latex, f"{over}/{under}").correct
    assert Number()(f"{3 * over}/{3 * under}", latex).correct
    assert not Number()(f"{over + 1}/{under}", latex).correct


@given(integers, st.integers(0, 9), integers)
def test_decimal_agrees_with_decimal_arithmetic(digits: int, places: int, other: int) -> None:
    """The slow reference is the standard library's decimal module."""
    one, two = Decimal(digits).scaleb(-places), Decimal(other).scaleb(-places)

    assert Number()(f"{one:,f}", f"{one:e}").correct
    assert Number()(f"{one:f}", f"{two:f}").correct == (one == two)


@given(integers, integers, st.integers(0, 10**6))
def test_tolerance_agrees_with_fraction_arithmetic(one: int, two: int, thousandths: int) -> None:
    tolerance = thousandths / 1000
    within = abs(Fraction(one) - two) <= Fraction(thousandths, 1000)

    assert Number(absolute_tolerance=tolerance)(str(one), two).correct == within
