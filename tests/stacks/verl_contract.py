"""verl: its own reward manager loads the exported file by its path and runs it on `DataProto`s."""

import asyncio
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stack_pages import training_command
from stack_rollouts import CASES, Case, filled, wanted
from stack_shims import UNJUDGED, write_shim
from stack_tokenizer import make_tokenizer

from rewardkit.errors import VerifierError

verl = importlib.import_module("verl")
reward_module = importlib.import_module("verl.trainer.ppo.reward")
omegaconf = importlib.import_module("omegaconf")
TOKENIZER = make_tokenizer([text for case in CASES for text in case])


def manager(shim: Path, kwargs: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - verl's
    function = {"path": str(shim), "name": "compute_score", "reward_kwargs": kwargs or {}}
    naive = {"source": "register", "name": "naive", "module": {"path": None}}
    config = {
        "custom_reward_function": function,
        "reward_manager": naive,
        "sandbox_fusion": None,
    }
    return reward_module.load_reward_manager(
        omegaconf.OmegaConf.create({"reward": config}), TOKENIZER
    )


def cell(value: object) -> Any:  # noqa: ANN401 - an array
    array = np.empty(1, dtype=object)
    array[0] = value
    return array


def data(case: Case) -> Any:  # noqa: ANN401 - a DataProto
    # A reply of no characters still ends with its token.
    ids = [*TOKENIZER(case.completion)["input_ids"], TOKENIZER.eos_token_id]
    prompt = TOKENIZER(case.prompt)["input_ids"]
    return verl.DataProto.from_dict(
        tensors={
            "prompts": torch.tensor([prompt]),
            "responses": torch.tensor([ids]),
            "attention_mask": torch.ones(1, len(prompt) + len(ids), dtype=torch.long),
        },
        non_tensors={
            "data_source": cell("toy"),
            "reward_model": cell({"ground_truth": case.reference}),
            "extra_info": cell({"prompt": case.prompt}),
        },
    )


def run(shim: Path, cases: list[Case], kwargs: dict[str, Any] | None = None) -> list[Any]:
    async def every() -> list[Any]:
        one = manager(shim, kwargs)  # made in the event loop that it is used in
        return [await one.run_single(data(case)) for case in cases]

    return asyncio.run(every())


def test_rewards_are_those_of_rewardkit(tmp_path: Path) -> None:
    results = run(write_shim(tmp_path, "verl"), CASES)
    assert [result["reward_score"] for result in results] == filled(wanted(), UNJUDGED)
    keys = {tuple(result["reward_extra_info"]) for result in results}
    assert len(keys) == 1
    judged = [result["reward_extra_info"]["judged"] for result in results]
    assert judged == [float(value is not None) for value in wanted()]


def test_what_the_configuration_adds_is_let_through(tmp_path: Path) -> None:
    (result,) = run(write_shim(tmp_path, "verl"), CASES[:1], {"extra": 1})
    assert result["reward_score"] == 2.0


def test_unjudged_may_stop(tmp_path: Path) -> None:
    with pytest.raises(VerifierError, match="verl: a rollout is not judged"):
        run(write_shim(tmp_path, "verl", unjudged="stop"), CASES[8:9])


def test_the_command_of_the_page_is_a_valid_configuration() -> None:
    hydra = importlib.import_module("hydra")
    utils = importlib.import_module("verl.trainer.ppo.utils")
    with hydra.initialize_config_module("verl.trainer.config", version_base=None):
        overrides = training_command("verl", "verl.trainer.main_ppo")
        config = hydra.compose("ppo_trainer", overrides=overrides)
    importlib.import_module("verl.utils.config").validate_config(
        config=config,
        use_reference_policy=utils.need_reference_policy(config),
        use_critic=False,
    )
    assert config.reward.custom_reward_function.path.endswith("/reward_verl.py")


def test_its_older_batch_manager_calls_the_other_file(tmp_path: Path) -> None:
    managers = importlib.import_module("verl.workers.reward_manager.batch")
    imports = importlib.import_module("verl.utils.import_utils")
    shim = write_shim(tmp_path, "verl-batch")
    function = imports.load_extern_object(module_path=str(shim), object_name="compute_score")
    batch = managers.BatchRewardManager(TOKENIZER, num_examine=0, compute_score=function)
    rows = [data(case) for case in CASES[:1] * 3]
    result = batch(verl.DataProto.concat(rows), return_dict=True)
    assert result["reward_tensor"].sum(-1).tolist() == [2.0] * 3
    assert list(result["reward_extra_info"]["judged"]) == [1.0] * 3
