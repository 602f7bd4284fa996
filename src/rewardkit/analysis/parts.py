"""Which part of a reward tells right from wrong."""

import math
from collections.abc import Collection

from rewardkit.errors import ConfigError
from rewardkit.suggest import did_you_mean

REWARD = "reward"
"""Stands for the total where the name of a part is asked for."""

ACCURACY = "accuracy"


def choose_part(wanted: str | None, names: Collection[str]) -> str:
    """Choose the part that tells right from wrong.

    Args:
        wanted: The user's choice; a part, or `reward` for the total.
        names: The parts that the rows have.

    Returns:
        The user's choice, else `accuracy`, else the only part whose last name is `accuracy`, else
        `reward`.

    Raises:
        ConfigError: When no row has the part that the user asked for.

    >>> choose_part(None, ["task.accuracy", "format"])
    'task.accuracy'
    >>> choose_part("acuracy", ["accuracy"])
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: --part: expected reward or accuracy, got 'acuracy', did you mean \
'accuracy'?
    """
    if wanted is None:
        if ACCURACY in names:
            return ACCURACY
        nested = [name for name in names if name.rpartition(".")[2] == ACCURACY]
        return nested[0] if len(nested) == 1 else REWARD
    if wanted == REWARD or wanted in names:
        return wanted
    known = [REWARD, *names]
    shown = " or ".join(known[:8])
    hint = did_you_mean(wanted, known)
    raise ConfigError(f"--part: expected {shown}, got {wanted[:80]!r}{hint}")


def check_correct_at(correct_at: float) -> None:
    """Refuse a threshold that no value can be compared with.

    Raises:
        ConfigError: When it is NaN or infinite.
    """
    if not math.isfinite(correct_at):
        raise ConfigError(f"--correct-at: expected a finite number, got {correct_at}")
