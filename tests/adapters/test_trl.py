"""TRL: its own trainer runs three steps with an exported file, and what it hands over is read."""

import asyncio
import math
import pickle
from pathlib import Path
from typing import Any

import pytest
from stack_rollouts import CASES, PRESET, wanted
from stack_shims import load_unlisted, write_shim
from tiny_runs import write_text_model

from rewardkit import score
from rewardkit.adapters.options import Options
from rewardkit.adapters.trl import TrlAsyncReward, TrlReward
from rewardkit.errors import ConfigError, RolloutError, VerifierError

REWARD: dict[str, Any] = {
    "kind": "weighted",
    "parts": {
        "accuracy": {"weight": 1.0, "kind": "accuracy", "template": "gsm8k", "task": "number"},
        "words": {"weight": 1.0, "kind": "length", "unit": "words", "limit": 4},
    },
}


# TRL's default for an option that transformers has given a new name.
trl_default = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")


def says(*answers: object) -> list[str]:
    return [f"A: {answer}" for answer in answers]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text_model(tmp_path_factory.mktemp("model"))


def make_trainer(model: Path, folder: Path, reward: Any, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - TRL's trainer has no types
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import GRPOConfig, GRPOTrainer

    args = GRPOConfig(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        per_device_train_batch_size=4,
        num_generations=4,
        max_completion_length=6,
        max_steps=3,
        logging_steps=1,
        report_to=[],
        save_strategy="no",
    )
    return GRPOTrainer(
        model=str(model),
        reward_funcs=reward,
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(model),
    )


@trl_default
@pytest.mark.slow
@pytest.mark.parametrize("stack", ["trl", "trl-async"])
def test_trainer_runs_three_steps(stack: str, model: Path, tmp_path: Path) -> None:
    (tmp_path / "reward.yaml").write_text(str(REWARD))
    module = load_unlisted(write_shim(tmp_path, stack, str(tmp_path / "reward.yaml")))
    # Every other question can't be judged.
    rows = [{"prompt": f"what is {n}?", "solution": "" if n % 2 else str(n)} for n in range(8)]
    trainer = make_trainer(model, tmp_path / "run", module.reward, rows)
    seen: list[tuple[str, str, float]] = []
    inner = trainer._calculate_rewards

    def watched(inputs: Any, prompts: Any, completions: Any, ids: Any) -> Any:  # noqa: ANN401 - TRL's
        values = inner(inputs, prompts, completions, ids)
        given = zip(completions, inputs, values[:, 0].tolist(), strict=True)
        seen.extend((reply, row["solution"], value) for reply, row, value in given)
        return values

    trainer._calculate_rewards = watched
    trainer.train()
    assert len(seen) == 12
    rollouts = [{"completion": reply, "reference": solution} for reply, solution, _ in seen]
    ours = [one.value for one in score(rollouts, REWARD)]
    theirs = [None if math.isnan(value) else value for _, _, value in seen]
    assert theirs == pytest.approx(ours, abs=1e-6)
    logged = [entry for entry in trainer.state.log_history if "rewards/rewardkit/mean" in entry]
    assert len(logged) == 3
    assert all({"judged", "parts/accuracy", "judged/words"} <= entry.keys() for entry in logged)


@trl_default
def test_its_own_caller_gets_the_rewards_of_rewardkit(model: Path, tmp_path: Path) -> None:
    module = load_unlisted(write_shim(tmp_path, "trl"))
    trainer = make_trainer(model, tmp_path, module.reward, [{"prompt": "?", "solution": "1"}] * 4)
    inputs = [{"prompt": case.prompt, "solution": case.reference} for case in CASES]
    matrix = trainer._calculate_rewards(
        inputs,
        [case.prompt for case in CASES],
        [case.completion for case in CASES],
        [[1]] * len(CASES),
    )
    values = [None if math.isnan(value) else value for value in matrix[:, 0].tolist()]
    assert values == wanted()
    assert trainer.reward_func_names == ["rewardkit"]


def test_columns_are_fields_of_the_rollout() -> None:
    reward = TrlReward({"kind": "accuracy", "template": "gsm8k"}, Options())
    values = reward(
        prompts=["Which?", "2+2?", "2+2?"],
        completions=says("B", 4, 4),
        completion_ids=[[1]] * 3,
        task=["choice", "number", "number"],
        choices=[["cat", "dog"], None, None],
        answer=["B", "4", None],
        id=[1, 2, 3],
    )
    assert values == [1.0, 1.0, None]


def test_a_column_that_is_null_makes_place_for_the_next() -> None:
    reward = TrlReward({"kind": "accuracy", "template": "gsm8k"})
    assert reward(completions=says(4, 5), solution=["4", None], answer=["5", "5"]) == [1.0, 1.0]


def test_columns_may_be_arrays() -> None:
    import numpy as np
    import torch

    reward = TrlReward({"kind": "accuracy", "template": "gsm8k"})
    replies: Any = np.array(says(4, 5))
    assert reward(completions=replies, solution=np.array([4, 4])) == [1.0, 0.0]
    assert reward(completions=says(4, 5), solution=torch.tensor([4, 4])) == [1.0, 0.0]


def test_a_column_of_another_length_is_named() -> None:
    with pytest.raises(RolloutError, match=r"column 'solution': expected 2 values, .* got 1"):
        TrlReward(PRESET)(completions=says(4, 5), solution=["4"])


def test_a_picture_in_place_of_a_list_of_them_is_named() -> None:
    from PIL import Image

    with pytest.raises(RolloutError, match="trl: row 1: field 'images': expected list, got Image"):
        TrlReward(PRESET)(completions=["x"], images=[Image.new("RGB", (2, 2))])


def test_fields_may_stand_elsewhere() -> None:
    reward = TrlReward(
        {"kind": "accuracy", "template": "gsm8k"}, Options(fields={"reference": "gold"})
    )
    assert reward(completions=says(4), gold=[4], solution=["5"]) == [1.0]


def test_parts_and_reasons_are_logged() -> None:
    metrics: dict[str, float] = {}
    extra: dict[str, list[object]] = {}
    TrlReward(PRESET)(
        completions=["<think>x</think><answer>4</answer>", "<think>x</think><answer>4</answer>"],
        solution=["4", ""],
        log_metric=metrics.__setitem__,
        log_extra=extra.__setitem__,
    )
    assert metrics == {
        "judged": 0.5,
        "parts/accuracy": 0.5,
        "judged/accuracy": 0.5,
        "parts/format": 1.0,
        "judged/format": 1.0,
    }
    assert len(extra["reason"]) == 2


def test_an_empty_batch_is_empty() -> None:
    assert TrlReward(PRESET)(prompts=[], completions=[], log_metric=print, log_extra=print) == []
    assert asyncio.run(TrlAsyncReward(PRESET)(completions=[])) == []


def test_images_in_messages_are_no_text() -> None:
    chat = [{"role": "user", "content": [{"type": "image", "image": object()}]}]
    reward = TrlReward({"kind": "constant", "value": 2})
    assert reward(prompts=[chat], completions=["x"], image=[None]) == [2.0]


GROUP = {"kind": "group", "reward": {"kind": "accuracy", "template": "gsm8k"}, "statistic": "mean"}


def test_rewards_that_compare_get_whole_groups() -> None:
    reward = TrlReward(GROUP, Options(group_size=2))
    prompts, solution = ["a", "a", "b", "b"], ["1"] * 4
    values = reward(prompts=prompts, completions=says(1, 2, 1, 1), solution=solution)
    assert values == [0.5, 0.5, 1.0, 1.0]


def test_torn_groups_are_refused() -> None:
    reward = TrlReward(GROUP, Options(group_size=2))
    with pytest.raises(VerifierError, match=r"trl: expected whole groups of 2 rollouts .* got 1"):
        reward(prompts=["a", "a", "b"], completions=says(1, 1, 1), solution=["1"] * 3)


def test_images_ask_for_a_group_column() -> None:
    reward = TrlReward(GROUP, Options(group_size=2))
    columns: dict[str, Any] = {"prompts": ["a"] * 2, "images": [["a.png"], ["b.png"]]}
    with pytest.raises(VerifierError, match="expected a column 'group' beside images"):
        reward(completions=says(1, 1), solution=["1"] * 2, **columns)
    values = reward(completions=says(1, 1), solution=["1"] * 2, group=[7, 7], **columns)
    assert values == [1.0, 1.0]


def test_rewards_that_compare_need_the_group_size() -> None:
    with pytest.raises(ConfigError, match="trl: group_size: expected the number of rollouts"):
        TrlReward(GROUP)


def test_a_column_of_the_wrong_type_is_named() -> None:
    with pytest.raises(RolloutError, match="trl: row 1: field 'choices': expected list, got"):
        TrlReward(PRESET)(completions=["x"], choices=["A or B"])


@pytest.mark.parametrize("cls", [TrlReward, TrlAsyncReward])
def test_it_pickles(cls: type[TrlReward]) -> None:
    assert pickle.loads(pickle.dumps(cls(PRESET))).__name__ == "rewardkit"
