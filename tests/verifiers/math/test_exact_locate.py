"""Where the answer is in a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.math.boxes import last_box
from rewardkit.verifiers.math.locate import locate

FOUND = {
    "last box": (r"\boxed{5}… no, \boxed{7}", "7"),
    "nested braces": (r"so \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
    "escaped braces": (r"\boxed{\{1,2\}}", r"\{1,2\}"),
    "box without braces": (r"\boxed 5", "5"),
    "framed": (r"\fbox{C}", "C"),
    "neighbours": (r"\boxed{1}, \boxed{2} and \boxed{3}", "1, 2 and 3"),
    "neighbours in formulas": (r"$\boxed{1}$ or $\boxed{2}$", "1 or 2"),
    "final answer": ("It is 5. The final answer is 7.", "7"),
    "final answer after a box": (
        r"\boxed{200} so far. Final Answer: The final answer is $455$.",
        "$455$",
    ),
    "hashes": ("2+2=4\n#### 4", "4"),
    "bold": ("**Answer:** 12 apples", "12 apples"),
    "bold inside": ("**Answer: 12**", "12"),
    "Chinese": ("所以答案是7。", "7"),
    "Chinese with a colon": ("最终答案\uff1a$\\frac12$", r"$\frac12$"),
    "line of its own": ("16 - 3 = 13\nA: 13", "13"),
    "decimal is no end": ("The answer is 3.5. Done", "3.5"),
    "display": ("Answer:\n\\[ 9 \\]", "\\[ 9 \\]"),
    "last announcement": ("The answer is 5. Wait, the answer is 6.", "6"),
    "exclamation mark is a factorial": ("Answer: 6!", "6!"),
    "condition is no sentence": (r"Answer: x \ge 3", r"x \ge 3"),
    "announced sentence": ("Final Answer: The volume of $ABC$ is 120.", "120"),
    "only number of an announced sentence": ("Answer: Jane has 3 apples.", "3"),
    "sentence that denies": ("Answer: Jane has no 3 apples.", "Jane has no 3 apples"),
    "option": ("The correct option is B.", "B"),
    "Chinese option": ("故选：B。", "B"),  # noqa: RUF001 - as exams write it
    "conclusion": ("We know $y=1$. Thus, the pair $(x, y)$ is $(7, 6)$.", "$(7, 6)$"),
    "only formula": (r"We find that $x \lt 3$.", r"$x \lt 3$"),
}
NOT_FOUND = {
    "thoughts": "First 3, then 4, so 7",
    "two formulas": "From $x=1$ we get $y=2$",
    "formula among numbers": "In 2 steps $x=1$",
    "conclusion in the middle": "So $x$ is $5$. Then $y$ is more.",
    "conclusion with a choice": "So $x$ is $5$ or $6$.",
    "nothing": "",
    "long prose": "word " * 200 + "$x$",
}


@pytest.mark.parametrize(("text", "wanted"), FOUND.values(), ids=FOUND)
def test_the_answer_is_found(text: str, wanted: str) -> None:
    assert locate(text) == wanted


@pytest.mark.parametrize("text", NOT_FOUND.values(), ids=NOT_FOUND)
def test_nothing_is_guessed(text: str) -> None:
    assert locate(text) is None


@pytest.mark.parametrize("text", [r"\boxed{7", r"\boxed{}", r"\boxed{5} and \boxed{\text{7"])
def test_a_last_box_that_is_empty_or_open_says_nothing(text: str) -> None:
    assert last_box(text) == ""


@given(st.text(max_size=200), st.text(alphabet="0123456789x+-", min_size=1, max_size=20))
def test_the_last_box_counts_after_any_text(before: str, inside: str) -> None:
    found = locate(f"{before}.... so: \\boxed{{{inside}}}")
    assert found == inside
