"""The worker's side: models are loaded before the first rollout."""

import shutil
from pathlib import Path

import pytest
from tiny_clip import clip_folder

from rewardkit.errors import ConfigError
from rewardkit.rewards import ClipScore, Scale, pointwise
from rewardkit.rewards.encoders import TransformersClip, release_encoders
from rewardkit.server.worker import warm_up
from rewardkit.types import Score


def test_models_are_loaded_wherever_they_stand(tmp_path: Path) -> None:
    """A checkpoint that is damaged shows when it is loaded, and not before."""
    whole, damaged = clip_folder(), tmp_path / "damaged"
    shutil.copytree(whole, damaged)
    weights = damaged / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])

    warm_up(reward(whole))
    with pytest.raises(ConfigError, match="damaged"):
        warm_up(reward(str(damaged)))
    release_encoders()


def reward(folder: str) -> Scale:
    return Scale(ClipScore(encoder=TransformersClip(model=folder)), factor=2.0)


def test_a_reward_of_the_users_own_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    own = pointwise(lambda rollout: Score(1.0))
    own.warm = lambda: print("warm")  # type: ignore[attr-defined]  # a function may carry it, too

    warm_up(own)

    assert capsys.readouterr().out == "warm\n"
