"""Runs with tiny random models: every stage, resumed to the same figures, and what stops a run."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tiny_runs import EVALUATE, GRPO, SAMPLE, WARMUP, write_world

from rewardkit.errors import ConfigError, RewardkitError
from rewardkit.trainer.context import Done
from rewardkit.trainer.metrics import Progress
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.recipe import Recipe
from rewardkit.trainer.run import run_recipe

TIMES = ("step_time", "reward_seconds", "reward_share")


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def kill_at(stage: str, step: int) -> Progress:
    def progress(now: str, at: int, total: int, figures: dict[str, float]) -> None:
        if (now, at) == (stage, step):
            raise Killed

    return progress


def figures(done: dict[str, Done]) -> dict[str, dict[str, float]]:
    return {
        name: {key: value for key, value in one.metrics.items() if key not in TIMES}
        for name, one in done.items()
    }


def logged(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k not in TIMES} for line in lines]


STAGES = {
    "warm": WARMUP,
    "pick": SAMPLE,
    "rl": GRPO | {"watch_every": 2, "watch_rows": 4},
    "eval": EVALUATE,
}


class World(NamedTuple):
    """A recipe's fields, the folder of a whole run of it, and what came of that."""

    fields: dict[str, Any]
    folder: Path
    done: dict[str, Done]


@pytest.fixture(scope="module", params=["images", "text"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    fields = write_world(folder, request.param == "images") | {"stages": STAGES}
    whole = run_recipe(load_recipe(fields | {"output": str(folder / "whole")}))
    return World(fields, folder / "whole", whole)


def test_every_stage_leaves_its_figures(world: World) -> None:
    _, folder, done = world
    assert list(done) == list(STAGES)
    assert done["warm"].metrics["rows"] == 24
    assert sum(done["pick"].metrics[f"questions/{level}"] for level in done["pick"].levels) == 24
    assert {"reward", "reward_share", "watch/accuracy"} <= set(done["rl"].metrics)
    assert done["eval"].metrics["greedy/rows"] == 6
    assert done["eval"].metrics["sampled/rows"] == 12
    assert [path.name for path in folder.glob("*/checkpoint-*")] == []


# stage, step at which the run is killed: after a checkpoint, before the first one, at a boundary
KILLS = [
    ("warm", 3),
    ("warm", 1),
    ("pick", 0),
    ("pick", 8),
    ("rl", 3),
    ("rl", 2),
    ("rl", 4),
    ("eval", 4),
]


@pytest.mark.parametrize(("stage", "step"), KILLS)
def test_resumed_run_ends_as_a_whole_one(
    world: World, tmp_path: Path, stage: str, step: int
) -> None:
    fields, folder, whole = world
    recipe = load_recipe(fields | {"output": str(tmp_path / "run")})
    with pytest.raises(Killed):
        run_recipe(recipe, progress=kill_at(stage, step))
    done = run_recipe(recipe, resume=True)
    assert figures(done) == figures(whole)
    assert logged(tmp_path / "run") == logged(folder)


def test_run_is_not_begun_over_another(world: World, tmp_path: Path) -> None:
    fields, folder, _ = world
    recipe = load_recipe(fields | {"output": str(folder)})
    with pytest.raises(ConfigError, match="go on with --resume"):
        run_recipe(recipe)
    other = load_recipe(fields | {"output": str(folder), "seed": 1})
    with pytest.raises(ConfigError, match="got one of another recipe"):
        run_recipe(other, resume=True)


def one_stage(world: World, tmp_path: Path, **stages: dict[str, Any]) -> Recipe:
    return load_recipe(world.fields | {"output": str(tmp_path / "run"), "stages": stages})


def with_options(stage: dict[str, Any], **options: object) -> dict[str, Any]:
    return stage | {"options": stage["options"] | options}


def test_adaptive_prompts_go_on_as_they_were(world: World, tmp_path: Path) -> None:
    adaptive = with_options(GRPO, max_steps=6) | {"adaptive": {"floor": 0.05, "memory": 1.0}}
    whole = run_recipe(one_stage(world, tmp_path / "whole", rl=adaptive))
    recipe = one_stage(world, tmp_path, rl=adaptive)
    with pytest.raises(Killed):
        run_recipe(recipe, progress=kill_at("rl", 5))
    assert figures(run_recipe(recipe, resume=True)) == figures(whole)
    assert logged(tmp_path / "run") == logged(tmp_path / "whole" / "run")


@pytest.mark.parametrize("kind", ["warm", "rl", "adaptive"])
def test_a_run_goes_on_in_its_second_epoch(kind: str, tmp_path: Path) -> None:
    """Three steps are an epoch here; questions come in another order in each."""
    options = {"max_steps": 8, "save_steps": 1}
    stages = {
        "warm": with_options(WARMUP, per_device_train_batch_size=8, **options),
        "rl": with_options(GRPO, per_device_train_batch_size=32, **options),
    }
    stages["adaptive"] = stages["rl"] | {"adaptive": {}}
    fields = write_world(tmp_path, images=False) | {"stages": {"one": stages[kind]}}
    whole = run_recipe(load_recipe(fields | {"output": str(tmp_path / "whole")}))
    recipe = load_recipe(fields)
    with pytest.raises(Killed):
        run_recipe(recipe, progress=kill_at("one", 5))
    assert figures(run_recipe(recipe, resume=True)) == figures(whole)
    assert logged(tmp_path / "run") == logged(tmp_path / "whole")


def test_generations_that_steps_share_are_not_cut_by_a_checkpoint(
    world: World, tmp_path: Path
) -> None:
    shared = with_options(GRPO, max_steps=8, save_steps=3, steps_per_generation=2, beta=0.1)
    whole = run_recipe(one_stage(world, tmp_path / "whole", rl=shared))
    recipe = one_stage(world, tmp_path, rl=shared)
    with pytest.raises(Killed):
        run_recipe(recipe, progress=kill_at("rl", 7))
    assert figures(run_recipe(recipe, resume=True)) == figures(whole)


def difference(path: str, other: str, recipe: Recipe) -> float:
    """The largest difference of what two models say to a text."""
    import torch

    from rewardkit.generation.policy import load_model

    text = torch.arange(5, 15)[None]
    with torch.inference_mode():
        first, second = (load_model(one, recipe.model)(text).logits for one in (path, other))
    return float((first - second).abs().max())


def test_lora_goes_through_stages_and_is_merged_at_the_end(world: World, tmp_path: Path) -> None:
    fields = world.fields | {"output": str(tmp_path / "run")}
    fields["model"] = fields["model"] | {"lora": {"rank": 2, "alpha": 4}}
    stages = {"warm": WARMUP, "rl": with_options(GRPO, beta=0.1), "out": {"kind": "export"}}
    recipe = load_recipe(fields | {"stages": stages | {"eval": EVALUATE}})
    whole = load_recipe(
        fields | {"stages": stages | {"eval": EVALUATE}, "output": str(tmp_path / "w")}
    )
    with pytest.raises(Killed):
        run_recipe(recipe, progress=kill_at("rl", 3))
    done = run_recipe(recipe, resume=True)
    assert figures(done) == figures(run_recipe(whole))
    assert (Path(done["rl"].model) / "adapter_config.json").exists()
    merged = Path(done["out"].model)
    assert not (merged / "adapter_config.json").exists()
    card = (merged / "README.md").read_text()
    assert difference(done["rl"].model, str(merged), recipe) < 1e-5
    assert difference(recipe.model.path, str(merged), recipe) > 1e-5
    assert "lora" in card and "| warm | loss |" in card and "fingerprint" in card


def test_frozen_parts_stay_as_they_are(world: World, tmp_path: Path) -> None:
    from rewardkit.generation.policy import load_model

    fields = world.fields | {"output": str(tmp_path / "run"), "stages": {"warm": WARMUP}}
    fields["model"] = fields["model"] | {"freeze": ["embed_tokens"]}
    recipe = load_recipe(fields)
    done = run_recipe(recipe)
    before, after = (
        dict(load_model(path, recipe.model).named_parameters())
        for path in (recipe.model.path, done["warm"].model)
    )
    changed = {name for name in before if not before[name].equal(after[name])}
    assert changed and not any("embed_tokens" in name for name in changed)
    with pytest.raises(
        ConfigError, match=r"model\.freeze: expected a part of the model, got 'eyes'"
    ):
        run_recipe(
            load_recipe(
                fields
                | {"model": fields["model"] | {"freeze": ["eyes"]}, "output": str(tmp_path / "r")}
            )
        )


def test_loss_that_is_no_number_stops(world: World, tmp_path: Path) -> None:
    recipe = one_stage(world, tmp_path, warm=with_options(WARMUP, learning_rate=1e30))
    with pytest.raises(RewardkitError, match=r"stages.warm: step \d: expected a finite"):
        run_recipe(recipe)


def test_full_disk_is_one_line(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from trl import SFTTrainer

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SFTTrainer, "save_model", full)
    with pytest.raises(ConfigError, match="expected room on the disk"):
        run_recipe(one_stage(world, tmp_path, warm=WARMUP))


@pytest.mark.parametrize("stage", ["warm", "rl"])
def test_ctrl_c_saves_and_the_run_goes_on(world: World, tmp_path: Path, stage: str) -> None:
    import os
    import signal

    fields, _, whole = world

    def interrupt(now: str, at: int, total: int, figures: dict[str, float]) -> None:
        if (now, at) == (stage, 1):
            os.kill(os.getpid(), signal.SIGINT)

    recipe = load_recipe(fields | {"output": str(tmp_path / "run")})
    with pytest.raises(KeyboardInterrupt):
        run_recipe(recipe, progress=interrupt)
    assert list((tmp_path / "run").glob("*/checkpoint-*/complete"))
    assert figures(run_recipe(recipe, resume=True)) == figures(whole)


def test_later_stages_take_a_level_of_a_sampling(world: World, tmp_path: Path) -> None:
    level = SAMPLE | {"bounds": {"easy_at": 0.01}}
    recipe = one_stage(world, tmp_path, pick=level, warm=WARMUP | {"from": "pick.easy"})
    done = run_recipe(recipe)
    assert done["warm"].metrics["rows"] == done["pick"].metrics["questions/easy"]
