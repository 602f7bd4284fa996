"""What is wrong with a checkpoint, as one line."""

from pathlib import Path
from typing import Final

from rewardkit.errors import ConfigError

MAX_GOT: Final = 300
"""Characters of what was got; a library's message may be long and have many lines."""


def fault(place: Path, expected: str, got: object) -> ConfigError:
    """Say what was expected of a file or folder, and what was got.

    >>> fault(Path("config.json"), "a file", "none")
    ConfigError('fg-clip.model: config.json: expected a file, got none')
    """
    line = " ".join(str(got).split())[:MAX_GOT]
    return ConfigError(f"fg-clip.model: {place}: expected {expected}, got {line}")
