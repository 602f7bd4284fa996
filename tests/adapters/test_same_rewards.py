"""The same 200 rollouts get the same rewards by every stack's way of calling."""

from pathlib import Path

import pytest
from stack_callers import CALLERS, Values
from stack_rollouts import filled, wanted
from stack_shims import UNJUDGED, load_unlisted, write_shim
from stack_stand_ins import install

from rewardkit.adapters.stacks import STACKS


@pytest.fixture(scope="module")
def ours() -> Values:
    return wanted()


def test_every_stack_has_a_caller() -> None:
    assert CALLERS.keys() == STACKS.keys()


@pytest.mark.parametrize("stack", CALLERS)
def test_rewards_are_those_of_rewardkit(
    stack: str, ours: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(stack, monkeypatch)
    module = load_unlisted(write_shim(tmp_path, stack))
    expected = ours if STACKS[stack].says_unjudged else filled(ours, UNJUDGED)
    assert CALLERS[stack](module) == expected
