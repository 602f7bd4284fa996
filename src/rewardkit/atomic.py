"""Writing files whole or not at all."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from rewardkit.errors import ConfigError


def check_output(output: Path, inputs: Sequence[Path]) -> None:
    """Refuse an output that is one of the inputs, or that is a directory.

    Raises:
        ConfigError: Naming the output.

    >>> check_output(Path("."), [])
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: .: expected a file to write, got a directory
    """
    if output.is_dir():
        raise ConfigError(f"{output}: expected a file to write, got a directory")
    for path in inputs:
        # Two names of one file, by links or by spelling, are the same file. A terminal may be both.
        if is_special(output):
            continue
        same = output.exists() and path.exists() and os.path.samefile(output, path)
        if same or output.resolve() == path.resolve():
            raise ConfigError(f"{output}: expected an output that is not an input, got an input")


def is_special(path: Path) -> bool:
    """Whether something stands there that is neither a file nor a folder: a device, a pipe.

    >>> is_special(Path("no-such-file"))
    False
    """
    return path.exists() and not path.is_file() and not path.is_dir()


@contextlib.contextmanager
def replacing(paths: Sequence[Path]) -> Iterator[list[BinaryIO]]:
    """Write files beside their places and move them there at the end.

    When anything fails before, the files that were there are left as they were. A link keeps
    pointing where it does, and the file there is replaced.

    Args:
        paths: Files to write; their folders exist.

    Yields:
        A stream for each.

    Raises:
        ConfigError: When one can't be written, or is a device or a pipe, which nothing may replace.
    """
    paths = [Path(os.path.realpath(path)) for path in paths]
    for path in paths:
        if is_special(path):
            raise ConfigError(f"{path}: expected a file to write, got a device or a pipe")
    drafts = [path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in paths]
    try:
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(open(draft, "wb")) for draft in drafts]
            yield list[BinaryIO](streams)
            for stream in streams:
                stream.flush()
                os.fsync(stream.fileno())
        for draft, path in zip(drafts, paths, strict=True):
            os.replace(draft, path)
    except OSError as error:
        folder = paths[0].parent
        raise ConfigError(f"{folder}: expected to write there, got: {error.strerror}") from error
    finally:
        for draft in drafts:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
