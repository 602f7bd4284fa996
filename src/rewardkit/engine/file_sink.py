"""Scored lines to a file that appears only when it is complete.

An unfinished run lives in the folder `OUT.partial` beside the output. After each chunk its
`state.json` is replaced in one step; a run that goes on cuts the other files back to that state.
"""

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import msgspec

from rewardkit.engine.chunks import Position
from rewardkit.engine.repeats import Repeats, find_repeats
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.state import Hashed, State
from rewardkit.engine.unfinished import DAMAGED, check_sizes, damaged, hold_folder, read_state
from rewardkit.engine.writing import PartFiles
from rewardkit.errors import ConfigError
from rewardkit.full_disk import NUMBERS

Convert: TypeAlias = Callable[[Path, Path], None]
"""Reads the first file and writes the second, whole and safe on the disk."""

OWN = ("plan.json", "state.json.new", "meta", "rejected.copy", "converted", *State().sizes())
"""What a run leaves in its folder, `state.json` and the lock aside."""


class FileSink:
    """Scored lines to a file that appears only when it is complete.

    Attributes:
        path: The output; where a link was named, the file that it points to.
        complete: Whether the output stood already, made by the same plan.

    Raises:
        ConfigError: When the place can't be written, another run writes there, or an unfinished
            run is in the way, damaged, or was a different one.
    """

    def __init__(
        self,
        path: Path,
        plan: bytes,
        resume: bool,
        restart: bool,
        convert: Convert | None = None,
    ) -> None:
        """Begin a run, or take up an unfinished one.

        Args:
            path: The output file.
            plan: What the run does, as JSON: a run goes on only with the same plan.
            resume: Go on where an unfinished run was.
            restart: Throw an unfinished run away.
            convert: Makes the output of what was written; None where it is the same.
        """
        self._convert = convert
        self.path = Path(os.path.realpath(path)) if path.is_symlink() else path
        self.folder = Path(f"{self.path}.partial")
        self.state = State()
        self.complete = False
        self._lock = hold_folder(self.folder)
        with contextlib.ExitStack() as stack:
            stack.callback(self._lock.release)
            if (self.folder / "state.json").exists() and not restart:
                self._take_up(plan, resume)
            else:
                self._begin(plan, resume)
            self._files = PartFiles(self.folder, {} if self.complete else self.state.sizes())
            stack.callback(self._files.close)
            if not self.complete:
                self._save()
            self._open = stack.pop_all()
        if self.complete:
            self.discard()

    @property
    def meta_path(self) -> Path:
        """Where the side-car stands."""
        return Path(f"{self.path}.meta.json")

    def read_meta(self) -> bytes:
        """The side-car of an output that stands there."""
        return self.meta_path.read_bytes()

    def _begin(self, plan: bytes, resume: bool) -> None:
        self.complete = resume and is_complete(self.path, self.meta_path, plan)
        if not self.complete:
            (self.folder / "state.json").unlink(missing_ok=True)
            (self.folder / "meta").unlink(missing_ok=True)
            (self.folder / "plan.json").write_bytes(plan)

    def _take_up(self, plan: bytes, resume: bool) -> None:
        if not resume:
            raise ConfigError(
                f"{self.folder}: expected no unfinished run, got one; add --resume to go on with "
                "it or --restart to throw it away"
            )
        self.state = read_state(self.folder, plan)
        if (self.folder / "output").exists():
            check_sizes(self.folder, self.state)
            return
        # Killed while finishing: the output has gone to its place, its side-car perhaps not yet.
        if (self.folder / "meta").exists():
            os.replace(self.folder / "meta", self.meta_path)
        self.complete = is_complete(self.path, self.meta_path, plan)
        if not self.complete:
            raise damaged(self.folder, "no output")

    def _save(self) -> None:
        new = self.folder / "state.json.new"
        new.write_bytes(msgspec.json.encode(self.state))
        os.replace(new, self.folder / "state.json")

    def write(self, position: Position, result: ChunkResult) -> None:
        """Append the lines, then say so in the state: a kill between the two costs one chunk."""
        self._files.write("output", result.output)
        self._files.write("rejected", result.rejected)
        self._files.write("ids", result.ids)
        self._files.write("groups", result.groups)
        self.state.move_on(position, result)
        self._save()

    def repeats(self, what: Hashed) -> Repeats:
        """Search the ids or groups written so far for repeats."""
        return find_repeats(self.folder / what, self.state.hashes(what))

    def finish(self, meta: bytes) -> None:
        """Make the output appear: rejected lines first, the output, its side-car last.

        A kill on the way leaves the folder as it was, or an output that is complete.
        """
        (self.folder / "meta").write_bytes(meta)
        if self.state.rejected:
            shutil.copyfile(self.folder / "rejected", self.folder / "rejected.copy")
            os.replace(self.folder / "rejected.copy", f"{self.path}.rejected.jsonl")
        else:
            Path(f"{self.path}.rejected.jsonl").unlink(missing_ok=True)
        self.meta_path.unlink(missing_ok=True)  # it belongs to the old output
        os.fsync(self._files.fileno("output"))
        self._files.close()  # a system that doesn't move open files
        if self._convert is None:
            os.replace(self.folder / "output", self.path)
        else:  # what was written stays until all is done, so that a kill here costs nothing
            self._convert(self.folder / "output", self.folder / "converted")
            os.replace(self.folder / "converted", self.path)
        os.replace(self.folder / "meta", self.meta_path)
        self.discard()

    def close(self) -> None:
        """Let go of files; what is unfinished stays for `--resume`."""
        self._open.close()

    def discard(self) -> None:
        """Throw the unfinished run away, or what is left of a finished one.

        The lock is held until nothing else is left: a run that gets it finds a clean folder.
        """
        if not self._lock.is_locked:
            return
        (self.folder / "state.json").unlink(missing_ok=True)  # first: without it nothing is resumed
        self._files.close()
        for name in OWN:
            (self.folder / name).unlink(missing_ok=True)
        if os.name == "nt":
            self.close()  # before the file is removed, which can't be done to an open one
        with contextlib.suppress(OSError):  # another run may be at the door
            (self.folder / "lock").unlink()
            self.folder.rmdir()
        self.close()


def refuse_full_disk(error: OSError, folder: Path) -> None:
    """Say in one line that the disk of an unfinished run is full; other errors pass.

    Args:
        error: What writing ended with.
        folder: Where the run is.

    Raises:
        ConfigError: When the disk is full, with what to do.
    """
    if error.errno in NUMBERS:
        raise ConfigError(
            f"{error.filename or folder}: {error.strerror}; free some space and run the "
            "same command with --resume"
        ) from error


def is_complete(path: Path, side_car: Path, plan: bytes) -> bool:
    """Whether the output stands already, made by the same plan; a damaged side-car says no."""
    try:
        meta = side_car.read_bytes()
    except OSError:
        return False
    return path.exists() and made_by(meta, plan)


def made_by(meta: bytes, plan: bytes) -> bool:
    """Whether a side-car is of a run with this plan; a damaged one says no."""
    try:
        found = msgspec.json.decode(meta, type=dict[str, object])
    except DAMAGED:
        return False
    wanted = msgspec.json.decode(plan, type=dict[str, object])
    return all(found.get(name) == value for name, value in wanted.items())
