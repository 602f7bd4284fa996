"""Words beside an answer: nouns and units leave it, anything else is never passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.math import Math
from rewardkit.verifiers.math.beside import place_in_order, spoils_box, untouched
from rewardkit.verifiers.math.prose import changes, counts, follows, names

CHANGING = (
    "not each squared cubed double half minus per less more than except dozen twice triple thrice "
    "negative plus times over under above below about almost nearly roughly maybe perhaps never "
    "no none neither wrong incorrect reciprocal inverse opposite square cube root factorial power "
    "sine modulo divisible multiple factor hundred hundreds thousand million score gross pair "
    "quarter quarters third thirds fifth fifths tenths halved doubled negated raised prime odd "
    "even if unless until unknown impossible undefined false approximately around either or and "
    "versus but besides excluding between beyond before after binary octal base fewer greater "
    "maximum up down fold twofold something bad apiece every 不 不是 约 大约 左右 以上 至少 超过 "
    "倍 平方 分之一 万 千 半 负 多 余 几 或 错 每 第 减 加 乘 除 以外 的倒数 相反数"
).split()
FORMS = ("{r} {w}", r"{r}\text{{ {w}}}", "${r}$ {w}", r"{r} \mathrm{{{w}}}", "{w} ${r}$", "{w} {r}")


@pytest.mark.parametrize("reference", ["5", r"2\sqrt{3}", "x+1", r"\tan t"])
@pytest.mark.parametrize("form", FORMS)
def test_a_word_that_changes_a_value_is_never_passed_over(form: str, reference: str) -> None:
    judge = Math()
    paid = [
        word
        for word in CHANGING
        if judge(form.format(r=reference, w=word), reference).status
        not in ("wrong", "unreadable_answer", "ambiguous_answer")
    ]
    assert paid == []


@pytest.mark.parametrize(
    ("answer", "reference", "status"),
    [
        pytest.param("5 apples", "5", "correct", id="counted noun"),
        pytest.param("5 cups of tea", "5", "correct", id="nouns joined"),
        pytest.param("5 in total", "5", "correct", id="in total"),
        pytest.param("5 apples each", "5", "correct", id="a noun and each"),
        pytest.param("5 odd numbers", "5", "correct", id="a noun with its adjective"),
        pytest.param("5 square units", "5", "correct", id="square units"),
        pytest.param(r"\sqrt{2}\text{ square units}", r"\sqrt{2}", "correct", id="of a root"),
        pytest.param("5 miles per hour", "5", "correct", id="unit"),
        pytest.param("5个", "5", "correct", id="Chinese counting word"),
        pytest.param("5", "5个", "correct", id="the same in the reference"),
        pytest.param(r"\sin 1 个", r"\sin 1", "correct", id="the same of a formula"),
        pytest.param("the 5", "5", "correct", id="article"),
        pytest.param("The sum is $5$.", "5", "correct", id="formula of a sentence"),
        pytest.param("It is not $5$.", "5", "unreadable_answer", id="denied formula"),
        pytest.param("squared: 5", "5", "unreadable_answer", id="a label that changes"),
        pytest.param("Total: 5", "5", "correct", id="a label"),
        pytest.param("The 5th term", "5", "unreadable_answer", id="place in an order"),
        pytest.param("5th", "5", "correct", id="ordinal alone"),
        pytest.param("15", "15th Day", "correct", id="a place in the reference"),
        pytest.param("16", "15th Day", "wrong", id="another place"),
        pytest.param("5 apples and", "5", "unreadable_answer", id="joins nothing"),
        pytest.param("or 5", "5", "unreadable_answer", id="joins nothing before"),
        pytest.param("19, 46, and 82", "19, 46, 82", "correct", id="comma and word"),
        pytest.param(r"\text{x is } 5", "5", "unreadable_answer", id="is in the middle"),
        pytest.param(r"not \boxed{5}", "5", "unreadable_answer", id="denied box"),
        pytest.param(r"minus \boxed{5}", "5", "unreadable_answer", id="sign as a word"),
        pytest.param(r"\boxed{5} thousand", "5", "unreadable_answer", id="scaled box"),
        pytest.param(r"\boxed{5} is wrong", "5", "unreadable_answer", id="box taken back"),
        pytest.param(r"not 4 but \boxed{5}", "5", "correct", id="another one denied"),
        pytest.param(r"\boxed{5} times", "5", "correct", id="counted box"),
        pytest.param(
            r"\boxed{7} final answer is 5 so A: 7", "7", "unreadable_answer", id="later answer"
        ),
        pytest.param(r"\boxed{7} The final answer is 5", "5", "correct", id="final answer"),
        pytest.param("5 for any", "5", "unreadable_answer", id="words of a condition alone"),
    ],
)
def test_words_beside(answer: str, reference: str, status: str) -> None:
    assert Math()(answer, reference).status == status


@pytest.mark.parametrize(
    ("answer", "reference", "status"),
    [
        pytest.param(
            r"\begin{vmatrix}1&2\\3&4\end{vmatrix}",
            r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
            "wrong",
            id="not the matrix",
        ),
        pytest.param(r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", "-2", "correct", id="its value"),
        pytest.param("-2", r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", "correct", id="in reference"),
        pytest.param(r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", "2", "wrong", id="other value"),
        pytest.param(r"\begin{vmatrix}1&2\end{vmatrix}", "2", "unreadable_answer", id="no square"),
    ],
)
def test_a_determinant_is_a_number(answer: str, reference: str, status: str) -> None:
    assert Math()(answer, reference).status == status


@given(st.lists(st.sampled_from(CHANGING), min_size=1, max_size=3), st.sampled_from(CHANGING))
def test_changing_words_alone_are_no_noun(words: list[str], last: str) -> None:
    assert not counts(last)
    assert not follows([*words, last])


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_are_looked_at(before: str, after: str) -> None:
    twice = [
        (untouched(before, after), spoils_box(before, after), place_in_order(before))
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    words = after.lower().split()
    assert all(not (changes(word) and counts(word)) for word in words)
    assert names(words) in (True, False)
