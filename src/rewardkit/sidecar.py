"""The side-car of a scored file: which reward it was scored with."""

from pathlib import Path

import msgspec

MAX_BYTES = 2**24
"""No side-car of ours comes near; a larger file is none."""


class SideCar(msgspec.Struct, frozen=True):
    """What is read of `OUT.meta.json`; other keys are passed over."""

    fingerprint: str | None = None


def read_fingerprint(scored: Path) -> str | None:
    """Read the fingerprint of the reward that a file was scored with.

    Args:
        scored: The scored file; its side-car stands beside it, where `scored` is a link beside
            the file that it leads to, with `.meta.json` added to the name.

    Returns:
        None where there is no side-car that says so.

    >>> read_fingerprint(Path("no-such-file.jsonl")) is None
    True
    """
    real = scored.resolve()
    path = real.with_name(real.name + ".meta.json")
    try:
        with path.open("rb") as stream:
            return msgspec.json.decode(stream.read(MAX_BYTES), type=SideCar).fingerprint
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
