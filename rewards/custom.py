"""Custom: a reward of the user's own, by `module:name` or `path/file.py:name`."""

import math
import numbers
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import msgspec

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards.conventions import (
    CONVENTIONS,
    Convention,
    call_by,
    check_convention,
)
from rewardkit.rewards.function_results import Result, item
from rewardkit.rewards.loading import check_call, load_object, source_file
from rewardkit.rewards.numbers import check_choice
from rewardkit.types import Rollout, Score

Option: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any] | None
"""What YAML and JSON can say."""


class _Loaded(NamedTuple):
    """What was loaded, what it is called with besides the rollouts, and where it came from."""

    reward: Callable[..., object]
    arguments: dict[str, Option]
    path: str | None


def _load(function: str, options: dict[str, Option], convention: Convention) -> _Loaded:
    """Load and check; of a class, make an instance with the options."""
    try:
        arguments = msgspec.json.decode(
            msgspec.json.encode(options)
        )  # a copy, as YAML would say it
    except (TypeError, ValueError) as error:
        raise ConfigError(f"custom.options: expected what YAML can say, got {error}") from None
    loaded = load_object(function)
    if isinstance(loaded, type):
        loaded = check_call(function, loaded, (), arguments)(**arguments)
        arguments = {}
    if convention == "rollouts":
        reward = check_call(function, loaded, ([],), arguments)
    else:
        reward = check_convention(function, loaded, convention, arguments)
    return _Loaded(reward, arguments, source_file(function))


class Custom(
    msgspec.Struct,
    frozen=True,
    dict=True,
    tag_field="kind",
    tag="custom",
    forbid_unknown_fields=True,
):
    """Score with a user's own function, class or reward.

    It is called with the batch of rollouts, and returns as many values: scores, numbers,
    booleans, or None for 'not judged'. A class is made once with the options; anything else gets
    them with each call. One that must see whole groups bears `whole_groups = True`. What it
    raises is passed on.

    Args:
        function: `module:name` or `path/file.py:name`; a relative path begins at the working
            directory. A file is read once a process.
        options: Keyword arguments; what YAML can say.
        convention: How it is called: `rollouts` as above; `trl`, `verl` or `easyr1` for a function
            that was written for that stack, which gets what the stack would hand it. Numbers that
            it gives beside the score become parts.

    Returns:
        Whatever the function returns; a NaN or infinite number becomes None.

    Raises:
        ConfigError: When it can't be loaded, or doesn't take rollouts and these options.
        VerifierError: On the call, when what comes back is not a value for each rollout.

    >>> Custom("builtins:len")([Rollout(completion="")])
    Traceback (most recent call last):
    rewardkit.errors.VerifierError: builtins:len: expected a list of 1 values, got int
    """

    function: str
    options: dict[str, Option] = {}
    convention: Convention = "rollouts"

    def __post_init__(self) -> None:
        """Load it now, so that a mistake shows before any work."""
        check_choice(self.convention, CONVENTIONS, "custom.convention")
        _ = self._loaded

    def inner(self) -> Callable[..., object]:
        """The loaded function, or the reward made by the loaded class."""
        return self._loaded.reward

    def source_files(self) -> tuple[str, ...]:
        """Paths of the files that define it, for a fingerprint; none for what is built in."""
        return (self._loaded.path,) if self._loaded.path else ()

    @cached_property
    def _loaded(self) -> _Loaded:
        """Not a field: left out of comparisons and pickles, and a later chdir changes nothing."""
        return _load(self.function, self.options, self.convention)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout with the user's function."""
        loaded = self._loaded
        values = call_by(self.convention, loaded.reward, rollouts, loaded.arguments)
        if not isinstance(values, Sequence) or isinstance(values, str | bytes):
            raise VerifierError(
                f"{self.function}: expected a list of {len(rollouts)} values, "
                f"got {type(values).__name__}"
            )
        if len(values) != len(rollouts):
            raise VerifierError(
                f"{self.function}: expected {len(rollouts)} values, got {len(values)}"
            )
        return [self._score(row, value) for row, value in enumerate(values)]

    def _score(self, row: int, value: object) -> Score:
        if isinstance(value, Score):
            return value
        if value is None:
            return Score(None, "not judged by the function")
        if isinstance(value, Result):
            parts = {name: self._score(row, part) for name, part in value.parts.items()}
            return msgspec.structs.replace(self._score(row, value.value), parts=parts)
        value = item(value)
        if not isinstance(value, numbers.Real):
            raise VerifierError(
                f"{self.function}: rollout {row}: expected Score, number or None, "
                f"got {type(value).__name__}"
            )
        return wrapped(value)


def wrapped(value: numbers.Real) -> Score:
    """A plain number as a score.

    >>> wrapped(True).value, wrapped(float("nan")).value
    (1.0, None)
    """
    try:
        number = float(value)
    except OverflowError:  # an integer beyond the largest float
        number = math.inf
    if not math.isfinite(number):
        return Score(None, f"expected a finite number, got {number}")
    return Score(number, f"value {number:g}")
