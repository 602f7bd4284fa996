"""What is found before any work: data, model and options that don't fit together."""

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import EVALUATE, GRPO, WARMUP, write_questions, write_world

from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.errors import ConfigError
from rewardkit.trainer.plan import make_plan
from rewardkit.trainer.reading import load_recipe


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
    data: dict[str, Any] = {"train": list(map(str, files)), "held_out": 0.3}
    model = {"path": str(write_tiny_vlm(tmp_path / "vlm")), "dtype": "float32"}
    with pytest.raises(ConfigError, match=r"stages\.one: expected images in every row or in none"):
        plan_with(world, GRPO, data=data, model=model)
    plan_with(world, GRPO | {"data": data["train"][:1]}, data=data, model=model)
    plan_with(world, EVALUATE, data=data, model=model)  # generation takes one kind at a time


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


def test_missing_images_are_found(world: dict[str, Any], tmp_path: Path) -> None:
    file = write_questions(tmp_path, 6, images=True)
    (tmp_path / "demonstrations-3-0.png").unlink()
    model = {"path": str(write_tiny_vlm(tmp_path / "vlm")), "dtype": "float32"}
    with pytest.raises(ConfigError, match=r"data\.train: question '.*-3': image .*-3-0\.png: expe"):
        plan_with(world, WARMUP, model=model, data={"train": [str(file)], "held_out": 0.0})


def test_own_data_leaves_out_what_is_held_out(world: dict[str, Any]) -> None:
    both = [*world["data"]["train"], *world["data"]["held_out"]]
    recipe = load_recipe(world | {"stages": {"one": WARMUP | {"data": both}}})
    plan = make_plan(recipe)
    assert len(plan.own_rows["one"]) == len(plan.split.train) == 24
    with pytest.raises(
        ConfigError, match=r"stages\.one\.data: expected questions that are not held"
    ):
        plan_with(world, WARMUP | {"data": world["data"]["held_out"]})


def test_filters_that_leave_nothing_are_found(world: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"stages\.one: expected rows to learn from"):
        plan_with(world, WARMUP | {"forbidden": ["THINK"]})
    with pytest.raises(ConfigError, match=r"stages\.one: expected rows to learn from"):
        plan_with(world, WARMUP, template="pebr")


def test_vllm_that_is_not_installed_is_said(world: dict[str, Any]) -> None:
    options = GRPO["options"] | {"use_vllm": True}
    with pytest.raises(ConfigError, match=r"stages\.one: expected vllm installed"):
        plan_with(world, GRPO | {"options": options})


def test_own_data_of_a_warm_up_is_read(world: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl: expected a file"):
        plan_with(world, WARMUP | {"data": ["nowhere.jsonl"]})


def test_fewer_questions_than_a_generation_takes(world: dict[str, Any]) -> None:
    options = GRPO["options"] | {"per_device_train_batch_size": 100}
    with pytest.raises(ConfigError, match=r"stages\.one: expected at least 25 questions.* got 24"):
        plan_with(world, GRPO | {"options": options})
    plan_with(world, GRPO | {"options": options | {"per_device_train_batch_size": 96}})


@pytest.mark.parametrize("which", ["greedy", "sampled"])
def test_vllm_that_is_missing(world: dict[str, Any], which: str) -> None:
    with pytest.raises(ConfigError, match=r"stages\.one: expected vllm installed"):
        plan_with(world, EVALUATE | {which: {"engine": "vllm"}})


def test_own_rows_leave_out_held_out_images_by_any_name(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    fields = write_world(tmp_path)
    text = Path(fields["data"]["held_out"][0]).read_text()
    held = [json.loads(line) for line in text.splitlines()]
    rows = [
        row | {"id": f"o{i}", "group": f"o{i}", "images": [f"../{one}" for one in row["images"]]}
        for i, row in enumerate(held)
    ]
    own = tmp_path / "own" / "rows.jsonl"
    own.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(ConfigError, match=r"stages\.one\.data: expected questions that are not"):
        plan_with(fields, WARMUP | {"data": [str(own)]})
    data = {"train": [str(own)], "held_out": fields["data"]["held_out"]}
    with pytest.raises(ConfigError, match=r"data\.held_out: expected groups that are not in train"):
        plan_with(fields | {"data": data}, WARMUP)
