"""What an adapter may be told, and what is known about a stack."""

import math
from typing import Literal, TypeAlias

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.formats import FIELDS, Places
from rewardkit.suggest import did_you_mean

Unjudged: TypeAlias = float | Literal["stop"] | None
"""What 'not judged' becomes: a number, an exception, or None for the stack's own way to say so."""

LARGEST = 3.4028234663852886e38
"""The largest float32, the type in which stacks keep rewards."""


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter has to know about a stack, and what `rewardkit export` writes for it.

    Attributes:
        name: As in `--stack`.
        adapter: What makes the adapter, as `module:name`.
        variable: The name that the stack looks for in the exported file.
        configuration: Lines that tell the stack about the file; `{path}`, `{folder}` and `{module}`
            stand for it.
        imports: Further imports of the exported file.
        after: Further lines at its end.
        says_unjudged: Whether the stack can leave a rollout out; one that can't needs `unjudged`.
        gives_batches: Whether a call holds several rollouts of a question.
        one_label: Whether the label is all that reaches the reward of a row's fields.
        places: Where the fields of a rollout stand in the stack's rows.
    """

    name: str
    adapter: str
    variable: str
    configuration: str
    imports: str = ""
    after: str = ""
    says_unjudged: bool = False
    gives_batches: bool = False
    one_label: bool = False
    places: Places = {}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a reward is used in a stack.

    Attributes:
        unjudged: What a rollout that is not judged is worth. Needed where the stack has no way to
            leave a rollout out, and never chosen for you: a number, or `stop` to raise.
        on_error: What happens when the reward itself fails on a row: `stop` raises, `exclude`
            treats the row as not judged.
        fields: Where a field of the rollout stands in the stack's rows: `{"reference": "gold"}`.
        packed: The label holds a JSON object with fields of the rollout, its reference among them;
            for stacks that hand over nothing but a label.
        group_size: Rollouts of one question in each call, for rewards that compare them.

    >>> Options(unjudged="zero")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: unjudged: expected a finite number, 'stop' or None, got 'zero'
    """

    unjudged: Unjudged = None
    on_error: Literal["stop", "exclude"] = "stop"
    fields: dict[str, str] = {}
    packed: bool = False
    group_size: int | None = None

    def __post_init__(self) -> None:
        """Check what types can't say."""
        check_unjudged(self.unjudged)
        if self.on_error not in ("stop", "exclude"):
            raise ConfigError(f"on_error: expected 'stop' or 'exclude', got {self.on_error!r}")
        if self.group_size is not None and self.group_size < 1:
            raise ConfigError(f"group_size: expected at least 1, got {self.group_size}")
        for field in self.fields:
            if field not in FIELDS:
                known = ", ".join(FIELDS)
                hint = did_you_mean(field, FIELDS).replace(", did", "; did")
                raise ConfigError(f"fields: expected one of {known}, got {field!r}{hint}")


def check_unjudged(value: object) -> None:
    """Refuse what no stack can keep as a reward.

    Raises:
        ConfigError: Naming what was got.
    """
    if value is None or value == "stop":
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value) and abs(value) <= LARGEST:
            return
    raise ConfigError(f"unjudged: expected a finite number, 'stop' or None, got {value!r}")


def check_options(stack: Stack, options: Options) -> None:
    """Refuse options that a stack has no use for, and ask for the one that must be chosen.

    Raises:
        ConfigError: Naming the stack and the option.
    """
    if options.unjudged is None and not stack.says_unjudged:
        raise ConfigError(
            f"{stack.name}: unjudged: expected a number or 'stop', as {stack.name} can't leave a "
            "rollout out, got none"
        )
    if options.packed and not stack.one_label:
        raise ConfigError(
            f"{stack.name}: packed: expected it for a stack that hands over a label only; here "
            "fields stand in the rows"
        )
    if options.group_size is not None and not stack.gives_batches:
        raise ConfigError(
            f"{stack.name}: group_size: expected it for a stack that hands over whole groups, got "
            f"{options.group_size}"
        )
