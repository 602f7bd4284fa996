"""Boxes: several that are one answer, one inside of a formula, and those of a reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.math.boxes import every_box, last_box
from rewardkit.verifiers.math.exact import compare

LAST = {
    "sign before": (r"$x = -\boxed{5}$", "x = -{5}"),
    "numerator": (r"\frac{\boxed{5}}{6}", r"\frac{{5}}{6}"),
    "power after": (r"so $\boxed{5}^2$", "{5}^2"),
    "factor before": (r"we get $2\boxed{5}$.", "2{5}"),
    "sum of boxes": (r"$\boxed{5}+\boxed{6}$", "{5}+{6}"),
    "degrees after": (r"$\boxed{45}^\circ$", "45"),
    "equation before": (r"$2+3=\boxed{5}$", "5"),
    "unit after": (r"\boxed{5} \text{ cm}", "5"),
    "bullet": (r"- \boxed{5}", "5"),
    "emphasis": (r"**\boxed{5}**", "5"),
    "named": (r"$a=\boxed{1}$ and $b=\boxed{2}$", "a = 1 and b = 2"),
    "one name": (r"$a=\boxed{1}$", "1"),
    "a step before": (r"$a=\boxed{1}$, so $b=\boxed{2}$", "2"),
}
ALL = {
    "parts": (r"\boxed{1} papers and \boxed{2} bins", "1, 2"),
    "one": (r"\boxed{1} paper", None),
    "a step before": (r"First \boxed{1} is found. Then we see that it is \boxed{2}", None),
    "open": (r"\boxed{1} and \boxed{2", None),
}


@pytest.mark.parametrize(("text", "wanted"), LAST.values(), ids=LAST)
def test_the_last_box_or_its_formula(text: str, wanted: str) -> None:
    assert last_box(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), ALL.values(), ids=ALL)
def test_boxes_of_a_reference(text: str, wanted: str | None) -> None:
    assert every_box(text) == wanted


def test_a_boxed_part_is_not_the_whole() -> None:
    inside = compare(r"$-\boxed{5}$", "5")
    assert inside is not None and inside.status == "wrong"
    whole = compare(r"$-\boxed{5}$", "-5")
    assert whole is not None and whole.correct


@given(st.text(alphabet="\\boxed{}()$-+^ 5x=and,", max_size=120))
def test_any_text_has_a_box_or_none(text: str) -> None:
    found = last_box(text)
    assert (found is None) == ("\\boxed" not in text and "\\fbox" not in text)
    every_box(text)
