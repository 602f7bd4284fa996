"""The symbolic tier's judgement, run in this process: what is the same answer and what is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.verifiers.math.symbolic_job import Job
from rewardkit.verifiers.math.symbolic_worker import judge

SAME = {
    "radical of a quotient": (r"\sqrt{\frac{2}{k}}", r"\frac{\sqrt{2}}{\sqrt{k}}"),
    "nested radical": (r"\sqrt{7+4\sqrt{3}}", r"2+\sqrt{3}"),
    "cube root": (r"\sqrt[3]{-27}", "-3"),
    "fractional power of a negative": (r"\sqrt[3]{x^2}", "x^{2/3}"),
    "double angle": (r"\cos 2t", r"1-2\sin^2 t"),
    "inverse function": (r"\tan^{-1} x", r"\arctan(x)"),
    "plain-text functions": ("sqrt(5)/2 + exp(3)", r"\frac{\sqrt5}{2}+e^3"),
    "upright e": (r"2-\frac{1}{\mathrm{e}}", r"2-e^{-1}"),
    "change of base": (r"\log_4 9", r"\frac{\ln 9}{\ln 4}"),
    "complex exponential": (r"e^{i\pi/3}", r"\frac{1+i\sqrt{3}}{2}"),
    "alternating sign": (r"2+3(-1)^n", r"\frac{4+6(-1)^{n}}{2}"),
    "power law": (r"\frac{5}{3}\cdot 3^n", r"5\cdot 3^{n-1}"),
    "factorial": ("(n+1)!", r"(n+1)\cdot n!"),
    "binomial": (r"\binom{m}{2}", r"\frac{m(m-1)}{2}"),
    "sum in closed form": (r"\sum_{j=1}^{n} j^2", r"\frac{n(n+1)(2n+1)}{6}"),
    "integral": (r"\int_0^2 x\,dx", "2"),
    "limit": (r"\lim_{x\to 0}\frac{\sin 3x}x", "3"),
    "constant of integration": (r"\frac{x^3}{3}+C", "C + x^3/3"),
    "absolute value": (r"\left|2-x\right|", "|x-2|"),
    "floor": (r"\lfloor \frac{7}{2}\rfloor", "3"),
    "unicode": ("2√3 \u2212 π²", r"2\sqrt{3}-\pi^2"),
    "html": ("3<sup>x</sup>", "3^x"),
    "function named": ("f(x)=3x+1", "3x+1"),
    "function's variable renamed": ("g(t)=t^2", "g(x)=x^2"),
    "variable named": (r"k=2m-1", "2m-1"),
    "chain of values": (r"S=1+2+4=7", "7"),
    "approximation behind": (r"\frac{\sqrt{7}}{2}\approx 1.32", r"\frac12\sqrt7"),
    "equation times a constant": ("x-2y+3=0", "2x+6=4y"),
    "equation solved": (r"x+2y-4=0", r"y=2-\frac{x}{2}"),
    "equation times an expression": (r"y=\frac{1}{x}", "xy=1"),
    "values in any order": (r"1+\sqrt{2}, 3", r"3, 1+\sqrt{2}"),
    "set without braces": (r"\{\sqrt{3},2\}", r"2, \sqrt{3}"),
    "plus-minus": (r"2\pm\sqrt{5}", r"2-\sqrt{5},\ 2+\sqrt{5}"),
    "plus-minus in a set": (r"\{3, \pm\sqrt{2}\}", r"\{-\sqrt{2}, \sqrt{2}, 3\}"),
    "plus-minus in a tuple": (r"(\pm 1, \sqrt{2})", r"(1,\sqrt2), (-1,\sqrt2)"),
    "labels dropped": (r"a=\sqrt{2}, b=3", r"\sqrt{2}, 3"),
    "one label for all": (r"x=\sqrt{2}, 3", r"3, \sqrt{2}"),
    "label once, tuple": (r"(x,y)=(\sqrt{2},3)", r"(\sqrt{2},3)"),
    "pairs in any order": (r"(1,\sqrt2),(0,3)", r"(0,3),(1,\sqrt2)"),
    "column vector": (r"\begin{pmatrix}\sqrt{2}\\1\end{pmatrix}", r"(\sqrt{2}, 1)"),
    "matrix": (
        r"\begin{pmatrix}\sqrt{4}&x\\1&0\end{pmatrix}",
        r"\begin{bmatrix}2&x\\1&0\end{bmatrix}",
    ),
    "interval from inequality": (r"(-\infty,\sqrt{2}]", r"x\le\sqrt{2}"),
    "chain of inequalities": (r"(\frac{e}{5},\pi]", r"\frac{e}{5}<t\leqslant\pi"),
    "inequality turned": (r"x>\sqrt{3}", r"\sqrt{3}<x"),
    "inequality with a factor": (r"3-2x<\sqrt{5}", r"x>\frac{3-\sqrt5}{2}"),
    "set builder": (r"\{x \mid x>\sqrt{2}\}", r"(\sqrt{2},\infty)"),
    "union from or": (
        r"(-\infty,-\sqrt2)\cup(\sqrt2,\infty)",
        r"x<-\sqrt{2}\text{ or }x>\sqrt{2}",
    ),
    "everything but a point": (r"x\ne\sqrt2", r"\mathbb{R}\setminus\{\sqrt2\}"),
    "membership": (r"m\in[\sqrt2,3)", r"[\sqrt2,3)"),
    "integer parameter renamed": (r"\frac{\pi}{4}+k\pi", r"\frac{\pi}{4}+n\pi"),
    "integer parameter shifted": (
        r"\frac{5\pi}{4}+k\pi, k\in\mathbb{Z}",
        r"\frac{\pi}{4}+m\pi, m\in\mathbb{Z}",
    ),
    "harmless quantifier": (r"f(x)=2^x \text{ for all real } x", "f(x)=2^x"),
    "degrees": (r"\arcsin\frac12", r"30^\circ"),
    "unit on one side": (r"2\sqrt{3}\text{ cm}", r"2\sqrt3"),
    "six digits of an exact value": (r"\sqrt{2+\sqrt{3}}", "1.93185"),
    "what rounds to a decimal": ("1.93", r"\sqrt{2+\sqrt{3}}"),
    "percent rounded": (r"41.4\%", r"\sqrt{2}-1"),
    "degrees rounded": (r"54.7^\circ", r"\arctan\sqrt2"),
    "infinity": (r"+\infty", "infinity"),
    "sequence": (r"1,4,\ldots,n^2", r"1,4,\ldots,n\cdot n"),
    "money": (r"\$2\sqrt{2}", r"\sqrt{8}\text{ dollars}"),
    "subscripts": ("a_1+a_{2}", "a_{2}+a_1"),
    "answer within a sentence": ("the answer is \\sqrt{12}.", r"2\sqrt{3}"),
}  # fmt: skip

ONE_WAY = {
    "six digits of an exact value",
    "what rounds to a decimal",
    "percent rounded",
    "degrees rounded",
    "answer within a sentence",
}
"""Rounding and location know which side is the answer."""

DIFFERENT = {
    "tiny numbers": (r"\frac{1}{3^{80}}", r"\frac{1}{3^{81}}"),
    "tiny factorials": (r"\frac{1}{50!}", r"\frac{1}{51!}"),
    "tenth digit": (r"\sqrt{2}", r"\sqrt{2}+10^{-30}"),
    "absolute value": ("|x|", "x"),
    "square root of a square": (r"\sqrt{x^2}", "x"),
    "other variable": (r"x=\sqrt{5}", r"y=\sqrt{5}"),
    "other letter in a formula": ("2^m", "2^t"),
    "other function": (r"f(x)=x^2", r"f(x)=x^3"),
    "a function's formula in another variable": ("f(x)=2x", "2n"),
    "false equation": ("0", "1=0"),
    "false chain": (r"\sqrt{4}", r"1=\sqrt{4}"),
    "difference of an equation": ("x^2-1", "x^2-1=0"),
    "other line": ("x-2y+3=0", "x-2y+4=0"),
    "set against pair": (r"\{1,\sqrt{2}\}", r"(\sqrt{2},1)"),
    "pair in another order": (r"(1,\sqrt{2})", r"(\sqrt{2},1)"),
    "open against closed": (r"[0,\sqrt{2})", r"[0,\sqrt{2}]"),
    "strict against not": (r"x>\sqrt{2}", r"x\ge\sqrt{2}"),
    "interval's other end": (r"(\sqrt{2},3)", r"(\sqrt{3},3)"),
    "part of a list": (r"\sqrt{2},\sqrt{3}", r"\sqrt{3}"),
    "coarse rounding": (r"\sqrt{2+\sqrt{3}}", "1.93"),
    "wrong last digit": (r"\sqrt{2+\sqrt{3}}", "1.93186"),
    "does not round to it": ("1.94", r"\sqrt{2+\sqrt{3}}"),
    "units that conflict": (r"\sqrt{2}\text{ cm}", r"\sqrt{2}\text{ kg}"),
    "base as an index": (r"\sqrt{2}x_{2}", r"\sqrt{2}x_{3}"),
    "quantifier over a part": ("f(x)=0", r"\forall x>0, f(x)=0"),
    "parameter with a coefficient of its own": (r"2k+\sqrt{2}", r"2n+\sqrt{2}"),
    "parameter with another period": (r"\frac{\pi}{4}+k\pi", r"\frac{\pi}{4}+2n\pi"),
    "prefix": (r"3\sqrt{2}", "3"),
    "sequences with another item": (r"1,2,\ldots,n", r"1,4,9,\ldots,n^2"),
    "money against degrees": (r"\$36\sqrt{2}", r"36\sqrt{2}^\circ"),
    "percent that does not round": ("2.0", r"1.27\%"),
    "share that does not round": (r"0.0002", r"1.3\%"),
    "percent's rounding against a share": (r"1.27\%", r"0.01\sqrt{2}"),
    "degrees that do not round": (r"44.9^\circ", r"\frac{\pi}{4}"),
    "words": (r"\sqrt{2}", "the root"),
    "prose with the number in it": (r"\sqrt{2}", r"either \sqrt{2} apples or none"),
    "letters of a word in another order": ("tesla", "least"),
    "sum of two numbers by a space": ("5", "2 3"),
    "derivative mark": ("f'(2)", "f(2)"),
    "cubed against squared logarithm": (r"\ln^2 x", r"\ln x^2"),
    "logarithm's domain": (r"\ln |x|", r"\ln x"),
    "matrix in another order": (
        r"\begin{pmatrix}1&x\\0&1\end{pmatrix}",
        r"\begin{pmatrix}1&0\\x&1\end{pmatrix}",
    ),
    "row against column": (r"\begin{pmatrix}1\\x\end{pmatrix}", r"\begin{pmatrix}1&x\end{pmatrix}"),
}

NEITHER = {
    "ellipses that may agree": (r"1+2+\cdots+n", r"1+2+3+\cdots+n", "undecided"),
    "prose against a formula": ("the sum is less than zero", r"a+b<0", "undecided"),
    "other prose": ("no such functions exist", "it can never be reached", "undecided"),
    "hedging": (r"\sqrt{2}", r"\sqrt{2} or \sqrt{3}", "ambiguous_answer"),
    "reference in an unknown notation": (r"\heartsuit(3)", "3", "unreadable_reference"),
    "answer in an unknown notation": (r"\sqrt{3}", r"\heartsuit(3)", "unreadable_answer"),
    "unclosed": (r"\sqrt{3}", r"\sqrt{3", "unreadable_answer"),
    "reference that is false": ("5=7", r"\sqrt{5}", "unreadable_reference"),
    "no value at all": ("7", "2^{2^{2^{2^{2^{2^{2^{2^{2^{0.5}}}}}}}}}", "answer_too_hard"),
    "huge power": ("7", "9^{9^{9}}", "answer_too_hard"),
    "huge power as reference": ("9^{9^{9}}", "7", "unreadable_reference"),
}  # fmt: skip


@pytest.mark.parametrize(("reference", "answer"), SAME.values(), ids=SAME.keys())
def test_the_same_answer_in_another_form(reference: str, answer: str) -> None:
    if "the answer is" in answer:
        ruling = judge(Job(answer, reference, r"\sqrt{12}"))
    else:
        ruling = judge(Job(answer, reference))
    assert ruling.status == "correct", ruling


@pytest.mark.parametrize(
    ("reference", "answer"),
    [pair for name, pair in SAME.items() if name not in ONE_WAY],
    ids=[name for name in SAME if name not in ONE_WAY],
)
def test_the_same_answer_the_other_way_round(reference: str, answer: str) -> None:
    ruling = judge(Job(reference, answer))
    assert ruling.status == "correct", ruling


@pytest.mark.parametrize(("reference", "answer"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_another_answer(reference: str, answer: str) -> None:
    ruling = judge(Job(answer, reference))
    assert ruling.status in ("wrong", "unreadable_answer"), ruling


@pytest.mark.parametrize(
    ("reference", "answer"),
    [pair for name, pair in DIFFERENT.items() if name != "coarse rounding"],
    ids=[name for name in DIFFERENT if name != "coarse rounding"],
)
def test_another_answer_the_other_way_round(reference: str, answer: str) -> None:
    assert judge(Job(reference, answer)).status != "correct"


@pytest.mark.parametrize(("reference", "answer", "status"), NEITHER.values(), ids=NEITHER.keys())
def test_what_is_neither_right_nor_wrong(reference: str, answer: str, status: str) -> None:
    assert judge(Job(answer, reference)).status == status


@pytest.mark.parametrize("text", [text for pair in SAME.values() for text in pair])
def test_each_text_equals_itself(text: str) -> None:
    assert judge(Job(text, text)).status in ("correct", "unreadable_reference")


PIECES = st.sampled_from(
    r"1 2 0.5 x y n e i \pi \sqrt{2} \frac{1}{2} + - * / ^ ^{2} ( ) [ ] \{ \} , ; = < \le \cup \pm "
    r"! | % ^\circ _ "
    r"\text{cm} \text{or} \sin \ln \infty \in \mathbb{Z} \ldots f(x) \begin{pmatrix} "
    r"\end{pmatrix} & \\ ' : $ and".split()
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=9).map(" ".join))
def test_any_formula_is_judged_the_same_twice(text: str) -> None:
    first = judge(Job(text, r"\sqrt{2}"))
    assert first == judge(Job(text, r"\sqrt{2}"))
    assert judge(Job(r"\sqrt{2}", text)).status != "correct" or first.status == "correct"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_judged(text: str) -> None:
    assert judge(Job(text, r"2\sqrt{2}")).status != "correct"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(-9, 9),
    st.integers(-9, 9),
    st.integers(2, 30),
    st.integers(-9, 9),
    st.integers(-9, 9),
)
def test_sums_of_radicals_agree_with_floats(a: int, b: int, c: int, d: int, e: int) -> None:
    left = a + b * c**0.5
    right = d + e * c**0.5
    status = judge(Job(f"{a}+{b}\\sqrt{{{c}}}".replace("+-", "-"), f"{d}+{e}\\sqrt{{{c}}}")).status
    assert (status == "correct") == (abs(left - right) < 1e-9)
