"""What holds for every verifier but the math one, whatever the reply."""

import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference
from rewardkit.verifiers import (
    VERIFIERS,
    BoxMatch,
    Choice,
    JigsawMatch,
    Label,
    Labels,
    Number,
    PointMatch,
    Text,
    Verifier,
    default_verifier,
    verify,
)

RIGHT: dict[str, tuple[Verifier, Reference, str]] = {
    "number": (Number(), "72", "72"),
    "number, near": (Number(absolute_tolerance=0.5, relative_tolerance=0.1), 72, "72.4"),
    "choice": (Choice(), "B", "B"),
    "label": (Label(), "dog", "a dog"),
    "label, lax": (Label(synonyms={"dog": ["hound"]}, in_sentence=True), "dog", "It is a hound"),
    "labels": (Labels(synonyms={"a": ["x"]}), ["a", "b"], "b, x"),
    "boxes": (BoxMatch(), [[1, 2, 30, 40]], "[[1, 2, 30, 41]]"),
    "points": (PointMatch(), [[1, 2]], "[[1, 3]]"),
    "jigsaw": (JigsawMatch(), [1, 0], "[1, 0]"),
    "text": (Text(), "abc", "ABC"),
    "text, exact": (Text(mode="exact"), "abc", "abc"),
    "text, near": (Text(mode="similarity"), "abc" * 9, "abc" * 9),
}
CHOICES = ("cat", "dog", "bird")

PIECES = (
    "( [ { ) ] } $ * ** _ ` ~ ! ? . , ; : / | & ^ % \\ = + - # < > @ ' \" 1 9, 1,000 1. 1/ 1e9 ^{9 "
    "\\frac \\frac{ \\frac{1} \\text{ \\( \\, \\! {,} ^\\circ <think> A B) (B 'A- a, a- or not "
    "answer million per cm cm^2 it's I 选B 答案是"
).split()
ODD = (
    "\x00", "\ud800", "\u200b", "\u202e", "\u0301\u0323", "\u2009", "\u2009" + "1", "\ufdfa", "½",
    "²", "\U0001d7d5", "\uff21", "the answer is B ", "dog, ", "- dog\n", "1 or ", "\n", "\u3000",
)  # fmt: skip


@pytest.mark.parametrize(("verifier", "reference", "answer"), RIGHT.values(), ids=RIGHT.keys())
def test_right_answer_is_correct(verifier: Verifier, reference: Reference, answer: str) -> None:
    verdict = verifier(answer, reference, CHOICES)

    assert verdict.status == "correct", verdict
    assert verdict.rule and verdict.reason and verdict.answer and verdict.reference


@pytest.mark.parametrize(("verifier", "reference", "answer"), RIGHT.values(), ids=RIGHT.keys())
@given(text=st.text())
def test_any_text_gives_one_verdict_that_can_be_written(
    verifier: Verifier, reference: Reference, answer: str, text: str
) -> None:
    for hostile in (text, text + answer, answer + text):
        verdict = verifier(hostile, reference, CHOICES)

        assert verdict.value in (0.0, 1.0)
        assert verdict == verifier(hostile, reference, CHOICES)
        assert msgspec.json.decode(msgspec.json.encode(verdict), type=type(verdict)) == verdict
    assert verifier("", text, CHOICES).value in (0.0, None)
    assert verifier(text, text, CHOICES).value in (0.0, 1.0, None)


@pytest.mark.parametrize(("verifier", "reference", "answer"), RIGHT.values(), ids=RIGHT.keys())
@pytest.mark.parametrize("size", [1_000, 4_000, 1_000_000])
def test_rubbish_of_any_size_is_a_verdict(
    verifier: Verifier, reference: Reference, answer: str, size: int
) -> None:
    for piece in (*PIECES, *ODD):
        text = piece * (size // len(piece))

        for rubbish in (text, f"{answer} {text}"[:size]):
            verdict = verifier(rubbish, reference, CHOICES)
            msgspec.json.encode(verdict)
            assert verdict.value in (0.0, 1.0)
            assert len(verdict.reason) < 500


@pytest.mark.parametrize("task", sorted(set(VERIFIERS) - {"math"}))
def test_megabyte_is_too_hard_and_no_reference(task: str) -> None:
    """What is over the limit is refused by its length, so that time cannot grow with it."""
    megabyte = "x" * 1_000_000
    right: Reference = RIGHT[task][1]

    assert verify(megabyte, right, task).status == "answer_too_hard"
    assert verify("7", megabyte, task).status == "unreadable_reference"


def test_table_has_every_task_and_its_kind() -> None:
    assert sorted(VERIFIERS) == [
        *("boxes", "choice", "jigsaw", "label", "labels", "math", "number", "points", "text")
    ]
    for task, verifier in VERIFIERS.items():
        assert verifier.__struct_config__.tag == task
        assert verifier.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize(
    "verifier",
    [
        *(Number(absolute_tolerance=0.1), Choice(index_from=0), Label(), Labels(), Text()),
        *(BoxMatch(frame=(640, 480)), PointMatch(frame=(640, 480)), JigsawMatch()),
    ],
)
def test_verifier_is_a_value_that_round_trips(verifier: msgspec.Struct) -> None:
    assert msgspec.convert(msgspec.to_builtins(verifier), type(verifier)) == verifier


def test_unknown_task_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="got 'numbers', did you mean 'number'"):
        verify("1", "1", "numbers")
    with pytest.raises(ConfigError, match="expected one of boxes, choice, jigsaw, label"):
        default_verifier("x" * 1000)


def test_verifier_with_options_stands_for_a_task() -> None:
    assert not verify("72.4", 72, "number").correct
    assert verify("72.4", 72, Number(absolute_tolerance=0.5)).correct


def test_importing_verifiers_imports_nothing_heavy() -> None:
    heavy = "{'sympy', 'math_verify', 'numpy', 'scipy', 'rapidfuzz', 'torch'}"
    code = f"import rewardkit.verifiers, sys; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
