"""What stands beside the boxed or announced answer of an answer section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.beside import other_value

ROWS: dict[str, tuple[str, str]] = {
    "no box": ("5 or 7", ""),
    "box alone": (r"\boxed{5}", ""),
    "formula in the box": (r"\boxed{\frac{1}{2}}", ""),
    "list in the box": (r"\boxed{5, 7}", ""),
    "unit": (r"\boxed{5} cm", ""),
    "power of a unit": (r"\boxed{5}\ \text{cm}^{2}", ""),
    "index of a name": (r"x_1 = \boxed{5}", ""),
    "words": (r"So the final answer is $\boxed{5}$.", ""),
    "the same number": (r"5 = \boxed{5}", ""),
    "part of the answer": (r"2 = \boxed{\frac{4}{2}}", ""),
    "unclosed box": (r"7 \boxed{5", ""),
    "number before": (r"7 \boxed{5}", "7"),
    "number after": (r"\boxed{5}, 7", "7"),
    "longer number": (r"55 \boxed{5}", "55"),
    "decimal": (r"5.5 \boxed{5}", "5.5"),
    "negative": (r"-7 \boxed{5}", "7"),
    "or": (r"\boxed{5} or x", "or"),
    "Chinese or": (r"\boxed{5}或 x", "或"),
    "announced before": ("A: 7\nA: 5", "7"),
    "number before two boxes": (r"5 \boxed{7} \fbox{7}", "5"),
    "two boxes of one answer": (r"\boxed{5} and \boxed{7}", ""),
    "working in words": (r"We add 3 pears to 4 apples, so there are \boxed{7}", ""),
    "calculation": (r"3 + 4 = \boxed{7}", ""),
    "calculation apart": (r"$3 + 4 = 7$. So \boxed{7}", ""),
    "working, then announced": ("There are 12 - 5 = 7 left.\n\n**Answer:** 7", ""),
    "calculation of another value": (r"3 + 4 = 7. \boxed{8}", "7"),
    "announced, then boxed": (r"The answer is 7. \boxed{8}", "7"),
    "boxed in a sentence before": (r"It is \boxed{5}. No, it is \boxed{7}", "5"),
    "or before the box": (r"It is 5 or \boxed{7}", "5"),
    "other script's digits": ("\u0667 \\boxed{5}", "\u0667"),
}


@pytest.mark.parametrize(("answer", "other"), ROWS.values(), ids=ROWS.keys())
def test_other_value(answer: str, other: str) -> None:
    assert other_value(answer) == other


_PIECES = ["\\boxed{", "}", "7", "5", " or ", "A: ", "\n", "answer is ", "####", "^", "\ud800"]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=20).map("".join)))
def test_any_text_has_a_short_other_value_the_same_twice(answer: str) -> None:
    other = other_value(answer)
    assert other == other_value(answer)
    assert len(other) <= 40 and other in answer


@given(st.text(alphabet="abc 0123456789.,"), st.integers(0, 10**9))
def test_text_beside_a_box_without_digits_of_its_own_holds_no_value(text: str, number: int) -> None:
    words = "".join(character for character in text if not character.isdigit())
    signs = "".join(character for character in words if not character.isalpha())
    assert other_value(f"{words} \\boxed{{{number}}}") == ""
    assert other_value(f"{number + 1} {signs} \\boxed{{{number}}}") == str(number + 1)
