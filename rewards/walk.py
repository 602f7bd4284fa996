"""Rewards made of rewards: who is inside, who needs whole groups, and how a part is called."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards.base import Reward
from rewardkit.types import Rollout, Score
from rewardkit.verifiers import VERIFIERS


def children(reward: object) -> Iterator[object]:
    """The rewards that a reward is made of, one level down, in the order of its fields.

    Looks into fields, dicts, lists, tuples and values such as `Part` that hold a reward. A reward
    that loads another one by name offers it by a method `inner() -> Reward | None`.

    >>> from rewardkit.rewards import Clip, Constant
    >>> list(children(Clip(Constant(2.0), high=1.0)))
    [Constant(value=2.0)]
    """
    if isinstance(reward, msgspec.Struct):
        for name in reward.__struct_fields__:
            yield from _rewards_in(getattr(reward, name))
    inner = getattr(reward, "inner", None)
    if callable(inner) and is_reward(loaded := inner()):
        yield loaded


def _rewards_in(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _rewards_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _rewards_in(item)
    elif is_reward(value):
        yield value
    elif isinstance(value, msgspec.Struct):
        yield from children(value)


def nested(reward: object) -> Iterator[object]:
    """A reward and all rewards inside it, outermost first."""
    yield reward
    for child in children(reward):
        yield from nested(child)


def needs_groups(reward: Reward) -> bool:
    """Whether a reward, or one inside it, must be handed whole groups.

    Returns:
        True where `whole_groups` is true on any of them; a function may carry that attribute too.

    >>> from rewardkit.rewards import Constant, Group, Scale
    >>> needs_groups(Scale(Group(Constant(1.0)), factor=2.0)), needs_groups(Constant(1.0))
    (True, False)
    """
    return any(bool(getattr(one, "whole_groups", False)) for one in nested(reward))


def uses_models(reward: Reward) -> bool:
    """Whether a reward, or one inside it, holds a neural network or calls one.

    Returns:
        True where `uses_models` is true on any of them; a function may carry that attribute too.

    >>> from rewardkit.rewards import Constant
    >>> uses_models(Constant(1.0))
    False
    """
    return any(bool(getattr(one, "uses_models", False)) for one in nested(reward))


def question(rollout: Rollout) -> str | None:
    """What the rollouts of one question share: `group`, where that is empty prompt, then id.

    Returns:
        None where a rollout has none of them. The same words about different images are different
        questions: such rollouts need a `group`.
    """
    if rollout.group:
        return f"group {rollout.group}"
    if prompt := rollout.prompt_text:
        return f"prompt {prompt}"
    return f"id {rollout.id}" if rollout.id else None


def score_all(reward: Reward, rollouts: Sequence[Rollout]) -> list[Score]:
    """Call a reward and check that it returned one score for each rollout.

    Raises:
        VerifierError: When it returned something else.
    """
    scores = reward(rollouts)
    if len(scores) != len(rollouts):
        name = getattr(reward, "__name__", type(reward).__name__)
        raise VerifierError(f"{name}: expected {len(rollouts)} scores, got {len(scores)}")
    return scores


def score_rows(reward: Reward, rollouts: Sequence[Rollout], rows: Sequence[int]) -> list[Score]:
    """Score some rows of a batch; a reward that needs whole groups is handed theirs.

    Args:
        reward: The reward.
        rollouts: The whole batch.
        rows: Indices into it, each once, in rising order.

    Returns:
        One score for each of `rows`, in their order.
    """
    if not rows:
        return []
    if len(rows) == len(rollouts):
        return score_all(reward, rollouts)
    if not needs_groups(reward):
        return score_all(reward, [rollouts[row] for row in rows])
    wanted = {question(rollouts[row]) for row in rows}
    seen = [row for row, rollout in enumerate(rollouts) if question(rollout) in wanted]
    scores = dict(zip(seen, score_all(reward, [rollouts[row] for row in seen]), strict=True))
    return [scores[row] for row in rows]


def is_reward(value: object) -> bool:
    """Whether a value can be called with rollouts; classes and verifiers can not."""
    return isinstance(value, Reward) and not isinstance(value, (type, *VERIFIERS.values()))


def check_reward(value: object, where: str) -> None:
    """Refuse what is not a reward, such as a name or a class, where one is wanted.

    Raises:
        ConfigError: Naming the place and what was got.
    """
    if isinstance(value, type):
        raise ConfigError(f"{where}: expected a reward, got the class {value.__name__}: call it")
    if not is_reward(value):
        raise ConfigError(f"{where}: expected a reward, got {type(value).__name__} {value!r:.60}")


def check_names(names: Mapping[str, object], where: str) -> None:
    """Refuse a table of parts that is empty, or whose names could not be told apart when dotted.

    Raises:
        ConfigError: Naming the place and what was got.
    """
    if not isinstance(names, Mapping):
        raise ConfigError(f"{where}: expected names with rewards, got {type(names).__name__}")
    if not names:
        raise ConfigError(f"{where}: expected at least one part, got none")
    for name in names:
        if not isinstance(name, str) or not name or "." in name:
            raise ConfigError(f"{where}: expected names without a full stop, got {name!r}")
