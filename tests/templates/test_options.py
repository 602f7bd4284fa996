"""Each laxness of a template relaxes its own rule and nothing else."""

import msgspec
import pytest

from rewardkit.errors import ConfigError
from rewardkit.templates import TEMPLATES, Parsed, SectionRule, Template, load_template

LAX = {
    "ignore_case": "<THINK>x</think><answer>7</Answer>",
    "spaces_in_tags": "< think >x</ think ><answer>7< / answer>",
    "text_outside": "Well, <think>x</think> so <answer>7</answer> it is",
    "empty_sections": "<think> </think><answer>7</answer>",
    "any_order": "<answer>7</answer><think>x</think>",
    "repeated": "<think>x</think><answer>5</answer><answer>7</answer>",
    "nested": "<think>an <answer> goes here</think><answer>7</answer>",
    "unclosed_end": "<think>x</think><answer>7",
    "opened_in_prompt": "x</think><answer>7</answer>",
}


def _with(**options: object) -> Template:
    return load_template({"base": "think-answer", **options})


def test_every_boolean_option_has_a_row() -> None:
    flags = {name for name, kind in Template.__annotations__.items() if kind is bool}
    assert flags == set(LAX)
    assert not any(getattr(t, flag) for t in TEMPLATES.values() for flag in flags)


@pytest.mark.parametrize("option", LAX)
def test_option_accepts_its_own_reply(option: str) -> None:
    parsed = _with(**{option: True}).parse(LAX[option])
    assert (parsed.answer.text, parsed.faults) == ("7", ())
    assert not load_template("think-answer").parse(LAX[option]).well_formed


@pytest.mark.parametrize("option", LAX)
def test_option_does_not_accept_the_replies_of_the_others(option: str) -> None:
    template = _with(**{option: True})
    for other, reply in LAX.items():
        if other != option:
            assert not template.parse(reply).well_formed, other


def test_empty_sections_never_covers_the_answer() -> None:
    parsed = _with(empty_sections=True).parse("<think></think><answer></answer>")
    assert [fault.kind for fault in parsed.faults] == ["empty"]
    assert parsed.answer.status == "no_answer"


def test_unclosed_end_does_not_complete_a_truncated_reply() -> None:
    parsed = _with(unclosed_end=True).parse("<think>x</think><answer>7", truncated=True)
    assert {fault.kind for fault in parsed.faults} == {"unclosed", "truncated"}
    assert parsed.answer.status == "no_answer"


def test_opened_in_prompt_also_takes_a_reply_that_repeats_the_marker() -> None:
    parsed = _with(opened_in_prompt=True).parse("\n<think>x</think><answer>7</answer>")
    assert parsed.well_formed
    section = parsed.section("think")
    assert section is not None and section.text == "x"


def test_repeated_and_any_order_together_take_the_last_answer() -> None:
    reply = "<answer>5</answer><think>x</think><answer>7</answer><think>y</think>"
    parsed = _with(repeated=True, any_order=True).parse(reply)
    assert (parsed.answer.text, parsed.faults) == ("7", ())


def test_spaces_in_a_heading() -> None:
    reply = "###Image Description : a\n### Rationales:b\n###  Step 1:c\n###The final answer is : 7"
    assert not load_template("pebr").parse(reply).well_formed
    assert load_template({"base": "pebr", "spaces_in_tags": True}).parse(reply).well_formed


def test_rest_takes_what_follows_the_last_marker() -> None:
    template = load_template({"name": "t", "sections": ["think", {"name": "answer", "rest": True}]})
    parsed = template.parse("<think>3+4</think>\nseven")
    assert (parsed.answer.text, parsed.faults) == ("seven", ())
    cut = template.parse("<think>3+4</think>\nsev", truncated=True)
    assert cut.answer.status == "no_answer"


def test_optional_section_may_be_left_out_but_not_stand_empty() -> None:
    think = {"name": "think", "optional": True}
    template = load_template({"name": "t", "sections": [think, "answer"]})
    assert template.parse("<answer>7</answer>").well_formed
    parsed = template.parse("<think></think><answer>7</answer>")
    assert [fault.kind for fault in parsed.faults] == ["empty"]


def test_parsed_finds_the_last_section_of_a_name() -> None:
    parsed = load_template("think-answer").parse("<think>a</think><think>b</think>")
    section = parsed.section("think")
    assert section is not None and (section.text, section.start, section.end) == ("b", 23, 24)
    assert parsed.section("answer") is None
    assert isinstance(parsed, Parsed)


BAD: dict[str, tuple[dict[str, object], str]] = {
    "no sections": ({"sections": []}, "sections: expected 1 to 32"),
    "name twice": ({"sections": ["answer", "answer"]}, "expected each name once"),
    "no answer": ({"sections": ["think"]}, "answer: expected one of the sections think"),
    "answer elsewhere": ({"sections": ["answer"], "answer": "reply"}, "got 'reply'"),
    "same marker": (
        {"sections": ["a", {"name": "answer", "open": "<a>", "close": "</b>"}]},
        "expected markers that differ",
    ),
    "same but for case": (
        {
            "sections": ["A", {"name": "answer", "open": "<a>", "close": "</b>"}],
            "ignore_case": True,
        },
        "expected markers that differ",
    ),
    "rest first": (
        {"sections": [{"name": "answer", "rest": True}, "think"]},
        "rest for the last section only",
    ),
    "mixed": (
        {"sections": ["think", {"name": "answer", "heading": "# A"}]},
        "headings for all of them or for none",
    ),
    "half a marker": ({"sections": [{"name": "answer", "open": "["}]}, "both open and close"),
    "two markings": (
        {"sections": [{"name": "answer", "heading": "# A", "rest": True}]},
        "expected one of heading, rest",
    ),
    "one line of a tag": (
        {"sections": [{"name": "answer", "one_line": True}]},
        "expected a section with a heading",
    ),
    "blank around": ({"sections": [{"name": "answer", "heading": "# A "}]}, "without white space"),
    "odd name": ({"sections": ["an<swer"]}, "expected a section's name"),
    "stated without words": ({"sections": ["answer"], "answer_form": "stated"}, "announced:"),
    "words without stated": ({"sections": ["answer"], "announced": ["A:"]}, "announced:"),
    "blank words": (
        {"sections": ["answer"], "answer_form": "stated", "announced": [" "]},
        "announced: expected words",
    ),
    "opened rest": (
        {"sections": [{"name": "answer", "rest": True}], "opened_in_prompt": True},
        "opened_in_prompt:",
    ),
    "unknown form": ({"sections": ["answer"], "answer_form": "box"}, "'box'"),
    "wrong type": ({"sections": ["answer"], "nested": "yes"}, "nested"),
    "section of a number": ({"sections": [3]}, "sections"),
}


@pytest.mark.parametrize("row", BAD)
def test_template_that_contradicts_itself_is_refused(row: str) -> None:
    fields, message = BAD[row]
    with pytest.raises(ConfigError) as caught:
        load_template({"name": "t", **fields})
    text = str(caught.value)
    assert message in text and text.startswith("template: ") and "\n" not in text


def test_template_in_python_is_checked_too() -> None:
    with pytest.raises(ConfigError, match="answer: expected one of"):
        Template(name="t", sections=(SectionRule("think"),))


def test_template_is_a_value() -> None:
    first, second = _with(nested=True), _with(nested=True)
    assert first == second and hash(first) == hash(second) and first != _with()
    assert msgspec.structs.replace(first, nested=False) == _with()


def test_letter_of_another_alphabet_is_no_other_case() -> None:
    # Without a dot: a regular expression takes it for another case of the letter i.
    template = _with(ignore_case=True)
    assert not template.parse("<th\u0131nk>x</th\u0131nk><answer>7</answer>").well_formed


def test_text_may_follow_a_stated_answer() -> None:
    template = load_template({"base": "gsm8k", "text_outside": True})
    assert template.parse("The answer is 7. Bye.").faults == ()
    assert template.parse("Bye.").answer.status == "no_answer"


def test_section_that_the_end_closes_may_still_hold_a_marker() -> None:
    parsed = _with(unclosed_end=True).parse("<think>x</think><answer>7<think>")
    assert [fault.kind for fault in parsed.faults] == ["nested"]
    assert parsed.answer.status == "unreadable_answer"


def test_shorter_marker_that_begins_a_longer_one() -> None:
    sections = [
        {"name": "a", "heading": "# Part"},
        {"name": "answer", "heading": "# Part two"},
    ]
    for spaces in (False, True):
        template = load_template({"name": "t", "sections": sections, "spaces_in_tags": spaces})
        parsed = template.parse("# Part one\n# Part two seven")
        assert [(s.name, s.text) for s in parsed.sections] == [
            ("a", " one\n"),
            ("answer", " seven"),
        ]


def test_what_is_no_template_is_refused() -> None:
    spec: object = 7
    with pytest.raises(ConfigError, match="expected a name, a path or a mapping, got int"):
        load_template(spec)  # type: ignore[arg-type]  # a caller without a type checker
