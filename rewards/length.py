"""Length rewards: pay for a reply by how long it is, in four published shapes.

The formulas and their sources are in `length_shapes.py`.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.length_shapes import (
    cosine_length,
    inverse_length,
    relative_length,
    soft_overlong,
)
from rewardkit.rewards.numbers import check_choice
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.walk import check_reward, question, score_all
from rewardkit.rewards.words import split_words
from rewardkit.types import Rollout, Score

Shape: TypeAlias = Literal["inverse", "soft-overlong", "cosine", "group-relative"]
Unit: TypeAlias = Literal["tokens", "words", "characters"]

PUBLISHED_LIMIT: Final[dict[Shape, int]] = {"inverse": 512, "soft-overlong": 20480, "cosine": 1000}
"""The limit of each shape where none is given, as its source has it."""

USES: Final[dict[Shape, frozenset[str]]] = {
    "inverse": frozenset({"limit"}),
    "soft-overlong": frozenset({"limit", "cache"}),
    "cosine": frozenset({"limit", "correct", "correct_range", "wrong_range"}),
    "group-relative": frozenset({"correct"}),
}
"""The options that each shape reads, besides `unit`."""

DEFAULTS: Final[dict[str, object]] = {
    "limit": None,
    "cache": 4096,
    "correct": None,
    "correct_range": (0.5, 1.0),
    "wrong_range": (-1.0, -0.5),
}

MAX_TOKENS: Final = 2**53
"""No count is larger; beyond it lies a broken file, and arithmetic that overflows."""


class Length(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="length",
    forbid_unknown_fields=True,
):
    """Pay for a reply by its length.

    Args:
        shape: `inverse` 1 up to `limit`, then limit / length, in (0, 1]. `soft-overlong` 0 up to
            limit - cache, falling to -1 at the limit, in [-1, 0]. `cosine` falls from the top to
            the bottom of `correct_range` for a right reply, and climbs from the bottom to the top
            of `wrong_range` for a wrong one. `group-relative` 0.5 for the shortest reply of a
            question to -0.5 for the longest, cut at 0 for a wrong one, 0 where all are equally
            long.
        limit: In `unit`, at least 1. None: as published, 512 (`inverse`), 20480 (`soft-overlong`),
            1000 (`cosine`).
        cache: `soft-overlong` only: how far below the limit the fall begins, in `unit`, 1 to limit.
        unit: `tokens` (the rollout's `completion_tokens`), `words` or `characters` of the reply.
        correct: `cosine` and `group-relative` only: the reward that says which replies are right,
            those with 1.0 or more.
        correct_range: `cosine` only: bottom and top for a right reply.
        wrong_range: `cosine` only: bottom and top for a wrong reply.

    Raises:
        ConfigError: When an option is out of its range, missing, or not one of the shape's.

    >>> Length(limit=512)([Rollout(completion="…", completion_tokens=1024)])[0].value
    0.5
    """

    shape: Shape = "inverse"
    limit: int | None = None
    cache: int = 4096
    unit: Unit = "tokens"
    correct: Reward | None = None
    correct_range: tuple[float, float] = (0.5, 1.0)
    wrong_range: tuple[float, float] = (-1.0, -0.5)

    def __post_init__(self) -> None:
        """Refuse options that can't be meant."""
        check_choice(self.shape, get_args(Shape), "length.shape")
        check_choice(self.unit, get_args(Unit), "length.unit")
        if self.limit is not None and not (isinstance(self.limit, int) and self.limit >= 1):
            raise ConfigError(f"length.limit: expected an integer from 1, got {self.limit!r}")
        check_plain(self)
        self._refuse_unused()
        if self.correct is not None:
            check_reward(self.correct, "length.correct")
        elif self.shape in ("cosine", "group-relative"):
            raise ConfigError(
                f"length.correct: expected the reward that says which replies are right, such as "
                f"accuracy, for shape {self.shape!r} needs it, got none"
            )
        if self.shape == "soft-overlong" and not (
            isinstance(self.cache, int) and 1 <= self.cache <= self._limit
        ):
            raise ConfigError(
                f"length.cache: expected 1 to limit ({self._limit}), got {self.cache!r}"
            )
        for name in ("correct_range", "wrong_range"):
            low, high = getattr(self, name)
            if not (math.isfinite(low) and math.isfinite(high) and low <= high):
                raise ConfigError(
                    f"length.{name}: expected finite bottom <= top, got {(low, high)!r}"
                )

    @property
    def whole_groups(self) -> bool:
        """Whether all rollouts of a question must come in one batch."""
        return self.shape == "group-relative"

    @property
    def _limit(self) -> int:
        """The limit that holds; group-relative has none."""
        return self.limit or PUBLISHED_LIMIT.get(self.shape, 1)

    def _refuse_unused(self) -> None:
        """An option that the shape doesn't read is a mistake, not a wish."""
        for name, default in DEFAULTS.items():
            value = getattr(self, name)
            if name not in USES[self.shape] and value != default:
                raise ConfigError(
                    f"length.{name}: expected nothing, for shape {self.shape!r} doesn't use it, "
                    f"got {value!r:.60}"
                )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; None where its length or its correctness is not known."""
        lengths = [length_of(rollout, self.unit) for rollout in rollouts]
        if self.correct is None:
            return [self._plain(length) for length in lengths]
        verdicts = score_all(self.correct, rollouts)
        spans = _spans(rollouts, lengths) if self.shape == "group-relative" else {}
        return [
            self._with_verdict(length, verdict, spans.get(question(rollout) or ""))
            for rollout, length, verdict in zip(rollouts, lengths, verdicts, strict=True)
        ]

    def _plain(self, length: int | None) -> Score:
        """The shapes that look at the length alone."""
        if length is None:
            return _unknown()
        limit = self._limit
        if self.shape == "inverse":
            value = inverse_length(length, limit)
        else:
            value = soft_overlong(length, limit, self.cache)
        return Score(value, f"{length} {self.unit}, limit {limit}")

    def _with_verdict(
        self, length: int | None, verdict: Score, span: tuple[int, int] | None
    ) -> Score:
        """The shapes that treat right and wrong replies differently."""
        if length is None:
            return _unknown()
        if verdict.value is None:
            return Score(None, f"correctness not judged: {verdict.reason}")
        right = verdict.value >= 1.0
        said = f"{'right' if right else 'wrong'}, {length} {self.unit}"
        if self.shape == "cosine":
            bottom, top = self.correct_range if right else self.wrong_range
            ends = (top, bottom) if right else (bottom, top)
            return Score(cosine_length(length, self._limit, *ends), f"{said}, limit {self._limit}")
        if span is None:
            return Score(
                None, "group missing: expected a group or a prompt to tell questions apart"
            )
        value = relative_length(length, *span, right)
        return Score(value, f"{said}, {span[0]} to {span[1]} in its group")


def length_of(rollout: Rollout, unit: Unit) -> int | None:
    """The length of a reply; None where tokens are asked for and the rollout has no sound count.

    >>> length_of(Rollout(completion="a dog"), "words")
    2
    """
    if unit == "characters":
        return len(rollout.text)
    if unit == "words":
        return len(split_words(rollout.text))
    tokens = rollout.completion_tokens
    return tokens if tokens is not None and 0 <= tokens <= MAX_TOKENS else None


def _spans(
    rollouts: Sequence[Rollout], lengths: Sequence[int | None]
) -> dict[str, tuple[int, int]]:
    """Shortest and longest reply of each question, of those whose length is known."""
    spans: dict[str, tuple[int, int]] = {}
    for rollout, length in zip(rollouts, lengths, strict=True):
        key = question(rollout)
        if length is not None and key is not None:
            low, high = spans.get(key, (length, length))
            spans[key] = (min(low, length), max(high, length))
    return spans


def _unknown() -> Score:
    return Score(
        None,
        f"completion_tokens missing: expected a count from 0 to {MAX_TOKENS}; "
        "or set unit to words or characters",
    )
