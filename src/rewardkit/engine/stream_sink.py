"""Scored lines to standard output, a pipe or a device, as they come."""

import sys
import tempfile
from contextlib import ExitStack
from io import FileIO
from pathlib import Path

from rewardkit.engine.chunks import Position
from rewardkit.engine.repeats import Repeats, find_repeats
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.state import Hashed, State
from rewardkit.engine.writing import PartFiles, write_all
from rewardkit.reading import STDIN

STDOUT = STDIN
"""One name for both ends of a pipeline."""


class StreamSink:
    """Scored lines to what can't be taken back; rejected ones are only named, and no side-car.

    Raises:
        OSError: When the output can't be opened.
    """

    def __init__(self, output: str) -> None:
        """Begin at the beginning: what went into a pipe can't be taken up again.

        Args:
            output: `-` for standard output, or the path of a pipe or a device.
        """
        self.state = State()
        self._name = "standard output" if output == STDOUT else output
        with ExitStack() as stack:
            if output == STDOUT:
                self._output = FileIO(sys.stdout.fileno(), "w", closefd=False)
            else:
                self._output = stack.enter_context(FileIO(output, "w"))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rewardkit-"))
            self._folder = Path(folder)
            self._hashes = PartFiles(self._folder, {"ids": 0, "groups": 0})
            stack.callback(self._hashes.close)
            self._open = stack.pop_all()

    def write(self, position: Position, result: ChunkResult) -> None:
        """Write the lines and hand them on at once."""
        write_all(self._output, result.output, self._name)
        self._hashes.write("ids", result.ids)
        self._hashes.write("groups", result.groups)
        self.state.move_on(position, result)

    def repeats(self, what: Hashed) -> Repeats:
        """Search the ids or groups written so far for repeats."""
        return find_repeats(self._folder / what, self.state.hashes(what))

    def finish(self, meta: bytes) -> None:
        """Nothing is left to do: a pipe has no side-car."""

    def discard(self) -> None:
        """Let go of it: what is written can't be taken back."""
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        self._open.close()
