"""Reward functions written for TRL, verl or EasyR1, called as their stack would call them.

Source: the calling conventions of TRL 1.16, verl 0.9.1 and EasyR1 0.3.3.dev0, which
`rewardkit.adapters` has the other way round.
"""

import copy
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.function_results import listed, to_result
from rewardkit.rewards.loading import check_plain_call
from rewardkit.types import Message, Rollout

Convention: TypeAlias = Literal["rollouts", "trl", "verl", "easyr1"]
"""How a function is called; `rollouts` is rewardkit's own way."""

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)

GIVEN: dict[str, tuple[str, ...]] = {
    "trl": ("prompts", "completions", "trainer_state", "log_extra", "log_metric"),
    "verl": ("data_source", "solution_str", "ground_truth", "extra_info"),
}
"""The names that a function of a stack is always called with."""

Function: TypeAlias = Callable[..., object]


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
    check_plain_call(spec, function)
    names = dict.fromkeys(GIVEN.get(convention, ()))
    first: tuple[object, ...] = ([],) if convention == "easyr1" else ()
    try:
        signature = inspect.signature(function)
        signature.bind_partial(*first, **{**names, **options})
    except TypeError as error:
        raise ConfigError(
            f"custom.convention: expected {spec} to take what {convention} gives and the options: "
            f"{error}"
        ) from None
    except ValueError:  # built-in functions may have no signature
        return function
    ids = signature.parameters.get("completion_ids")
    if convention == "trl" and ids is not None and ids.default is inspect.Parameter.empty:
        raise ConfigError(
            f"custom.convention: expected {spec} to need no completion_ids, as rollouts hold text"
        )
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
    options = copy.deepcopy(dict(options))  # a function may change what it is given
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
    columns.setdefault("task", [rollout.task for rollout in rollouts])
    for name in ("choices", "images", "keywords"):
        columns.setdefault(name, [list(getattr(rollout, name)) for rollout in rollouts])
    columns |= {"trainer_state": None, "log_extra": log_nothing, "log_metric": log_nothing}
    columns["prompts"] = [chat_or_text(rollout.prompt) for rollout in rollouts]
    columns["completions"] = [chat_or_text(rollout.completion) for rollout in rollouts]
    return columns


def log_nothing(name: str, value: object) -> None:
    """Stand for TRL's `log_metric` and `log_extra`: outside of a training run nobody listens."""


def chat_or_text(value: str | list[Message]) -> object:
    """Text as it is, messages as dicts."""
    return value if isinstance(value, str) else msgspec.to_builtins(value)


def call_verl(function: Function, rollout: Rollout, options: Mapping[str, object]) -> object:
    """Call verl's `compute_score` for one rollout."""
    nested = rollout.extra.get("extra_info")
    extra = dict(nested) if isinstance(nested, Mapping) else dict(rollout.extra)
    own: dict[str, object] = {"prompt": chat_or_text(rollout.prompt)}
    own |= {name: list(getattr(rollout, name)) for name in ("images", "keywords", "choices")}
    return function(
        data_source=rollout.extra.get("data_source", rollout.task),
        solution_str=rollout.text,
        ground_truth=rollout.reference,
        extra_info={**own, **extra},
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
    module = sys.modules.get(getattr(function, "__module__", ""))  # a decorated one's own
    if getattr(module, "REWARD_TYPE", "batch") == "sequential":
        return [to_result(function(row, **options), "overall") for row in inputs]
    results = listed(function(inputs, **options))
    if not isinstance(results, list):
        return results
    return [to_result(result, "overall") for result in results]
