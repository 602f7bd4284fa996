"""Re-rendered answers are worth what they were, by an independent evaluation."""

import random
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_replies import long_reply
from renderings import REWRITINGS, rerender
from reorderings import terms_of


def value_of(text: str) -> Fraction:
    """What a number in any of the notations is worth."""
    text = text.replace("\N{MINUS SIGN}", "-").replace(",", "")
    bare = re.sub(r"\\[dt]?frac(\d)(\d)$", r"\\frac{\1}{\2}", text)
    found = re.fullmatch(r"(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}", bare)
    return Fraction(f"{found[1]}{found[2]}/{found[3]}") if found else Fraction(text)


wholes = st.integers(-(10**8), 10**8).map(str)
decimals = st.decimals(-(10**4), 10**4, places=3).map(str)
fractions = st.tuples(st.sampled_from(["", "-"]), st.integers(0, 99), st.integers(1, 99)).map(
    lambda parts: rf"{parts[0]}\frac{{{parts[1]}}}{{{parts[2]}}}"
)


@given(text=wholes | decimals | fractions, seed=st.integers(0, 50), share=st.floats(0, 1))
def test_numbers_keep_their_value(text: str, seed: int, share: float) -> None:
    rendered = rerender(text, random.Random(seed), share)
    assert value_of(rendered) == value_of(text)
    assert rendered == rerender(text, random.Random(seed), share)


@given(
    terms=st.lists(st.tuples(st.sampled_from("+-"), st.integers(1, 99)), min_size=2, max_size=5),
    seed=st.integers(0, 50),
)
def test_sums_keep_their_terms(terms: list[tuple[str, int]], seed: int) -> None:
    text = " ".join(f"{sign} {size}x" for sign, size in terms).removeprefix("+ ")
    rendered = REWRITINGS["order of a sum"](text, random.Random(seed))
    assert sorted(terms_of(rendered)) == sorted(f"{sign}{size}x" for sign, size in terms)


@given(text=st.text(max_size=40), seed=st.integers(0, 9))
def test_any_text_is_rendered(text: str, seed: int) -> None:
    assert isinstance(rerender(text, random.Random(seed), 1.0), str)


KEPT = {
    "equation": ("order of a sum", "a = b + c"),
    "list": ("order of a sum", "1, 2 + 3"),
    "plus-minus": ("order of a sum", r"1 \pm 2 + 3"),
    "words": ("order of a sum", r"\text{east - west}"),
    "exponent": ("order of a sum", "x^{2-k}"),
    "tuple": ("order of a set", "(1, 2)"),
    "ellipsis": ("order of a set", r"\{1, 2, \ldots\}"),
    "letters in brackets": ("delimiters", r"\text{(B)}"),
    "words with commands": ("glyphs", r"\text{well-known} \pi"),
    "grouped digits": ("spaces", "1,000 + 1"),
    "leading zero": ("thousands", "00123"),
    "letters": ("thousands", "1234a"),
    "mixed number": ("slash", r"3\frac{1}{2}"),
    "longer command": ("glyphs", r"\pit"),
}


@pytest.mark.parametrize(("rewriting", "text"), KEPT.values(), ids=KEPT)
def test_what_a_rewriting_could_spoil_is_left_alone(rewriting: str, text: str) -> None:
    for seed in range(20):
        assert REWRITINGS[rewriting](text, random.Random(seed)) == text


CHANGED = {
    "brackets": ("delimiters", r"\left( 3, 4 \right)", "( 3, 4 )"),
    "sized brackets": ("delimiters", "(3, 4)", r"\left(3, 4\right)"),
    "arrow": ("delimiters", r"\leftarrow \left(1\right)", r"\leftarrow (1)"),
    "thousands": ("thousands", "1234567", "1,234,567"),
    "slash": ("slash", r"-\dfrac{1}{2}", "-1/2"),
    "root": ("glyphs", r"2\sqrt{13}", "2√13"),
    "degrees": ("glyphs", r"45^\circ", "45°"),
}


@pytest.mark.parametrize(("rewriting", "text", "wanted"), CHANGED.values(), ids=CHANGED)
def test_rewritings(rewriting: str, text: str, wanted: str) -> None:
    assert REWRITINGS[rewriting](text, random.Random(0)) == wanted


def test_some_order_of_a_set_is_another() -> None:
    seen = {REWRITINGS["order of a set"](r"\{1,2,3\}", random.Random(n)) for n in range(50)}
    assert len(seen) == 6


@given(seed=st.integers(0, 200), size=st.integers(0, 3000))
def test_long_replies_end_with_their_answer_in_the_only_box(seed: int, size: int) -> None:
    reply = long_reply(random.Random(seed), size)
    assert size <= len(reply.text) <= size + 400
    assert reply.text.count(r"\boxed") == 1
    assert reply.text.endswith(rf"\boxed{{{reply.answer}}}$.")
    assert value_of(reply.answer) == reply.value
    assert reply.text.count("$") % 2 == 0


def test_long_replies_have_dozens_of_formulas() -> None:
    reply = long_reply(random.Random(0))
    assert reply.text.count("$") // 2 + reply.text.count(r"\[") >= 60
