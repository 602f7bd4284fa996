"""SkyRL: `skyrl_gym.make` finds the exported file by its module's name and steps it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import skyrl_gym
from skyrl_gym.envs.registration import deregister, register
from stack_rollouts import CASES, filled, wanted
from stack_shims import UNJUDGED, write_shim

from rewardkit.errors import VerifierError


def step(reply: str, reference: object) -> float:
    extras = {"reward_spec": {"ground_truth": reference}, "data_source": "toy"}
    environment = skyrl_gym.make("rewardkit", env_config={}, extras=extras)
    environment.init([{"role": "user", "content": "2+2?"}])
    result = environment.step(reply)
    assert result["done"] and result["observations"] == []
    assert all(isinstance(value, float) for value in result["metadata"].values())
    environment.close()
    return float(result["reward"])


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "reward_skyrl", raising=False)
    register(id="rewardkit", entry_point="reward_skyrl:environment")
    yield tmp_path
    deregister("rewardkit")


def test_rewards_are_those_of_rewardkit(registered: Path) -> None:
    write_shim(registered, "skyrl")
    values = [step(case.completion, case.reference) for case in CASES]
    assert values == filled(wanted(), UNJUDGED)


def test_unjudged_may_stop(registered: Path) -> None:
    write_shim(registered, "skyrl", unjudged="stop")
    with pytest.raises(VerifierError, match="skyrl: a rollout is not judged"):
        step("<think>x</think><answer>1</answer>", "")


def test_a_reward_that_fails_stops(registered: Path) -> None:
    (registered / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    write_shim(registered, "skyrl", f"{registered}/broken.py:fails")
    with pytest.raises(VerifierError, match="skyrl: the reward failed on 1 of 1 rollouts"):
        step("x", "1")
