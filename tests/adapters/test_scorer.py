"""What all adapters share: rows in, checked numbers out, nothing that is chosen in silence."""

import asyncio
import logging
import math
import pickle
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Rollout, Score
from rewardkit.adapters.figures import figures, part_names
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.rows import plain, read_row, unpacked
from rewardkit.adapters.scorer import Scorer
from rewardkit.errors import ConfigError, RolloutError, VerifierError
from rewardkit.rewards import Reward, load_reward

SAYS = Stack(name="says", adapter="", variable="", configuration="", says_unjudged=True)
DUMB = Stack(name="dumb", adapter="", variable="", configuration="", one_label=True)
ACCURACY = {"kind": "accuracy", "template": "gsm8k"}
RIGHT, UNREADABLE = {"completion": "A: 4", "reference": "4"}, {"completion": "A: 4"}


def fails(rollouts: Sequence[Rollout]) -> list[Score]:
    return [Score(1 / len(rollout.text)) for rollout in rollouts]


def huge(rollouts: Sequence[Rollout]) -> list[Score]:
    return [Score(1e39) for _ in rollouts]


def short(rollouts: Sequence[Rollout]) -> list[Score]:
    return [Score(1.0)] * (len(rollouts) - 1)


# stack, options, what a rollout that is not judged is paid
UNJUDGED = [
    (SAYS, Options(), None),
    (SAYS, Options(unjudged=0.5), 0.5),
    (DUMB, Options(unjudged=0), 0.0),
    (DUMB, Options(unjudged=-1.0), -1.0),
]


@pytest.mark.parametrize(("stack", "options", "value"), UNJUDGED)
def test_unjudged_is_what_was_chosen(stack: Stack, options: Options, value: float | None) -> None:
    right, unjudged = Scorer(stack, ACCURACY, options).score([RIGHT, UNREADABLE])
    assert (right.value, right.judged) == (1.0, True)
    assert (unjudged.value, unjudged.judged) == (value, False)
    assert value is None or type(unjudged.value) is float


def test_unjudged_may_stop() -> None:
    scorer = Scorer(SAYS, ACCURACY, Options(unjudged="stop"))
    with pytest.raises(VerifierError, match="says: a rollout is not judged: unreadable_reference"):
        scorer.score([RIGHT, UNREADABLE])


def test_unjudged_is_never_chosen_for_the_caller() -> None:
    with pytest.raises(ConfigError, match="dumb: unjudged: expected a number or 'stop', as dumb"):
        Scorer(DUMB, ACCURACY, Options())


def test_the_first_unjudged_rollout_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    scorer = Scorer(DUMB, ACCURACY, Options(unjudged=0.0))
    with caplog.at_level(logging.WARNING):
        scorer.score([UNREADABLE, UNREADABLE])
        scorer.score([UNREADABLE])
    assert len(caplog.messages) == 1
    assert "not judged, paid as 0.0: unreadable_reference" in caplog.messages[0]


def test_a_reward_that_fails_stops() -> None:
    with pytest.raises(VerifierError, match=r"^says: the reward failed on 1 of 2 rollouts, first"):
        Scorer(SAYS, fails, Options()).score([RIGHT, {"completion": ""}])


def test_a_reward_that_fails_may_be_excluded() -> None:
    scorer = Scorer(SAYS, fails, Options(on_error="exclude"))
    assert [one.value for one in scorer.score([{"completion": ""}, RIGHT])] == [None, 0.25]


@pytest.mark.parametrize("reward", [huge, short])
def test_no_stack_gets_nonsense(reward: Reward) -> None:
    with pytest.raises(VerifierError):
        Scorer(SAYS, reward, Options()).score([RIGHT, RIGHT])


def test_an_empty_batch_is_empty() -> None:
    assert Scorer(SAYS, fails, Options()).score([]) == []


def test_packed_labels_hold_fields() -> None:
    scorer = Scorer(DUMB, ACCURACY, Options(unjudged=0.0, packed=True))
    label = '{"reference": "B", "task": "choice", "choices": ["cat", "dog"], "completion": "A: B"}'
    assert scorer.score_one({"completion": "A: B", "reference": label}).value == 1.0
    assert scorer.score_one({"completion": "A: A", "reference": label}).value == 0.0


@pytest.mark.parametrize("label", ["4", "not JSON", "[1]", "{}", None, 4, "[" * 10_000])
def test_labels_that_are_not_packed_are_named(label: object) -> None:
    with pytest.raises(RolloutError, match=r"^row 1: label: expected"):
        unpacked(label, "row 1")


REFUSED = [
    (DUMB, Options(unjudged=0.0, group_size=4), "dumb: group_size"),
    (SAYS, Options(packed=True), "says: packed"),
]


@pytest.mark.parametrize(("stack", "options", "message"), REFUSED)
def test_options_without_a_use_are_refused(stack: Stack, options: Options, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Scorer(stack, ACCURACY, options)


@pytest.mark.parametrize("value", ["zero", True, math.nan, math.inf, 1e39, [0]])
def test_unjudged_is_a_number_that_stacks_can_keep(value: object) -> None:
    with pytest.raises(ConfigError, match="unjudged: expected a finite number"):
        Options(unjudged=value)  # type: ignore[arg-type]  # what types refuse


WRONG: list[dict[str, Any]] = [
    {"on_error": "ignore"},
    {"group_size": 0},
    {"fields": {"refrence": "gold"}},
]


@pytest.mark.parametrize("options", WRONG)
def test_wrong_options_are_one_line(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^(on_error|group_size|fields): expected [^\n]*$"):
        Options(**options)


def test_rewards_that_compare_are_refused_one_by_one() -> None:
    group = {"kind": "scale", "reward": {"kind": "group", "reward": ACCURACY}, "factor": 2}
    with pytest.raises(ConfigError, match=r"says: .* as says hands over no whole groups"):
        Scorer(SAYS, group, Options())


def test_arrays_are_lists_and_halves_of_characters_are_replaced() -> None:
    import numpy as np

    row = {
        "completion": "A: \ud800 4",
        "prompt": "\udcff",
        "choices": np.array(["a", "b"], dtype=object),
        "id": np.int64(7),
        "other": {"x": np.float32(0.5), "y": np.array([[1, 2]])},
        "images": [{"bytes": b"\x89PNG", "path": None}],
    }
    rollout = read_row(row, {}, "row 1")
    assert (rollout.completion, rollout.prompt, rollout.id) == ("A: \ufffd 4", "\ufffd", "7")
    assert (rollout.choices, rollout.extra) == (["a", "b"], {"other": {"x": 0.5, "y": [[1, 2]]}})
    assert rollout.images == [{"bytes": b"\x89PNG", "path": None}]
    assert plain(np.array(3)) == 3


@pytest.mark.parametrize("chat", [[], [{"role": "tool", "content": "x"}], ["x"]])
def test_a_conversation_without_a_reply_is_an_empty_one(chat: list[Any]) -> None:
    assert read_row({"completion": chat}, {}, "row 1").text == ""


def test_objects_go_through_untouched() -> None:
    image = object()
    assert read_row({"completion": "", "images": [image]}, {}, "row 1").images == [image]


PARTS: dict[str, Any] = {
    "kind": "weighted",
    "unjudged": "skip",
    "parts": {
        "accuracy": {"weight": 1.0, **ACCURACY},
        "words": {"weight": 1.0, "kind": "length", "unit": "words", "limit": 4},
    },
}


def test_figures_have_the_same_keys_for_every_rollout() -> None:
    scorer = Scorer(SAYS, PARTS, Options())
    rows = [figures(scorer.reward, one) for one in scorer.score([RIGHT, UNREADABLE])]
    assert list(rows[0]) == list(rows[1])
    assert all(type(value) is float for row in rows for value in row.values())
    assert [row["judged/accuracy"] for row in rows] == [1.0, 0.0]
    assert [row["parts/accuracy"] for row in rows] == [1.0, 0.0]


def test_rewards_without_fixed_parts_have_one_figure() -> None:
    assert part_names(load_reward(ACCURACY)) == ()
    assert part_names(fails) == ()


def test_it_pickles_and_scores_off_the_main_thread() -> None:
    scorer: Scorer = pickle.loads(pickle.dumps(Scorer(SAYS, ACCURACY, Options())))
    values: list[float | None] = []
    hostile = {"completion": "A: 9^{9^{9}}", "reference": "4"}
    thread = threading.Thread(target=lambda: values.append(scorer.score_one(hostile).value))
    thread.start()
    thread.join()
    assert values == [0.0]
    assert asyncio.run(scorer.score_async([RIGHT]))[0].value == 1.0


def test_many_threads_at_once_get_their_own_rows(tmp_path: Path) -> None:
    scorer = Scorer(SAYS, ACCURACY, Options())

    async def every() -> list[float | None]:
        rows = [{"completion": f"A: {n}", "reference": str(n - n % 2)} for n in range(40)]
        results = await asyncio.gather(*(scorer.score_async([row]) for row in rows))
        return [result[0].value for result in results]

    assert asyncio.run(every()) == [1.0, 0.0] * 20
