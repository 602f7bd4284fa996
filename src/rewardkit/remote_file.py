"""A file of another place as a stream like any other: Python's lines, rewardkit's errors."""

import io
from typing import BinaryIO, cast

from rewardkit.places import file_system, one_line

BUFFER_BYTES = 2**18


class RemoteFile(io.RawIOBase):
    """A file of fsspec's, whose own streams lack parts of what Python's can do.

    Raises:
        ConfigError: When it can't be opened, or what was open can't be read on.
    """

    def __init__(self, url: str) -> None:
        """Open the file."""
        self._url = url
        system, path = file_system(url)
        with one_line(url, "a readable file"):
            self._raw = system.open(path, "rb")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from any place on."""
        return bool(self._raw.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        with one_line(self._url, "a file that can be read from any place on"):
            return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        """Where it is."""
        return int(self._raw.tell())

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer there
        """Fill the buffer, or some of it; 0 at the end."""
        with one_line(self._url, "a readable file"):
            data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close it; again does nothing."""
        if not self.closed:
            self._raw.close()
        super().close()


def open_url(url: str) -> BinaryIO:
    """Open a file for reading bytes, read ahead in blocks.

    Raises:
        ConfigError: When it can't be opened, or later not be read on.
    """
    return cast(BinaryIO, io.BufferedReader(RemoteFile(url), BUFFER_BYTES))
