"""Writing to files that are cut back to a known size, without buffers of our own."""

from collections.abc import Mapping
from io import FileIO
from pathlib import Path


def open_at(path: Path, size: int) -> FileIO:
    """Open a file for writing after its first `size` bytes; the rest is cut off.

    Unbuffered, so that a full disk shows where a line is written and not again on closing.
    """
    stream = FileIO(path, "r+" if path.exists() else "w+")
    stream.truncate(size)
    stream.seek(size)
    return stream


def write_all(stream: FileIO, data: bytes, name: str = "") -> None:
    """Write all bytes; a raw file may take them in several pieces.

    Raises:
        OSError: With the stream's name, or the one given, as its file.
    """
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) or 0 :]  # None of a pipe that doesn't block and is full
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, name or stream.name) from error


class PartFiles:
    """Files of one folder, each written at its end."""

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        """Open or make each named file and cut it back to its size in bytes."""
        self._streams: dict[str, FileIO] = {}
        try:
            for name, size in sizes.items():
                self._streams[name] = open_at(folder / name, size)
        except BaseException:
            self.close()
            raise

    def write(self, name: str, data: bytes) -> None:
        """Append to one of them."""
        write_all(self._streams[name], data)

    def fileno(self, name: str) -> int:
        """The descriptor of one of them."""
        return self._streams[name].fileno()

    def close(self) -> None:
        """Close them; again does nothing."""
        for stream in self._streams.values():
            stream.close()
