"""reasoning-gym: a data set scored by a reward, and rollouts scored by its own verifiers."""

from pathlib import Path

import pytest
import reasoning_gym
from stack_rollouts import CASES, filled, wanted
from stack_shims import UNJUDGED, load_unlisted, write_shim

from rewardkit import Rollout
from rewardkit.errors import VerifierError
from rewardkit.rewards import Custom


def test_rewards_are_those_of_rewardkit(tmp_path: Path) -> None:
    dataset = reasoning_gym.create_dataset("chain_sum", size=2, seed=1)
    dataset.score_answer = load_unlisted(write_shim(tmp_path, "reasoning-gym")).score_answer
    entries = [{"question": case.prompt, "answer": case.reference} for case in CASES]
    pairs = zip(CASES, entries, strict=True)
    values = [dataset.score_answer(answer=case.completion, entry=entry) for case, entry in pairs]
    assert values == filled(wanted(), UNJUDGED)


def test_its_entries_are_rollouts(tmp_path: Path) -> None:
    dataset = reasoning_gym.create_dataset("chain_sum", size=5, seed=1)
    score_answer = load_unlisted(write_shim(tmp_path, "reasoning-gym")).score_answer
    for entry in dataset:
        reply = f"<think>x</think><answer>{entry['answer']}</answer>"
        assert score_answer(reply, entry) == 2.0
        assert score_answer(None, entry) == 0.0


def test_a_reward_that_fails_stops(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    shim = load_unlisted(write_shim(tmp_path, "reasoning-gym", f"{tmp_path}/broken.py:fails"))
    with pytest.raises(VerifierError, match="the reward failed on 1 of 1 rollouts"):
        shim.score_answer("x", {"question": "?", "answer": "1"})


@pytest.mark.parametrize("name", ["chain_sum", "leg_counting", "simple_equations", "word_ladder"])
def test_its_own_verifiers_score_rollouts(name: str) -> None:
    dataset = reasoning_gym.create_dataset(name, size=5, seed=2)
    reward = Custom("rewardkit.adapters.reasoning_gym:score_answers")
    replies = [f"<answer>{entry['answer']}</answer>" for entry in dataset] + ["nothing"]
    entries = [*dataset, dataset[0]]
    rollouts = [
        Rollout(
            completion=reply,
            prompt=entry["question"],
            reference=entry["answer"],
            extra={"metadata": entry["metadata"]},
        )
        for reply, entry in zip(replies, entries, strict=True)
    ]
    assert [one.value for one in reward(rollouts)] == [1.0] * 5 + [0.0]


def test_rollouts_that_name_no_data_set_are_not_judged() -> None:
    reward = Custom("rewardkit.adapters.reasoning_gym:score_answers")
    assert [one.value for one in reward([Rollout(completion="<answer>1</answer>")])] == [None]
