"""Options that reach TRL, and those that are refused before any work."""

from typing import Any

import pytest
from tiny_runs import GRPO, WARMUP

from rewardkit.errors import ConfigError
from rewardkit.trainer.options import check_options
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.recipe import Grpo, Warmup

RECIPE: dict[str, Any] = {
    "model": {"path": "m"},
    "data": {"train": ["a.jsonl"]},
    "template": "think-answer",
    "output": "out",
}


def config_of(stage: dict[str, Any], **options: object) -> Any:  # noqa: ANN401 - TRL's
    stage = stage | {"options": stage["options"] | options}
    recipe = load_recipe(RECIPE | {"stages": {"one": stage}})
    made = recipe.stages["one"]
    assert isinstance(made, Grpo | Warmup)
    return check_options(made, recipe, "stages.one")


# option, value, beginning of the message
WRONG: list[tuple[str, object, str]] = [
    (
        "learning_rate",
        "fast",
        "stages.one.options.learning_rate: expected a number, got str 'fast'",
    ),
    ("max_steps", 2.5, "stages.one.options.max_steps: expected a whole number, got float 2.5"),
    ("use_vllm", "yes", "stages.one.options.use_vllm: expected true or false, got str 'yes'"),
    ("max_stesp", 2, "stages.one.options.max_stesp: unknown to TRL, did you mean 'max_steps'"),
    ("output_dir", "x", "stages.one.options.output_dir: expected none, as the run sets it"),
    ("num_generations", 3, "stages.one.options: "),
    ("lr_scheduler_type", "falling", "stages.one.options: .*falling"),
]


@pytest.mark.parametrize(("name", "value", "message"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong_options_are_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}"):
        config_of(GRPO, **{name: value})


def test_options_reach_trl_untouched() -> None:
    config = config_of(WARMUP, lr_scheduler_type="cosine", warmup_steps=0.1, optim="sgd")
    assert (config.lr_scheduler_type.value, config.warmup_steps, config.optim) == (
        "cosine",
        0.1,
        "sgd",
    )


def test_vllm_is_reached_in_both_modes() -> None:
    recipe = load_recipe("pebr-r1-7b")
    stage = recipe.stages["perception"]
    assert isinstance(stage, Grpo)
    config = check_options(stage, recipe, "stages.perception")
    assert (config.use_vllm, config.vllm_mode) == (True, "colocate")
    assert config.vllm_gpu_memory_utilization == 0.4
    server = config_of(GRPO, use_vllm=True, vllm_mode="server", vllm_server_port=8123)
    assert (server.vllm_mode, server.vllm_server_port) == ("server", 8123)
