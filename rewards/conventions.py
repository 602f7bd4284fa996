"""Reward functions written for TRL, verl or EasyR1, called as their stack would call them.

Source: the calling conventions of TRL 1.16, verl 0.9.1 and EasyR1 0.3.3.dev0, which
`rewardkit.adapters` has the other way round.
"""

import inspect
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.types import Message, Rollout

Convention: TypeAlias = Literal["rollouts", "trl", "verl", "easyr1"]
"""How a function is called; `rollouts` is rewardkit's own way."""

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)

GIVEN: dict[str, tuple[str, ...]] = {
    "trl": ("prompts", "completions"),
    "verl": ("data_source", "solution_str", "ground_truth", "extra_info"),
}
"""The names that a function of a stack is always called with."""

Function: TypeAlias = Callable[..., object]


class Result(msgspec.Struct, frozen=True):
    """What a function of another stack said about one rollout.

    Attributes:
        value: Its number, None for 'not judged'.
        parts: Further numbers that it gave by name.
    """

    value: object
    parts: dict[str, object] = {}


def check_convention(
    spec: str, function: object, convention: Convention, options: Mapping[str, object]
) -> Function:
    """Refuse what can't be called in the way of a stack, as far as its signature tells.

    Raises:
        ConfigError: When it isn't callable, is a coroutine, or its signature doesn't fit.
    """
    if not callable(function):
        got = type(function).__name__
        raise ConfigError(f"custom.function: expected {spec} to be a function, got {got}")
    if inspect.iscoroutinefunction(function):
        raise ConfigError(f"custom.function: expected {spec} to be a plain function, got async def")
    names = dict.fromkeys(GIVEN.get(convention, ()))
    first: tuple[object, ...] = ([],) if convention == "easyr1" else ()
    try:
        inspect.signature(function).bind_partial(*first, **{**names, **options})
    except TypeError as error:
        raise ConfigError(
            f"custom.convention: expected {spec} to take what {convention} gives and the options: "
            f"{error}"
        ) from None
    except ValueError:  # built-in functions may have no signature
        pass
    return function


def call_by(
    convention: Convention,
    function: Function,
    rollouts: Sequence[Rollout],
    options: Mapping[str, object],
) -> object:
    """Call a function in the way of a stack.

    Returns:
        What came back, a `Result` in place of each dict; how many there are is not checked.
    """
    if convention == "trl":
        return listed(function(**trl_columns(rollouts), **options))
    if convention == "verl":
        return [to_result(call_verl(function, row, options), "score") for row in rollouts]
    if convention == "easyr1":
        return call_easyr1(function, rollouts, options)
    return function(rollouts, **options)


def trl_columns(rollouts: Sequence[Rollout]) -> dict[str, object]:
    """The rollouts as columns: prompts, completions, and every other field that one of them has.

    The reference is there by the names `reference`, `solution` and `answer`, where no other field
    of the rollouts has that name.
    """
    names = {name: None for rollout in rollouts for name in rollout.extra}
    columns: dict[str, object] = {
        name: [rollout.extra.get(name) for rollout in rollouts] for name in names
    }
    references = [rollout.reference for rollout in rollouts]
    for name in ("reference", "solution", "answer"):
        columns.setdefault(name, references)
    for name in ("task", "choices", "images", "keywords"):
        columns.setdefault(name, [getattr(rollout, name) for rollout in rollouts])
    columns["prompts"] = [chat_or_text(rollout.prompt) for rollout in rollouts]
    columns["completions"] = [chat_or_text(rollout.completion) for rollout in rollouts]
    return columns


def chat_or_text(value: str | list[Message]) -> object:
    """Text as it is, messages as dicts."""
    return value if isinstance(value, str) else msgspec.to_builtins(value)


def call_verl(function: Function, rollout: Rollout, options: Mapping[str, object]) -> object:
    """Call verl's `compute_score` for one rollout."""
    nested = rollout.extra.get("extra_info")
    extra = dict(nested) if isinstance(nested, Mapping) else dict(rollout.extra)
    own = {"prompt": chat_or_text(rollout.prompt), "images": rollout.images}
    return function(
        data_source=rollout.extra.get("data_source", rollout.task),
        solution_str=rollout.text,
        ground_truth=rollout.reference,
        extra_info={**own, "keywords": rollout.keywords, "choices": rollout.choices, **extra},
        **options,
    )


def call_easyr1(
    function: Function, rollouts: Sequence[Rollout], options: Mapping[str, object]
) -> object:
    """Call EasyR1's function as its module says, with the batch or rollout by rollout."""
    inputs: list[dict[str, object]] = []
    for rollout in rollouts:
        row: dict[str, object] = {"response": rollout.text, "ground_truth": rollout.reference}
        if rollout.completion_tokens is not None:
            row["response_length"] = rollout.completion_tokens
        inputs.append(row)
    module = getattr(function, "__globals__", {})
    if module.get("REWARD_TYPE", "batch") == "sequential":
        return [to_result(function(row, **options), "overall") for row in inputs]
    results = listed(function(inputs, **options))
    if not isinstance(results, list):
        return results
    return [to_result(result, "overall") for result in results]


def to_result(value: object, key: str) -> object:
    """A dict's number and its further numbers; anything else as it is.

    Raises:
        VerifierError: When a dict lacks the key.

    >>> to_result({"score": 1.0, "acc": 0.5, "pred": "7"}, "score")
    Result(value=1.0, parts={'acc': 0.5})
    """
    if not isinstance(value, Mapping):
        return item(value)
    if key not in value:
        raise VerifierError(f"expected a dict with {key!r}, got {', '.join(map(str, value))}"[:200])
    others = {str(name): item(part) for name, part in value.items() if name != key}
    parts = {name: part for name, part in others.items() if isinstance(part, numbers.Real)}
    return Result(item(value[key]), dict(parts))


def listed(values: object) -> object:
    """A list for a tensor or an array."""
    to_list = getattr(values, "tolist", None)
    return to_list() if callable(to_list) else values


def item(value: object) -> object:
    """A number for a tensor or an array of one."""
    get = getattr(value, "item", None)
    return get() if callable(get) else value
