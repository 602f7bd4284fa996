"""The reference comes first: unreadable, nothing is judged; readable, no answer escapes."""

import pytest

from rewardkit.types import Status
from rewardkit.verifiers.math import Math, exact, symbolic

UNREADABLE = ("???", r"\frac{", "x =", r"\heartsuit(3)", "x = = 2")
EMPTY_HANDED = {
    "empty": "",
    "blank": " \n",
    "too long": "x" * 30_000,
    "too many digits": "7" * 30_000,
    "open box": r"so \boxed{\text{open",
    "a number": "7",
    "a word": "Evelyn",
}
READABLE = (
    "5", "-3/4", "25%", "10 cm", r"2\sqrt{3}", "x^2+1", "52_8", "4210_{5}", "(1,2)", r"\{1,2\}",
    "[0,1)", "x=5", "y=2x+1", "10:30 PM", "3:4", r"\text{Monday}", "(C)", "no solution",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "15th Day", r"\frac{\pi}{4}+k\pi, k\in\mathbb{Z}",
    "1,2,\\ldots,n", "5个", "about 3.14",
)  # fmt: skip
ODD = (
    "", "7", "-7/3", r"\text{Evelyn}", "(3,4]", r"\begin{pmatrix}1&2\\5&4\end{pmatrix}", "f(x",
    "x+", "???", "5 squared", "half past ten", r"\{x \mid x > 7\}", "x = y", "7, 8 or 9",
    r"\boxed{", "17_9", "9^{9^{9}}", "12:59", "(D)", "x" * 25_000, r"\int_0^1 t\,dt", "不是 7",
)  # fmt: skip


@pytest.mark.parametrize("reference", UNREADABLE)
@pytest.mark.parametrize("answer", EMPTY_HANDED.values(), ids=EMPTY_HANDED)
def test_an_unreadable_reference_is_so_whatever_the_answer(answer: str, reference: str) -> None:
    verdict = Math()(answer, reference)
    assert verdict.status == "unreadable_reference"
    assert verdict.value is None


@pytest.mark.parametrize("reference", READABLE)
def test_a_reference_that_reads_is_never_called_unreadable(reference: str) -> None:
    assert exact.reads(reference)
    found = {answer: Math()(answer, reference) for answer in ODD}
    unjudged = {answer for answer, verdict in found.items() if verdict.value is None}
    assert unjudged == {a for a in unjudged if found[a].status == "undecided"}
    assert unjudged <= LEFT_OPEN.get(reference, set())
    assert not any(verdict.correct for verdict in found.values())


LEFT_OPEN: dict[str, set[str]] = {"no solution": {"(3,4]", "x = y", r"\int_0^1 t\,dt", "7, 8 or 9"}}
"""Pairs that no rule tells apart, by reference; everything else is judged."""


@pytest.mark.parametrize(
    ("answer", "reference", "status"),
    [
        pytest.param(r"\text{Evelyn}", "52_8", "wrong", id="a word and a number base"),
        pytest.param("(3,4]", "4210_{5}", "wrong", id="an interval and a number base"),
        pytest.param("f(x", "52_8", "unreadable_answer", id="no reading"),
        pytest.param("52_8", "52_8", "correct", id="the same"),
        pytest.param("5", "at least 5", "undecided", id="the reference leaves it open"),
        pytest.param("???", "???", "correct", id="the same text that nobody reads"),
        pytest.param("", r"\sin x + \frac{2}{x}", "no_answer", id="the symbolic tier reads it"),
    ],
)
def test_who_is_to_blame(answer: str, reference: str, status: Status) -> None:
    assert Math()(answer, reference).status == status


def test_a_reference_is_asked_for_once() -> None:
    symbolic.clear_cache()
    verdicts = {Math()("", "x = = 3").reason for _ in range(3)}
    assert len(verdicts) == 1
    assert len(symbolic._cache) == 1
