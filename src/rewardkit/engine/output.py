"""Where scored lines go: standard output, or a file that appears only when it is complete.

An unfinished run lives in the folder `OUT.partial` beside the output. After each chunk its
`state.json` is replaced in one step; a run that goes on cuts the other files back to that state.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from io import FileIO
from pathlib import Path
from typing import Protocol

import filelock
import msgspec

from rewardkit.engine.chunks import Position
from rewardkit.engine.repeats import Repeats, find_repeats
from rewardkit.engine.rows import HASH_BYTES, ChunkResult, Counts
from rewardkit.errors import ConfigError


class State(msgspec.Struct):
    """How far a run has come.

    Attributes:
        position: Where in the inputs the next chunk begins.
        output: Bytes of scored lines.
        rejected: Bytes of rejected lines.
        ids: Rollouts, each with a hash of its id.
        groups: Runs of rollouts of one group, each with a hash.
        counts: What happened to the lines.
        first_rejected: The first rejected line, for a person.
        first_error: The first row that the reward failed on.
    """

    position: Position = Position()
    output: int = 0
    rejected: int = 0
    ids: int = 0
    groups: int = 0
    counts: Counts = msgspec.field(default_factory=Counts)
    first_rejected: str = ""
    first_error: str = ""

    def move_on(self, position: Position, result: ChunkResult) -> None:
        """Take one more chunk into account."""
        self.position = position
        self.output += len(result.output)
        self.rejected += len(result.rejected)
        self.ids += len(result.ids) // HASH_BYTES
        self.groups += len(result.groups) // HASH_BYTES
        self.counts.add(result.counts)
        self.first_rejected = self.first_rejected or result.first_rejected
        self.first_error = self.first_error or result.first_error


class Sink(Protocol):
    """Takes the results of chunks in order."""

    state: State
    complete: bool

    def write(self, position: Position, result: ChunkResult) -> None:
        """Take one more chunk; `position` is where the next begins."""

    def repeats(self, what: str) -> Repeats:
        """Search the `ids` or `groups` written so far for repeats."""

    def finish(self, meta: bytes) -> None:
        """Make the output appear, with its side-car."""

    def close(self) -> None:
        """Let go of files; what is unfinished stays for `--resume`."""


class HashFiles:
    """The hashes of ids and groups of a run, one file each."""

    def __init__(self, folder: Path, state: State) -> None:
        """Open or make the files and cut them back to the state."""
        self.paths = {name: folder / name for name in ("ids", "groups")}
        rows = {"ids": state.ids, "groups": state.groups}
        self.streams = {
            name: open_at(path, rows[name] * HASH_BYTES) for name, path in self.paths.items()
        }

    def write(self, result: ChunkResult) -> None:
        """Append the hashes of one chunk."""
        for name, data in (("ids", result.ids), ("groups", result.groups)):
            write_all(self.streams[name], data)

    def close(self) -> None:
        """Close the files."""
        for stream in self.streams.values():
            stream.close()


class StdoutSink:
    """Scored lines to standard output as they come; rejected ones are only named."""

    def __init__(self) -> None:
        """Begin at the beginning: what went into a pipe can't be taken up again."""
        self.state = State()
        self.complete = False
        self._folder = tempfile.TemporaryDirectory(prefix="rewardkit-")
        self._hashes = HashFiles(Path(self._folder.name), self.state)

    def write(self, position: Position, result: ChunkResult) -> None:
        """Write the lines and hand them on at once."""
        try:
            sys.stdout.buffer.write(result.output)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OSError(error.errno, error.strerror, "standard output") from error
        self._hashes.write(result)
        self.state.move_on(position, result)

    def repeats(self, what: str) -> Repeats:
        """Search the `ids` or `groups` written so far for repeats."""
        return find_repeats(self._hashes.paths[what], getattr(self.state, what))

    def finish(self, meta: bytes) -> None:
        """Nothing is left to do: a pipe has no side-car."""

    def close(self) -> None:
        """Remove the temporary files."""
        self._hashes.close()
        self._folder.cleanup()


class FileSink:
    """Scored lines to a file that appears only when it is complete.

    Raises:
        ConfigError: When the place can't be written, another run writes there, or an unfinished
            run is in the way or was a different one.
    """

    def __init__(self, path: Path, plan: bytes, resume: bool, restart: bool) -> None:
        """Begin a run, or take up an unfinished one.

        Args:
            path: The output file.
            plan: What the run does, as JSON: a run goes on only with the same plan.
            resume: Go on where an unfinished run was.
            restart: Throw an unfinished run away.
        """
        self.path = path
        self.folder = Path(f"{path}.partial")
        self.state = State()
        self.complete = False
        unfinished = (self.folder / "state.json").exists()
        if unfinished and not resume and not restart:
            raise ConfigError(
                f"{self.folder}: expected no unfinished run, got one; add --resume to go on with "
                "it or --restart to throw it away"
            )
        make_folder(self.folder)
        with contextlib.ExitStack() as stack:
            stack.callback(take_lock(self.folder).release)
            if unfinished and resume:
                self._take_up(plan)
            else:
                self._begin(plan, resume)
            if not self.complete:
                self._hashes = HashFiles(self.folder, self.state)
                self._output = open_at(self.folder / "output", self.state.output)
                self._rejected = open_at(self.folder / "rejected", self.state.rejected)
                for stream in (self._hashes, self._output, self._rejected):
                    stack.callback(stream.close)
                self._save()
            self._open = stack.pop_all()
        if self.complete:
            self.discard()

    def _begin(self, plan: bytes, resume: bool) -> None:
        self.complete = resume and is_complete(self.path, plan)
        if not self.complete:
            (self.folder / "state.json").unlink(missing_ok=True)
            (self.folder / "meta").unlink(missing_ok=True)
            (self.folder / "plan.json").write_bytes(plan)

    def _take_up(self, plan: bytes) -> None:
        old = (self.folder / "plan.json").read_bytes()
        if old != plan:
            raise ConfigError(f"{self.folder}: {tell_difference(old, plan)}")
        self.state = msgspec.json.decode((self.folder / "state.json").read_bytes(), type=State)
        if not (self.folder / "output").exists() and (self.folder / "meta").exists():
            os.replace(self.folder / "meta", f"{self.path}.meta.json")  # killed while finishing
            self.complete = True

    def _save(self) -> None:
        new = self.folder / "state.json.new"
        new.write_bytes(msgspec.json.encode(self.state))
        os.replace(new, self.folder / "state.json")

    def write(self, position: Position, result: ChunkResult) -> None:
        """Append the lines, then say so in the state: a kill between the two costs one chunk."""
        write_all(self._output, result.output)
        write_all(self._rejected, result.rejected)
        self._hashes.write(result)
        self.state.move_on(position, result)
        self._save()

    def repeats(self, what: str) -> Repeats:
        """Search the `ids` or `groups` written so far for repeats."""
        return find_repeats(self._hashes.paths[what], getattr(self.state, what))

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
        Path(f"{self.path}.meta.json").unlink(missing_ok=True)  # it belongs to the old output
        os.fsync(self._output.fileno())
        os.replace(self.folder / "output", self.path)
        os.replace(self.folder / "meta", f"{self.path}.meta.json")
        self.complete = True
        self.discard()

    def close(self) -> None:
        """Let go of files; what is unfinished stays for `--resume`."""
        self._open.close()

    def discard(self) -> None:
        """Throw the unfinished run away, or what is left of a finished one."""
        self.close()
        (self.folder / "state.json").unlink(missing_ok=True)  # first: without it nothing is resumed
        shutil.rmtree(self.folder, ignore_errors=True)


def open_at(path: Path, size: int) -> FileIO:
    """Open a file for writing after its first `size` bytes; the rest is cut off.

    Unbuffered, so that a full disk shows where a line is written and not again on closing.
    """
    stream = FileIO(path, "r+" if path.exists() else "w+")
    stream.truncate(size)
    stream.seek(size)
    return stream


def write_all(stream: FileIO, data: bytes) -> None:
    """Write all bytes; a raw file may take them in several pieces."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, stream.name) from error


def is_complete(path: Path, plan: bytes) -> bool:
    """Whether the output stands already, made by the same plan."""
    side_car = Path(f"{path}.meta.json")
    if not path.exists() or not side_car.exists():
        return False
    made_by = msgspec.json.decode(side_car.read_bytes())
    return all(made_by.get(name) == value for name, value in msgspec.json.decode(plan).items())


def make_folder(folder: Path) -> None:
    """Make the folder of a run, as the first proof that the output can be written."""
    if not folder.parent.is_dir():
        raise ConfigError(f"{folder.parent}: expected a folder for the output, got none")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{folder.parent}: expected a folder that can be written, got: {error.strerror}"
        ) from error


def take_lock(folder: Path) -> filelock.BaseFileLock:
    """Keep other runs out; the system frees the lock when the process ends, however it ends."""
    lock = filelock.FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise ConfigError(f"{folder}: expected no other run, got one that writes now") from error
    return lock


def tell_difference(old: bytes, new: bytes) -> str:
    """Say in which point the unfinished run was a different one."""
    before, after = msgspec.json.decode(old), msgspec.json.decode(new)
    for name, value in after.items():
        if before.get(name) != value:
            return (
                f"{name}: expected that of the unfinished run, {str(before.get(name))[:200]}, got "
                f"{str(value)[:200]}; --restart throws the unfinished run away"
            )
    return "expected the plan of the unfinished run, got another"
