"""The folder of an unfinished run: one run at a time, and only the same run goes on."""

from pathlib import Path

import filelock
import msgspec

from rewardkit.engine.state import State
from rewardkit.errors import ConfigError

DAMAGED = (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def hold_folder(folder: Path) -> filelock.BaseFileLock:
    """Make the folder of a run, as the first proof that the output can be written; lock it.

    The system frees the lock when the process ends, however it ends.

    Raises:
        ConfigError: When it can't be made, or another run writes there.
    """
    if not folder.parent.is_dir():
        raise ConfigError(f"{folder.parent}: expected a folder for the output, got none")
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise ConfigError(
            f"{folder}: expected this place free for the unfinished run, got a file"
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{folder.parent}: expected a folder that can be written, got: {error.strerror}"
        ) from error
    lock = filelock.FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise ConfigError(f"{folder}: expected no other run, got one that writes now") from error
    return lock


def read_state(folder: Path, plan: bytes) -> State:
    """Read how far an unfinished run has come.

    Raises:
        ConfigError: When it did something else than `plan`, or its files are damaged.
    """
    try:
        old = msgspec.json.decode((folder / "plan.json").read_bytes(), type=dict[str, object])
        state = msgspec.json.decode((folder / "state.json").read_bytes(), type=State)
    except DAMAGED as error:
        raise damaged(folder, str(error)) from error
    new = msgspec.json.decode(plan, type=dict[str, object])
    for name in {**new, **old}:
        if old.get(name) != new.get(name):
            raise ConfigError(
                f"{folder}: {name}: expected that of the unfinished run, "
                f"{str(old.get(name))[:200]}, got {str(new.get(name))[:200]}; --restart throws the "
                "unfinished run away"
            )
    return state


def check_sizes(folder: Path, state: State) -> None:
    """Refuse files that are shorter than the state says: what is missing would become zeros.

    Raises:
        ConfigError: Naming the file.
    """
    for name, size in state.sizes().items():
        path = folder / name
        found = path.stat().st_size if path.exists() else 0
        if found < size:
            raise damaged(folder, f"{name} of {found} bytes instead of {size}")


def damaged(folder: Path, what: str) -> ConfigError:
    """The error for an unfinished run that nobody can go on with."""
    return ConfigError(
        f"{folder}: expected the files of an unfinished run, got {what[:200]}; --restart throws it "
        "away"
    )
