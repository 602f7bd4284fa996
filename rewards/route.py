"""Route: each rollout to the reward of its task, or of another of its fields."""

from collections.abc import Sequence

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.walk import check_reward, score_rows
from rewardkit.types import Rollout, Score

DEFAULT = "default"
"""Name of the part that the default reward's scores are kept under."""

FIELDS: frozenset[str] = frozenset({"id", "group", "task", "reference", "truncated"})
"""The fields of a rollout that hold one plain value; other names are looked up in `extra`."""


def route_key(rollout: Rollout, field: str) -> str | None:
    """What a rollout says in one field, as a route's name.

    Args:
        rollout: The rollout.
        field: One of `FIELDS`, or a field that rewardkit does not know and hands through.

    Returns:
        Texts as they are, whole numbers in digits, `true` and `false`; None where the field is
        missing or holds anything else.

    >>> route_key(Rollout(completion="", extra={"level": 3}), "level")
    '3'
    """
    value = getattr(rollout, field) if field in FIELDS else rollout.extra.get(field)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # An int beyond this is no name of a route, and turning it into digits could raise.
        return str(value) if abs(value) < 10**30 else None
    return None


class Route(msgspec.Struct, frozen=True, tag_field="kind", tag="route", forbid_unknown_fields=True):
    """A reward for each task, or for each value of another field.

    Attributes:
        routes: Rewards by the field's value: texts as they are, whole numbers in digits, `true`,
            `false`.
        by: The field: `task`, another one of a rollout, or one of the input's own.
        default: The reward of all others; None leaves them unjudged.

    Returns:
        Per rollout the value of its reward, which `parts` holds by the route's name (`default` for
        the default). A reward that needs whole groups is handed those of its rollouts, whatever
        their routes.

    Raises:
        ConfigError: When there is no route or `by` is empty.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> route = Route({"math": Constant(1.0)})
    >>> [s.value for s in route([Rollout(completion=""), Rollout(completion="", task="text")])]
    [1.0, None]
    """

    routes: dict[str, Reward]
    by: str = "task"
    default: Reward | None = None

    def __post_init__(self) -> None:
        """Check the options."""
        if not isinstance(self.by, str) or not self.by:
            raise ConfigError(f"route.by: expected a field's name, got {self.by!r:.60}")
        if not isinstance(self.routes, dict) or not self.routes:
            raise ConfigError("route.routes: expected at least one route, got none")
        for name, reward in self.routes.items():
            if not isinstance(name, str):
                raise ConfigError(f"route.routes: expected strings as names, got {name!r:.60}")
            check_reward(reward, f"route.routes.{name}")
        if self.default is not None:
            check_reward(self.default, "route.default")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout by its route, one call a route, in the order of the batch."""
        keys = [route_key(rollout, self.by) for rollout in rollouts]
        rows: dict[str, list[int]] = {}
        rest: list[int] = []
        for row, key in enumerate(keys):
            if key is not None and key in self.routes:
                rows.setdefault(key, []).append(row)
            else:
                rest.append(row)
        scores: dict[int, Score] = {}
        for key, its_rows in rows.items():
            inner = score_rows(self.routes[key], rollouts, its_rows)
            scores.update(zip(its_rows, _named(key, inner), strict=True))
        if self.default is None:
            scores.update((row, self._lost(keys[row])) for row in rest)
        else:
            inner = score_rows(self.default, rollouts, rest)
            scores.update(zip(rest, _named(DEFAULT, inner), strict=True))
        return [scores[row] for row in range(len(rollouts))]

    def _lost(self, key: str | None) -> Score:
        known = ", ".join(self.routes)
        got = "no plain value" if key is None else f"{key!r:.60}"
        return Score(None, f"no route: expected {self.by} to be one of {known:.200}, got {got}")


def _named(name: str, scores: list[Score]) -> list[Score]:
    return [Score(score.value, f"{name}: {score.reason}", {name: score}) for score in scores]
