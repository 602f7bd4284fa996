"""A full disk, said in one line whoever met it."""

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from rewardkit.errors import ConfigError

NUMBERS = (errno.ENOSPC, errno.EDQUOT)
MESSAGES = (
    "No space left on device",
    "Disk quota exceeded",
    "PytorchStreamWriter",
    "inline_container",
)
"""What a full disk makes of the errors of those that write checkpoints."""


@contextlib.contextmanager
def full_disk_said(where: str, folder: Path) -> Iterator[None]:
    """Turn the errors of a full disk into one line; all others pass.

    Args:
        where: Begins the line.
        folder: What was written to.

    Raises:
        ConfigError: When the disk is full.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        text = str(error)
        number = getattr(error, "errno", None)
        if number not in NUMBERS and not any(message in text for message in MESSAGES):
            raise
        free = shutil.disk_usage(folder).free / 2**20
        raise ConfigError(
            f"{where}: {folder}: expected room on the disk, got {free:.0f} MiB: make room and go "
            "on with --resume"
        ) from error
