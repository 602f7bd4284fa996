"""Options of `rewardkit score` that say two things at once."""

from typing import TYPE_CHECKING

from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    from rewardkit.engine.plan import RayOptions

PARQUET = "parquet"


def split_format(given: str | None) -> tuple[str | None, bool]:
    """Take `parquet` out of `--format`, which names a stack's fields, a file format, or both.

    Returns:
        Whose field names, and whether the output is to be Parquet.

    >>> split_format("verl,parquet"), split_format("parquet"), split_format("trl")
    (('verl', True), (None, True), ('trl', False))
    """
    if given is None:
        return None, False
    names = [name.strip() for name in given.split(",")]
    stacks = [name for name in names if name != PARQUET]
    if len(stacks) > 1 or len(names) > 2:
        raise ConfigError(
            f"--format {given}: expected one name of a stack, parquet, or both with a comma"
        )
    return (stacks[0] if stacks else None), PARQUET in names


def ray_options(engine: str, address: str | None, gpus: float | None) -> "RayOptions | None":
    """How to score on Ray; None for this machine's processes.

    Raises:
        ConfigError: For an option of Ray's without Ray.
    """
    from rewardkit.engine.plan import RayOptions

    if engine == "ray":
        return RayOptions(address, gpus)
    for name, given in (("--address", address), ("--gpus", gpus)):
        if given is not None:
            raise ConfigError(f"{name}: expected --engine ray beside it, got --engine {engine}")
    return None
