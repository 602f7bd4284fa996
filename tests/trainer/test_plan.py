"""What is found before any work: data, model and options that don't fit together."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")
pytest.importorskip("sklearn")

from tiny_runs import EVALUATE, GRPO, WARMUP, write_questions, write_world

from rewardkit.errors import ConfigError
from rewardkit.trainer.plan import make_plan
from rewardkit.trainer.reading import load_recipe

pytestmark = pytest.mark.filterwarnings("ignore")  # of transformers, TRL and what they import


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return write_world(tmp_path_factory.mktemp("world"), images=False)


def plan_with(world: dict[str, Any], stage: dict[str, Any], **changed: Any) -> None:  # noqa: ANN401
    make_plan(load_recipe(world | {"stages": {"one": stage}} | changed))


def test_images_need_a_model_that_sees(world: dict[str, Any], tmp_path: Path) -> None:
    data = {"train": [str(write_questions(tmp_path, 6, images=True))], "held_out": 0.3}
    with pytest.raises(ConfigError, match=r"data\.train: expected text alone"):
        plan_with(world, EVALUATE, data=data)


def test_mixed_modalities_are_refused(world: dict[str, Any], tmp_path: Path) -> None:
    files = [write_questions(tmp_path, 6, True), write_questions(tmp_path, 6, False, "rl")]
    with pytest.raises(ConfigError, match="expected images in every row or in none"):
        plan_with(world, EVALUATE, data={"train": list(map(str, files)), "held_out": 0.3})


def test_rewards_of_groups_need_whole_groups_on_a_process(world: dict[str, Any]) -> None:
    reward = {"kind": "group", "reward": {"kind": "constant", "value": 1.0}}
    options = GRPO["options"] | {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2}
    options |= {"steps_per_generation": 1, "generation_batch_size": None, "num_generations": 2}
    plan_with(world, GRPO | {"reward": reward, "options": options})
    options |= {"per_device_train_batch_size": 3, "num_generations": 2}
    with pytest.raises(ConfigError, match=r"stages\.one\.options: "):
        plan_with(world, GRPO | {"reward": reward, "options": options})


def test_watching_needs_held_out_questions(world: dict[str, Any]) -> None:
    data = world["data"] | {"held_out": 0.0}
    with pytest.raises(ConfigError, match=r"stages\.one: expected held-out questions, got none"):
        plan_with(world, GRPO | {"watch_every": 2}, data=data)


def test_reward_whose_model_is_missing(world: dict[str, Any]) -> None:
    encoder = {"kind": "fg-clip", "model": "/nowhere"}
    reward = {"kind": "clip-score", "form": "cosine", "encoder": encoder, "saturate_at": 0.3}
    with pytest.raises(ConfigError, match=r"stages\.one\.reward: .*nowhere"):
        plan_with(world, GRPO | {"reward": reward})


def test_own_data_of_a_warm_up_is_read(world: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl: expected a file"):
        plan_with(world, WARMUP | {"data": ["nowhere.jsonl"]})
