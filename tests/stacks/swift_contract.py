"""ms-swift: its own plugin loader runs the exported file, its own function calls the reward."""

import importlib
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from stack_pages import training_command
from stack_rollouts import CASES, Case, wanted
from stack_shims import write_shim

from rewardkit.errors import VerifierError

utils = importlib.import_module("swift.utils")
helpers = importlib.import_module("swift.rlhf_trainers.utils")
samples = importlib.import_module("swift.rl_core.data")
algorithm = importlib.import_module("swift.rl_core.grpo_algorithm")


def rewards(shim: Path, cases: list[Case]) -> list[float | None]:
    utils.import_external_file(str(shim))
    functions, names = helpers.resolve_reward_funcs(["rewardkit"], args=object())
    assert names == ["SwiftReward"]
    rows: list[Any] = [
        samples.GRPOSample.from_row(
            {
                "messages": [
                    {"role": "user", "content": case.prompt},
                    {"role": "assistant", "content": case.completion},
                ],
                "solution": case.reference,
            }
        )
        for case in cases
    ]
    matrix = algorithm.compute_rewards_per_func(rows, functions, None, torch.device("cpu"))
    return [None if math.isnan(value) else value for value in matrix[:, 0].tolist()]


def test_rewards_are_those_of_rewardkit(tmp_path: Path) -> None:
    assert rewards(write_shim(tmp_path, "swift"), CASES) == wanted()


def test_the_command_of_the_page_has_options_that_are_there() -> None:
    transformers: Any = importlib.import_module("transformers")
    arguments: Any = importlib.import_module("swift.arguments")
    actions = transformers.HfArgumentParser([arguments.RLHFArguments])._actions
    known = {option for action in actions for option in action.option_strings}
    options = {one for one in training_command("swift", "swift rlhf") if one.startswith("--")}
    assert {"--external_plugins", "--reward_funcs"} <= options <= known


def test_tokens_of_every_turn_are_counted(tmp_path: Path) -> None:
    (tmp_path / "tokens.py").write_text(
        "def count(rollouts):\n    return [one.completion_tokens for one in rollouts]\n"
    )
    shim = write_shim(tmp_path, "swift", f"{tmp_path}/tokens.py:count")
    utils.import_external_file(str(shim))
    functions, _ = helpers.resolve_reward_funcs(["rewardkit"], args=object())
    chat = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "4"}]
    ids: list[Any] = [[1, 2, 3], [[1, 2], [3]], []]
    rows = [
        samples.GRPOSample.from_row({"messages": chat, "response_token_ids": one}) for one in ids
    ]
    matrix = algorithm.compute_rewards_per_func(rows, functions, None, torch.device("cpu"))
    assert matrix[:2, 0].tolist() == [3.0, 3.0]
    assert math.isnan(matrix[2, 0])


def test_unjudged_may_be_a_number(tmp_path: Path) -> None:
    assert rewards(write_shim(tmp_path, "swift", unjudged=-0.5), CASES[7:9]) == [0.0, -0.5]


def test_a_reward_that_fails_stops(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    with pytest.raises(VerifierError, match="swift: the reward failed on 2 of 2 rollouts"):
        rewards(write_shim(tmp_path, "swift", f"{tmp_path}/broken.py:fails"), CASES[:2])
