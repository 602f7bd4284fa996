"""Jigsaw: accuracy, form and steps; the released formula is in test_geometry_presets.py."""

import pickle

import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards import Jigsaw
from rewardkit.rewards.jigsaw import count_code_blocks
from rewardkit.types import Reference, Rollout, Score

GOOD = "<think>Swap.</think><answer>[1, 0]</answer>"


def score(reply: str, reference: Reference, steps: object = 0, **options: object) -> Score:
    reward = Jigsaw(**options)  # type: ignore[arg-type]  # options of the test
    return reward([Rollout(completion=reply, reference=reference, extra={"steps": steps})])[0]


def test_parts_say_what_was_paid() -> None:
    got = score(GOOD, [1, 0], 2)

    assert got.value == pytest.approx(0.9)
    assert {name: part.value for name, part in got.parts.items()} == {
        "accuracy": 1.0,
        "format": 1.0,
        "steps": -0.1,
    }
    assert got.parts["steps"].reason == "2 steps"
    assert score(GOOD, [0, 1], 2).parts["steps"].reason == "not solved: 5 steps"


def test_two_answers_are_none() -> None:
    got = score(f"{GOOD}<answer>[0, 1]</answer>", [1, 0])

    assert got.parts["accuracy"].value == 0.0
    assert got.parts["accuracy"].reason.startswith("ambiguous_answer: ")


def test_a_reply_that_was_cut_has_no_form() -> None:
    rollout = Rollout(completion=GOOD, reference=[1, 0], truncated=True)

    assert Jigsaw()([rollout])[0].parts["format"].value == 0.0


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize("steps", [0, 1, 5, 6, 1000])
def test_solving_is_always_worth_more_than_not(steps: int) -> None:
    solved, unsolved = score(GOOD, [1, 0], steps), score(GOOD, [0, 1], 0)

    assert solved.value is not None
    assert unsolved.value is not None
    assert solved.value >= unsolved.value + 0.8 - 1e-9


@pytest.mark.parametrize("reference", [None, [], "words", {"a": 1}, 7])
def test_an_unreadable_reference_is_not_judged(reference: Reference) -> None:
    assert score(GOOD, reference).value is None
    assert score("", reference).value is None


def test_an_answer_that_cannot_be_read_has_no_form() -> None:
    got = score("<think>x</think><answer>left, right</answer>", [1, 0])

    assert got.parts["format"].value == 0.0
    assert got.value == pytest.approx(-0.25)


def test_another_field_may_hold_the_steps() -> None:
    rollout = Rollout(completion=GOOD, reference=[1, 0], extra={"turns": 4, "steps": "no number"})

    assert Jigsaw(steps_field="turns")([rollout])[0].value == pytest.approx(0.8)
    assert Jigsaw()([rollout])[0].reason == (
        "steps: expected a whole number of 0 to 999999999, got str"
    )
    unread = Jigsaw()([rollout])[0].parts["steps"]
    assert (unread.value, unread.reason) == (None, Jigsaw()([rollout])[0].reason)
    assert Jigsaw(steps_field="none")([rollout])[0].value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("<code></code>", 1),
        ("<code><code></code></code>", 1),
        ("</code><code>", 0),
        ("<code>" * 100_000, 0),
        ("<code></code>" * 100_000, 100_000),
        ("</code>" * 100_000, 0),
    ],
    ids=short,
)
def test_counts_code_blocks(text: str, count: int) -> None:
    assert count_code_blocks(text) == count


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"accuracy_weight": -1}, "jigsaw.accuracy_weight: expected a number in 0..1e6, got -1"),
        ({"step_cost": float("nan")}, "jigsaw.step_cost: expected a finite number, got nan"),
        ({"max_steps": -1}, "jigsaw.max_steps: expected 0 to 10000, got -1"),
        ({"max_steps": 2.5}, "jigsaw.max_steps: expected a whole number, got float 2.5"),
        ({"template": "no such"}, "template: expected one of"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Jigsaw(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = Jigsaw(step_cost=0.1, steps_field="turns")
    assert pickle.loads(pickle.dumps(reward)) == reward


def test_a_huge_number_is_no_number_of_steps() -> None:
    assert score(GOOD, [1, 0], 10**9 - 1).value == pytest.approx(0.75)
    assert score(GOOD, [1, 0], 10**5000).value is None
    assert score(GOOD, [1, 0], -(10**5000)).value is None
