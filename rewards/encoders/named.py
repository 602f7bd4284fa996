"""Parameters that don't fit a model, named: a few of each kind and how many more."""

from collections.abc import Sequence

from rewardkit.errors import ConfigError

SHOWN = 3


def check_parameters(
    where: str,
    missing: Sequence[str] = (),
    unexpected: Sequence[str] = (),
    misshapen: Sequence[str] = (),
) -> None:
    """Refuse weights that are not exactly those of the model.

    Args:
        where: Which checkpoint, for the message.
        missing: Parameters of the model that the checkpoint hasn't.
        unexpected: Parameters of the checkpoint that the model hasn't.
        misshapen: Parameters of both, of different shapes.

    Raises:
        ConfigError: Naming the first of each.

    >>> check_parameters("folder", missing=["b", "a"])
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: folder: expected the model's parameters, got 2 missing (a, b)
    """
    kinds = {"missing": missing, "unexpected": unexpected, "of another shape": misshapen}
    faults = [f"{len(names)} {kind} ({_shown(names)})" for kind, names in kinds.items() if names]
    if faults:
        raise ConfigError(f"{where}: expected the model's parameters, got {', '.join(faults)}")


def _shown(names: Sequence[str]) -> str:
    first = [name[:100] for name in sorted(names)[:SHOWN]]
    return ", ".join(first) + (" …" if len(names) > SHOWN else "")
