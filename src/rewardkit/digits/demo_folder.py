"""The demo's folder: what it is, what is whole in it, and nobody else at work there."""

import os
from pathlib import Path
from typing import Final

import filelock
import msgspec

from rewardkit.atomic import replacing
from rewardkit.engine.unfinished import hold_folder
from rewardkit.errors import ConfigError

STATE: Final = "demo.json"
LOCK: Final = "lock"
DATA: Final = "data"
RUN: Final = "run"
PLOTS: Final = "plots"
SCORER: Final = "scorer"


class ScorerAucs(msgspec.Struct, frozen=True):
    """How well the scorer tells right descriptions of unseen scans from wrong ones.

    Attributes:
        one_wrong: Area under the ROC curve in [0, 1], 0.5 by chance, of what right descriptions
            are paid against those with one digit wrong.
        both_wrong: Against those with both wrong.
        swapped: Against those with the digits swapped.
    """

    one_wrong: float
    both_wrong: float
    swapped: float


class DemoState(msgspec.Struct):
    """What a demo has behind it.

    Attributes:
        output: The folder as it was given; the recipe's paths begin with it.
        seed: Of all that is drawn.
        options: Changes of the recipe.
        data: Whether data and model are whole.
        scorer: Figures of the scorer, None until it is whole.
        seconds: Spent so far; what a kill left unfinished is not in them.
    """

    output: str
    seed: int
    options: list[str] = []
    data: bool = False
    scorer: ScorerAucs | None = None
    seconds: float = 0.0


def check_folder(folder: Path, resume: bool) -> None:
    """Refuse a folder that a demo can't be written to; nothing is written.

    Raises:
        ConfigError: When it is no folder, holds something else, or a demo that isn't to be resumed.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigError(f"{folder}: expected a folder for the demo, got a file")
    if (folder / STATE).exists():
        if not resume:
            raise ConfigError(f"{folder}: expected no demo here, got one: go on with --resume")
        return
    others = sorted(path.name for path in folder.iterdir() if not is_leftover(path.name))
    if others:
        raise ConfigError(
            f"{folder}: expected an empty folder or none, got one that holds {others[0]!r}"
        )


def hold_demo(folder: Path) -> filelock.BaseFileLock:
    """Make the folder and lock it; the system frees the lock when the process ends.

    Raises:
        ConfigError: When it can't be made or written, or another demo is at work there.
    """
    place = folder.absolute()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return hold_folder(place)
    except OSError as error:
        raise ConfigError(f"{folder}: expected to write there, got: {error.strerror}") from error


def is_leftover(name: str) -> bool:
    """Whether a file is what a demo leaves that was killed before it had written its state.

    >>> is_leftover(".demo.json.12.tmp"), is_leftover("notes.txt")
    (True, False)
    """
    return name == LOCK or (name.startswith(f".{STATE}.") and name.endswith(".tmp"))


def read_state(folder: Path, wanted: DemoState) -> DemoState:
    """The state of a demo's folder, or the one wanted where there is none yet.

    Raises:
        ConfigError: When what is there is the state of another demo, or none.
    """
    path = folder / STATE
    if not path.exists():
        return wanted
    try:
        state = msgspec.json.decode(path.read_bytes(), type=DemoState)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected the state of a demo: {error}") from error
    if state.seed != wanted.seed:
        raise ConfigError(f"{folder}: expected --seed {state.seed} as begun, got {wanted.seed}")
    if state.options != wanted.options:
        begun = " ".join(f"--set {option}" for option in state.options) or "no --set"
        given = " ".join(f"--set {option}" for option in wanted.options) or "none"
        raise ConfigError(f"{folder}: expected {begun} as begun, got {given}")
    if not os.path.exists(state.output) or not os.path.samefile(state.output, folder):
        raise ConfigError(
            f"{folder}: expected the directory that this demo was begun from with --output "
            f"{state.output}, got {os.getcwd()}"
        )
    return state


def write_state(folder: Path, state: DemoState) -> None:
    """Write the state in one step, so that a kill leaves the old one or the new one."""
    with replacing([folder / STATE]) as (stream,):
        stream.write(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
