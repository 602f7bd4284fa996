"""What a run has behind it, in its folder: which stages are done, which checkpoints are whole."""

from pathlib import Path

import msgspec

from rewardkit.atomic import replacing
from rewardkit.errors import ConfigError
from rewardkit.trainer.context import Done

STATE = "state.json"
COMPLETE = "complete"
"""Stands in a checkpoint once every process has written its part."""


class State(msgspec.Struct):
    """What a run has behind it; `recipe` is what makes two runs the same."""

    recipe: str
    done: dict[str, Done] = {}


def read_state(folder: Path, recipe: str, resume: bool) -> State:
    """The state of a run's folder.

    Raises:
        ConfigError: When the folder holds a run and it isn't to be resumed, or is another run.
    """
    path = folder / STATE
    held = folder.is_dir() and any(one.name != "lock" for one in folder.iterdir())
    if held and not resume:
        raise ConfigError(f"{folder}: expected no run here, got files: go on with --resume")
    if not path.exists():
        return State(recipe)
    try:
        state = msgspec.json.decode(path.read_bytes(), type=State)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path}: expected the state of a run: {error}") from error
    if state.recipe != recipe:
        raise ConfigError(f"{folder}: expected a run of this recipe, got one of another recipe")
    return state


def write_state(folder: Path, state: State) -> None:
    """Write the state in one step, so that a kill leaves the old one or the new one."""
    with replacing([folder / STATE]) as (stream,):
        stream.write(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")


def last_checkpoint(folder: Path) -> Path | None:
    """The latest checkpoint of a stage's folder that is whole, None where there is none."""
    found = [path.parent for path in folder.glob(f"checkpoint-*/{COMPLETE}")]
    return max(found, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """The step that a checkpoint was written at.

    >>> step_of(Path("1-warm/checkpoint-200"))
    200
    """
    return int(checkpoint.name.rpartition("-")[2])
