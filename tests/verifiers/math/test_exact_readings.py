"""Notations that mean a value, words that leave one open, and families: pairs both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.math.exact import compare
from rewardkit.verifiers.math.notation import respelled
from rewardkit.verifiers.math.vague import option, vague

EQUAL = {
    "repeating digit": (r"0.\overline{3}", r"\frac13"),
    "repeating after fixed digits": (r"0.1\overline{6}", "1/6"),
    "repeating with dots": (r"0.\dot{1}4285\dot{7}", r"\frac17"),
    "digits that go on": (r"0.8333\ldots", r"\frac56"),
    "digits that do not repeat": ("2.718281828...", "2.718281828"),
    "over": (r"{5 \over 6}", r"\frac56"),
    "choose": (r"{10 \choose 3}", "120"),
    "choices as C": ("C_{10}^3", r"\binom{10}{3}"),
    "arrangements as A": ("A_5^2", "20"),
    "called C": ("C(10, 3)", "120"),
    "old root": (r"\root 3 \of 2", r"\sqrt[3]{2}"),
    "x for times": ("1.5 x 10^-3", "0.0015"),
    "thousands before a unit": (r"2,500 \text{ m}", "2500 m"),
    "several units": (r"2 \text{ hours } 30 \text{ minutes}", "2.5 hours"),
    "several units with and": ("12 dollars and 50 cents", r"\$12.50"),
    "feet and inches": ("5 ft 3 in", "63 inches"),
    "negative power of a unit": (r"9.8\,\mathrm{m\,s^{-2}}", r"9.8\ \text{m/s}^2"),
    "ohms": (r"5\ \Omega", "5 ohms"),
    "degrees of temperature": (r"5^{\circ}C", "5 degrees Celsius"),
    "currency before": ("USD 12.50", r"\$12.5"),
    "Chinese unit": ("8厘米", "8 cm"),
    "yuan": ("100元", "¥100"),
    "words with a unit": ("fifty percent", r"50\%"),
    "words with a noun": ("six people", "6"),
    "mixed number in words": ("three and a half", "7/2"),
    "a thousand": ("a thousand", "1000"),
    "angle": (r"\angle A = 10^\circ", "10"),
    "line as a function": ("f(x)=2x+1", "y=2x+1"),
    "names out of order": ("y=2, x=1", "(1,2)"),
    "ratio in words": ("3 to 1", "3:1"),
    "modulo": (r"n \equiv 2 \pmod 5", r"n\equiv 2 \pmod{5}"),
    "all reals": (r"\text{all real numbers}", r"(-\infty,\infty)"),
    "no solution": (r"\text{no real solutions}", r"\emptyset"),
    "does not exist": ("DNE", r"\text{undefined}"),
    "letters side by side": ("AC", "A, C"),
    "letters in a text": (r"\text{(A) and (C)}", "A and C"),
    "option and its letter": (r"\textbf{(B) } 12", "B"),
    "option and its value": (r"\textbf{(B) } 12", "12"),
    "family": (r"\frac{\pi}{4}+k\pi, k\in\mathbb{Z}", r"n\pi - \frac{3\pi}{4} (n \in Z)"),
    "sum of matrices": (
        r"\begin{pmatrix}1\\2\end{pmatrix}+\begin{pmatrix}3\\4\end{pmatrix}",
        r"\begin{pmatrix}4\\6\end{pmatrix}",
    ),
    "product of matrices": (
        r"\begin{pmatrix}0&1\\1&0\end{pmatrix}\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\begin{pmatrix}3&4\\1&2\end{pmatrix}",
    ),
    "reals without a point": (r"\mathbb{R} - \{2\}", r"(-\infty,2)\cup(2,\infty)"),
    "or in Chinese": (r"\{x|x<1或x>2\}", r"(-\infty,1)\cup(2,\infty)"),
}
DIFFERENT = {
    "repeating and ending": (r"0.\overline{27}", "0.28"),
    "half a percent or a half": (r"0.5\%", r"\frac12"),
    "other repeating digits": (r"0.\overline{3}", r"0.\overline{4}"),
    "C of others": ("C_{10}^3", r"\binom{10}{4}"),
    "several units": ("2 hours 30 minutes", "2.3 hours"),
    "negative powers of a unit": (r"9.8\,\mathrm{m\,s^{-1}}", r"9.8\ \text{m/s}^2"),
    "thousands before a unit": (r"2,500 \text{ m}", "2500 km"),
    "half a percent": (r"0.5\%", "5"),
    "names out of order": ("y=1, x=2", "(1,2)"),
    "interval and two values": ("0,1", "[0,1]"),
    "option with another letter": ("(C) 12", "(B) 12"),
    "option with another value": ("(B) 13", "(B) 12"),
    "period": (r"2k\pi, k\in\mathbb{Z}", r"k\pi, k\in\mathbb{Z}"),
    "shift": (r"\frac{\pi}{4}+k\pi, k\in\mathbb{Z}", r"-\frac{\pi}{4}+k\pi, k\in\mathbb{Z}"),
    "natural numbers": (r"k\pi, k\in\mathbb{N}", r"k\pi, k\in\mathbb{Z}"),
    "leading terms": (r"1,2,\ldots,n", r"1,3,5,\ldots,2n-1"),
    "conditions": ("充分不必要条件", "必要不充分条件"),
    "sum of matrices": (
        r"\begin{pmatrix}1\\2\end{pmatrix}+\begin{pmatrix}3\\4\end{pmatrix}",
        r"\begin{pmatrix}4\\5\end{pmatrix}",
    ),
    "temperature": (r"5^\circ C", r"6^\circ C"),
}
UNKNOWN = {
    "letters side by side": ("AB", "A, C"),
    "turned sequence": (r"1,2,\ldots,n", r"n,n-1,\ldots,1"),
    "sequences alike": (r"1,2,\ldots,9", r"1,2,3,\ldots,9"),
    "matrices that do not fit": (
        r"\begin{pmatrix}1\\2\end{pmatrix}+\begin{pmatrix}3&4\end{pmatrix}",
        "4",
    ),
    "two lists of units": ("2 hours 90 minutes", "3.5 hours"),
}
OPEN = (
    "about 5|approximately 5|~5|\\approx 5|at least 5|at most 5|more than 5|less than 5|over 5|"
    "under 5|up to 5|nearly 5|not 5|no 5|5 or more|5 or so|5 at least|5 approximately|5...|"
    "\\text{about }5|5 \\text{ or more}|5 maybe|5 is wrong|wrong: 5|5 below zero|5 tens|all but 5"
).split("|")
HEDGES = (
    "5 or 6|5 (or 6)|5/6|5, maybe 6|between 5 and 6|5 \\pm 1|5 to 6|5-6|5; 6|(5,6)|\\{5,6\\}|"
    "[5,6]|5 \\quad 6|5 6|x \\ge 5|\\ne 5|5?|5!|5'|5^|5:6|5 < 6|5 = 6|5_6|5\\pi|x=5 or x=6|"
    "\\boxed{5} or \\boxed{6}|\\boxed{5, 6}|-\\boxed{5}|\\frac{\\boxed{5}}{6}|\\boxed{5}^2|"
    "6\\boxed{5}|\\boxed{5}-1|Answer: 5 or 6|Answer: not 5|Answer: Jane doesn't have 5 apples|"
    "(A) 5 (B) 6|5 feet 3 inches|5k\\pi, k \\in \\mathbb{Z}|5.\\overline{5}|five and a half"
).split("|")


def _status(answer: str, reference: str) -> str:
    verdict = compare(answer, reference)
    return verdict.status if verdict is not None else "unknown"


@pytest.mark.parametrize(("one", "other"), EQUAL.values(), ids=EQUAL)
def test_equal_both_ways(one: str, other: str) -> None:
    assert _status(one, other) == _status(other, one) == "correct"


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_both_ways(one: str, other: str) -> None:
    assert _status(one, other) == _status(other, one) == "wrong"


@pytest.mark.parametrize(("one", "other"), UNKNOWN.values(), ids=UNKNOWN)
def test_not_known_both_ways(one: str, other: str) -> None:
    assert _status(one, other) == _status(other, one) == "unknown"


@pytest.mark.parametrize("answer", OPEN)
def test_a_value_left_open_is_no_answer(answer: str) -> None:
    assert _status(answer, "5") == "ambiguous_answer"


@pytest.mark.parametrize("answer", HEDGES)
def test_a_hedge_never_pays(answer: str) -> None:
    assert _status(answer, "5") != "correct"


@pytest.mark.parametrize("answer", [r"\approx 3.14", "about 3.14", "3.14 or so"])
def test_a_rounded_value_may_be_said_to_be_one(answer: str) -> None:
    assert _status(answer, "3.14") == "correct"
    assert _status(answer, "3.15") == "wrong"


@pytest.mark.parametrize(
    "wrapped",
    [
        *("${}$", r"\({}\)", r"\boxed{{{}}}", "**{}**", "{}.", "x = {}"),
        *("The answer is {}.", "Answer: {}\n"),
    ],
)
@pytest.mark.parametrize(
    ("answer", "reference"),
    [(r"\frac{6}{8}", "3/4"), (r"2\sqrt{3}", r"\sqrt{12}"), (r"0.\overline{3}", r"\frac13")],
)
def test_a_right_answer_stays_right_when_wrapped(wrapped: str, answer: str, reference: str) -> None:
    assert _status(wrapped.format(answer), reference) == "correct"


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 99999))
def test_a_repeating_decimal_is_the_sum_of_its_series(whole: int, fixed: int, block: int) -> None:
    digits, places = str(block), len(str(fixed))
    value = whole * 10**places + fixed
    top = value * (10 ** len(digits) - 1) + block
    bottom = 10**places * (10 ** len(digits) - 1)
    text = rf"{whole}.{fixed}\overline{{{digits}}}"
    assert _status(text, f"{top}/{bottom}") == "correct"
    assert _status(text, f"{top + 1}/{bottom}") == "wrong"


@given(st.text(alphabet="0123456789.\\overlinedotx^{}()[]<>,^ 或mod~≈", max_size=80))
def test_any_text_is_respelled_once(text: str) -> None:
    assert len(respelled(text)) <= 80 * 12
    vague(text)
    option(text)
