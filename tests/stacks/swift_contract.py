"""ms-swift: its own plugin loader runs the exported file, its own function calls the reward."""

import importlib
import math
from pathlib import Path
from typing import Any

import pytest
import torch
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


def test_unjudged_may_be_a_number(tmp_path: Path) -> None:
    assert rewards(write_shim(tmp_path, "swift", unjudged=-0.5), CASES[7:9]) == [0.0, -0.5]


def test_a_reward_that_fails_stops(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    with pytest.raises(VerifierError, match="swift: the reward failed on 2 of 2 rollouts"):
        rewards(write_shim(tmp_path, "swift", f"{tmp_path}/broken.py:fails"), CASES[:2])
