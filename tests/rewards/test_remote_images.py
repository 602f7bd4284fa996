"""One switch for every reward inside, and nothing else is changed."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from rewardkit import Rollout, Score
from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    Best,
    Clip,
    Constant,
    Custom,
    Gate,
    Reward,
    Route,
    Weighted,
    allow_remote_images,
)
from rewardkit.rewards.walk import nested
from rewardkit.rewards.weighted import Part


class Looks(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="looks"):
    """A reward that reads images."""

    size: int = 1
    allow_remote_images: bool = False

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """What it was allowed."""
        return [Score(float(self.allow_remote_images)) for _ in rollouts]


def blind(rollouts: Sequence[Rollout], /) -> list[Score]:
    return [Score(1.0) for _ in rollouts]


COMPOSITES: dict[str, Reward] = {
    "alone": Looks(size=3),
    "clip": Clip(Looks(), high=1.0),
    "part": Weighted({"a": Part(weight=0.5, reward=Looks()), "b": Part(weight=0.5, reward=blind)}),
    "best": Best({"a": Looks(), "b": Clip(Looks(size=2), low=0.0)}),
    "route": Route({"math": Constant(1.0), "text": Looks()}),
    "gate": Gate(condition=Constant(1.0), reward=Looks()),
}


@pytest.mark.parametrize("name", COMPOSITES)
def test_every_reward_inside_is_allowed(name: str) -> None:
    reward = COMPOSITES[name]
    before = repr(reward)

    allowed = allow_remote_images(reward)

    looks = [one for one in nested(allowed) if isinstance(one, Looks)]
    assert looks
    assert all(one.allow_remote_images for one in looks)
    assert repr(allowed).replace("images=True", "images=False") == before == repr(reward)
    assert type(allowed) is type(reward)
    assert allow_remote_images(allowed) == allowed


def test_a_reward_without_images_is_the_same_one() -> None:
    rewards: list[Reward] = [Clip(Constant(2.0), high=1.0), blind]
    for reward in rewards:
        assert allow_remote_images(reward) is reward


def test_a_reward_made_elsewhere_can_not_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "looks.py").write_text(
        "import msgspec\n"
        "class Looks(msgspec.Struct, frozen=True, kw_only=True):\n"
        "    allow_remote_images: bool = False\n"
        "    def __call__(self, rollouts):\n"
        "        return [float(self.allow_remote_images) for _ in rollouts]\n"
    )
    reward = Custom(f"{tmp_path}/looks.py:Looks")

    with pytest.raises(ConfigError, match="got Looks out of a custom reward; set allow_remote_im"):
        allow_remote_images(reward)

    allowed = Custom(f"{tmp_path}/looks.py:Looks", {"allow_remote_images": True})
    assert allow_remote_images(allowed) == allowed
