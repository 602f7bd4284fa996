"""Recipe files: what they may hold, and what is said about what they may not."""

import re
from pathlib import Path
from typing import Any

import pytest

from rewardkit.errors import ConfigError
from rewardkit.generation.datasets_source import DatasetPath
from rewardkit.generation.options import Lora
from rewardkit.rewards import Accuracy, load_reward
from rewardkit.trainer.identity import as_plain, fingerprint_of
from rewardkit.trainer.reading import load_recipe, recipe_names, recipe_titles
from rewardkit.trainer.recipe import Evaluate, Grpo, Warmup

GRPO: dict[str, Any] = {"kind": "grpo", "reward": "r1"}
RECIPE: dict[str, Any] = {
    "model": {"path": "m"},
    "data": {"train": ["a.jsonl"]},
    "template": "think-answer",
    "stages": {"rl": GRPO},
    "output": "out",
}


def test_recipe_of_a_mapping() -> None:
    recipe = load_recipe(RECIPE)
    stage = recipe.stages["rl"]
    assert isinstance(stage, Grpo)
    assert stage.reward == load_reward("r1")
    assert recipe.data.held_out == 0.1


def test_rewards_by_name_file_and_inline(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("kind: accuracy\ntask: number\n")
    stages = {
        "file": {"kind": "evaluate", "reward": str(tmp_path / "r.yaml")},
        "inline": {"kind": "evaluate", "reward": {"kind": "accuracy", "task": "number"}},
    }
    for stage in load_recipe(RECIPE | {"stages": stages}).stages.values():
        assert isinstance(stage, Evaluate)
        assert stage.reward == Accuracy(task="number")


def test_options_by_dotted_path() -> None:
    options = ["stages.rl.options.learning_rate=2e-6", "model.lora.rank=4", "seed=3"]
    recipe = load_recipe(RECIPE, options)
    assert recipe.stages["rl"].options == {"learning_rate": 2e-6}  # type: ignore[union-attr]
    assert (recipe.model.lora, recipe.seed) == (Lora(rank=4), 3)


def test_options_of_trl_may_stand_at_the_stage_itself() -> None:
    stages = {"rl": GRPO | {"learning_rate": 1e-6, "options": {"beta": 0.1}}}
    recipe = load_recipe(RECIPE | {"stages": stages}, ["stages.rl.beta=0.2", "stages.rl.epsilon=3"])
    options = {"learning_rate": 1e-6, "beta": 0.2, "epsilon": 3}
    assert recipe.stages["rl"].options == options  # type: ignore[union-attr]  # a Grpo
    stages = {"rl": GRPO | {"beta": 0.3, "options": {"beta": 0.1}}}
    with pytest.raises(ConfigError, match=r"^stages\.rl\.beta: expected it once, got it in 'opti"):
        load_recipe(RECIPE | {"stages": stages})


def test_option_that_the_recipe_has_is_changed_by_either_path() -> None:
    for path in ("stages.perception.learning_rate", "stages.perception.options.learning_rate"):
        recipe = load_recipe("pebr-r1-7b", [f"{path}=2e-6"])
        assert recipe.stages["perception"].options["learning_rate"] == 2e-6  # type: ignore[union-attr]  # a Grpo


def test_data_sets_beside_files() -> None:
    sums = {"dataset": "me/sums", "name": "easy", "split": "test"}
    data = {"train": ["a.jsonl", sums], "held_out": [{"dataset": "me/sums"}]}
    stages = {"warm": {"kind": "warmup", "data": [sums]}}
    recipe = load_recipe(RECIPE | {"data": data, "stages": stages})
    read = DatasetPath(dataset="me/sums", name="easy", split="test")
    assert recipe.data.train == ["a.jsonl", read]
    assert recipe.data.held_out == [DatasetPath(dataset="me/sums", split="train")]
    assert recipe.stages["warm"].data == [read]  # type: ignore[union-attr]  # a Warmup
    assert load_recipe(as_plain(recipe)) == recipe


# what is wrong, options, beginning of the message
WRONG = [
    ("unknown key", ["modle.path=x"], "modle: unknown key, expected one of model"),
    ("near key", ["stages.rl.optoins={}"], "stages.rl.optoins: unknown key"),
    ("suggestion", ["stages.rl.optoins={}"], ".*did you mean 'options'"),
    ("kind", ["stages.rl.kind=grop"], "stages.rl.kind: expected one of warmup, .*mean 'grpo'"),
    ("no kind", ["stages.x={}"], "stages.x.kind: expected one of .*, got nothing"),
    ("type", ["seed=soon"], "seed: expected a whole number, got str 'soon'"),
    ("word", ["model.dtype=float8"], "model.dtype: expected one of auto"),
    ("name", ["stages={../x: {kind: export}}"], r"stages.../x: expected a name of letters"),
    ("no stages", ["stages={}"], "stages: expected at least one stage, got none"),
    ("missing", ["stages.x={kind: grpo}"], "stages.x: missing key 'reward'"),
    ("reward", ["stages.rl.reward.kind=acuracy"], "stages.rl.reward: .*accuracy"),
    ("template", ["template=pebrr"], "template: .*did you mean 'pebr'"),
    ("from", ["stages.rl.from=pick.easy"], "stages.rl.from: expected a sample stage before"),
    ("bounds", ["stages.p={kind: sample, reward: r1, bounds: {easy_at: 0}}"], "stages.p.bounds: "),
    ("path", ["=1"], "option: expected PATH=VALUE"),
    ("inner", ["output.x=1"], "output: expected a mapping"),
    ("data", ["data.train=[3]"], "data.train.0: expected a string, got int 3"),
    ("data set", ["data.train=[{datset: x}]"], "data.train.0.datset: unknown key"),
    ("no data set", ["data.held_out=[{split: x}]"], "data.held_out.0: missing key 'dataset'"),
    ("held out", ["data.held_out=some"], "data.held_out: expected .*, got str 'some'"),
    ("option elsewhere", ["stages.x={kind: evaluate, reward: r1, beta: 1}"], "stages.x.beta: unkn"),
    (
        "two sources",
        ["stages.rl.data=[a]", "stages.rl.from=p.easy"],
        "stages.rl: expected 'data' o",
    ),
]


@pytest.mark.parametrize(
    ("options", "message"), [row[1:] for row in WRONG], ids=[r[0] for r in WRONG]
)
def test_wrong_recipes_are_refused(options: list[str], message: str) -> None:
    fields = RECIPE
    if options[0].startswith("stages.rl.reward"):
        fields = RECIPE | {"stages": {"rl": GRPO | {"reward": {"kind": "accuracy"}}}}
    with pytest.raises(ConfigError, match=f"^{message}"):
        load_recipe(fields, options)


def test_a_level_is_one_of_an_earlier_sampling() -> None:
    pick = {"kind": "sample", "reward": "r1"}
    stages = {"pick": pick, "rl": GRPO | {"from": "pick.medium"}}
    assert load_recipe(RECIPE | {"stages": stages}).stages["rl"].source == "pick.medium"  # type: ignore[union-attr]
    stages = {"pick": pick, "rl": GRPO | {"from": "pick.esay"}}
    with pytest.raises(ConfigError, match=r"did you mean 'pick.easy'"):
        load_recipe(RECIPE | {"stages": stages})


def test_recipe_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="did you mean 'med-r1'"):
        load_recipe("med-r2")
    with pytest.raises(ConfigError, match=r"no-such.yaml"):
        load_recipe("no-such.yaml")


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_are_read_and_written_back(name: str) -> None:
    recipe = load_recipe(name)
    assert load_recipe(as_plain(recipe)) == recipe
    assert recipe_titles()[name]


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_have_options_that_trl_knows(name: str) -> None:
    from rewardkit.trainer.options import check_options

    for stage in (recipe := load_recipe(name)).stages.values():
        if isinstance(stage, Grpo | Warmup):
            check_options(stage, recipe, "stages")


def test_fingerprint_is_of_what_is_trained() -> None:
    one = fingerprint_of(load_recipe(RECIPE))
    assert one == fingerprint_of(load_recipe(RECIPE, ["output=elsewhere"]))
    assert one != fingerprint_of(load_recipe(RECIPE, ["seed=1"]))
    assert one != fingerprint_of(load_recipe(RECIPE, ["stages.rl.reward=math"]))


RANGES: list[tuple[str, dict[str, Any]]] = [
    ("rows", {"kind": "evaluate", "rows": 0}),
    ("watch_every", {"kind": "grpo", "watch_every": -1}),
    ("watch_rows", {"kind": "grpo", "watch_rows": 0}),
    ("adaptive.floor", {"kind": "grpo", "adaptive": {"floor": 0}}),
    ("adaptive.memory", {"kind": "grpo", "adaptive": {"memory": 1.5}}),
    ("generation.n", {"kind": "sample", "generation": {"n": 0}}),
    ("generation.temperature", {"kind": "sample", "generation": {"temperature": -1}}),
    ("generation.top_p", {"kind": "sample", "generation": {"top_p": 0}}),
    ("generation.max_tokens", {"kind": "sample", "generation": {"max_tokens": 0}}),
    ("sampled.batch_size", {"kind": "evaluate", "sampled": {"batch_size": 0}}),
]


@pytest.mark.parametrize(("path", "stage"), RANGES, ids=[path for path, _ in RANGES])
def test_numbers_out_of_range_are_refused(path: str, stage: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"stages\.one\.{re.escape(path)}: expected "):
        load_recipe(RECIPE | {"stages": {"one": stage | {"reward": "r1"}}})
