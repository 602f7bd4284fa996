"""What holds for every reply: slow, independent readings agree, and work grows with length."""

import re
import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.templates import TEMPLATES, Parsed, Template, load_template

LOOSE = [
    load_template({"base": name, "ignore_case": True, "spaces_in_tags": True, "nested": True})
    for name in ("think-answer", "pebr")
]
ALL = [*TEMPLATES.values(), *LOOSE]

_PIECES = [
    *("<think>", "</think>", "<answer>", "</answer>", "<THINK>", "< think >", "<CONCLUSION>"),
    *("### Step 1:", "### The final answer is:", "\n### Rationales:", "### Image Description:"),
    *(r"\boxed{", r"\fbox{", "{", "}", r"\{", "\\", "####", "\nA:", "A: 7", "The answer is "),
    *(
        "7",
        "5",
        " ",
        "\n",
        ".",
        "x",
        "\u200b",
        "\u0130",
        "\0",
        "\ud800",
        "<<3+4=7>>",
        "so, the answer is",
    ),
]
replies = st.one_of(
    st.text(st.characters(codec=None)),
    st.lists(st.sampled_from(_PIECES), max_size=25).map("".join),
)


def _check_spans(reply: str, parsed: Parsed) -> None:
    for section in parsed.sections:
        assert section.text == reply[section.start : section.end]
    for fault in parsed.faults:
        assert 0 <= fault.start <= fault.end <= len(reply)
    assert len(parsed.faults) == min(parsed.fault_count, 20)
    assert {fault.section for fault in parsed.faults} <= parsed.flawed
    answer = parsed.answer
    if answer.found:
        assert answer.text == reply[answer.start : answer.end] == answer.text.strip() != ""
    else:
        assert answer.text == "" and answer.reason


@pytest.mark.parametrize("template", ALL, ids=lambda t: str(t.name))
@given(reply=replies, truncated=st.booleans())
def test_any_text_is_read_and_twice_the_same(
    template: Template, reply: str, truncated: bool
) -> None:
    parsed = template.parse(reply, truncated)
    assert parsed == template.parse(reply, truncated)
    _check_spans(reply, parsed)
    assert not (truncated and parsed.well_formed)
    # A well-formed reply has an answer, whatever the template.
    assert parsed.answer.found or not parsed.well_formed


_STRICT = re.compile(
    r"\s*<think>((?:(?!</?(?:think|answer)>).)*)</think>\s*"
    r"<answer>((?:(?!</?(?:think|answer)>).)*)</answer>\s*",
    re.DOTALL,
)
tagged = st.lists(
    st.sampled_from(["<think>", "</think>", "<answer>", "</answer>", "7", "5", " ", "\n"]),
    max_size=12,
).map("".join)
whole = st.tuples(tagged, tagged).map(lambda t: f"<think>{t[0]}</think><answer>{t[1]}</answer>")


@given(reply=st.one_of(tagged, whole))
def test_think_answer_agrees_with_a_regular_expression(reply: str) -> None:
    match = _STRICT.fullmatch(reply)
    expected = match is not None and bool(match[1].strip()) and bool(match[2].strip())
    parsed = load_template("think-answer").parse(reply)
    assert parsed.well_formed is expected
    if expected and match is not None:
        assert parsed.answer.text == match[2].strip()


def _slow_box(reply: str) -> str | None:
    """The last complete, visible, outermost box, by trying every one from its own opening brace."""
    boxes: list[tuple[int, int]] = []
    for opener in re.finditer(r"\\boxed\{", reply):
        depth = 1
        for place in range(opener.end(), len(reply)):
            depth += {"{": 1, "}": -1}.get(reply[place], 0)
            if depth == 0:
                if reply[opener.end() : place].strip():
                    boxes.append((opener.end(), place))
                break
    if not boxes:
        return None
    start, end = max(boxes, key=lambda box: box[1])
    return reply[start:end].strip()


@given(
    reply=st.lists(st.sampled_from([r"\boxed{", "{", "}", "7", " ", r"\frac"]), max_size=20).map(
        "".join
    )
)
def test_boxed_agrees_with_a_slow_search(reply: str) -> None:
    answer = load_template("boxed").parse(reply).answer
    assert (answer.text if answer.found else None) == _slow_box(reply)


HOSTILE = [
    *(
        "(",
        "<",
        "</",
        "<think>",
        "</think>",
        "<answer>x</answer>",
        "<think></think>",
        "{",
        "}",
        "\\",
    ),
    *(r"\boxed{", r"\boxed{7}", "A: ", "\nA: ", "####", "The answer is ", "the answer is 5? "),
    *(
        "### ",
        "\n### Rationales:",
        "### Step 1:",
        ". ",
        "\u0301",
        "\0",
        "\ud800",
        "<<",
        "< ",
        "9",
        "\n",
    ),
]


def _work(template: Template, reply: str) -> int:
    """How many calls, of Python functions and of built-in ones, reading a reply takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        template.parse(reply)
    finally:
        sys.setprofile(previous)
    return calls


@pytest.mark.parametrize("template", ALL, ids=lambda t: str(t.name))
def test_work_on_hostile_text_is_at_most_linear(template: Template) -> None:
    for piece in HOSTILE:
        short = _work(template, piece * 500)
        assert _work(template, piece * 1000) <= 2 * short + 50, piece


@pytest.mark.parametrize("template", ALL, ids=lambda t: str(t.name))
def test_hostile_text_leaves_little_behind(template: Template) -> None:
    for piece in HOSTILE:
        parsed = template.parse(piece * 20_000)
        assert len(parsed.faults) <= 20 <= max(20, parsed.fault_count)
        assert len(parsed.sections) <= 4096


def test_reply_with_too_many_markers_is_not_read_further() -> None:
    parsed = load_template("think-answer").parse("<answer>7</answer>" * 10_000)
    assert parsed.answer.status == "unreadable_answer"
    assert "crowded" in {fault.kind for fault in parsed.faults}
