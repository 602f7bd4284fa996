"""Dataset-level sampling: questions by how many of their rollouts are right.

Source: PeBR-R1, https://arxiv.org/abs/2509.13031, and its code cythu/PeBR-R1@0f332ce. There a
question is easy when 8 rollouts are right, whatever their number, so that 7 of 7 count as medium;
here it is a share.
"""

from typing import Literal, TypeAlias

import msgspec

from rewardkit.analysis.groups import GroupCounts, GroupNumbers
from rewardkit.analysis.parts import REWARD, check_correct_at, choose_part
from rewardkit.errors import ConfigError
from rewardkit.scored import ScoredRow

Difficulty: TypeAlias = Literal["easy", "medium", "hard", "few"]
"""How hard a question is; `few` has too few judged rollouts to say."""

DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard", "few")


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Where easy ends and hard begins.

    Attributes:
        correct_at: A rollout is right from this value on.
        easy_at: A question is easy from this share of right rollouts on, in (0, 1].
        hard_at: A question is hard up to this share, in [0, easy_at).
        min_rollouts: Judged rollouts that a question needs, at least 1.

    Raises:
        ConfigError: When the bounds contradict each other.

    >>> Bounds(easy_at=0.5, hard_at=0.5)
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: --easy-at, --hard-at: expected 0 <= hard < easy <= 1, got \
hard 0.5 and easy 0.5
    """

    correct_at: float = 1.0
    easy_at: float = 1.0
    hard_at: float = 0.0
    min_rollouts: int = 2

    def __post_init__(self) -> None:
        """Refuse bounds that leave a question in two places, or none."""
        check_correct_at(self.correct_at)
        if not 0.0 <= self.hard_at < self.easy_at <= 1.0:
            got = f"hard {self.hard_at} and easy {self.easy_at}"
            raise ConfigError(f"--easy-at, --hard-at: expected 0 <= hard < easy <= 1, got {got}")
        if self.min_rollouts < 1:
            raise ConfigError(f"--min-rollouts: expected at least 1, got {self.min_rollouts}")


def difficulty(judged: int, right: int, bounds: Bounds) -> Difficulty:
    """Say how hard a question is.

    Args:
        judged: Its judged rollouts; those not judged are left out.
        right: How many of them are right.
        bounds: Where easy ends and hard begins.

    >>> difficulty(7, 7, Bounds()), difficulty(8, 7, Bounds()), difficulty(8, 0, Bounds())
    ('easy', 'medium', 'hard')
    """
    if judged < bounds.min_rollouts:
        return "few"
    share = right / judged
    if share >= bounds.easy_at:
        return "easy"
    return "hard" if share <= bounds.hard_at else "medium"


class Question(msgspec.Struct, frozen=True):
    """What the rollouts say about one question.

    Attributes:
        difficulty: How hard it is.
        rate: Share of right rollouts in [0, 1]; None without judged ones.
    """

    difficulty: Difficulty
    rate: float | None


class Tally:
    """Counts right rollouts by question.

    The part that tells right from wrong may come to light in the last row only, so that all parts
    are counted unless the user named one. Memory grows with the number of questions and parts.
    """

    def __init__(self, bounds: Bounds, part: str | None = None) -> None:
        """Begin with nothing; `part` is the user's choice of the part, None for the usual one."""
        self._bounds = bounds
        self._wanted = part
        self._parts: dict[str, GroupCounts] = {}
        self._reward = GroupCounts(bounds.correct_at)
        self.groups = GroupNumbers()
        self.rollouts = 0

    def add(self, row: ScoredRow) -> bool:
        """Take in one row, and tell whether it is the first of its question."""
        self.rollouts += 1
        before = len(self.groups)
        group = self.groups.number(row.group)
        self._reward.add(group, row.reward)
        for name, score in row.scores.items():
            counts = self._parts.get(name)
            if counts is None:
                counts = self._parts[name] = GroupCounts(self._bounds.correct_at)
            if self._wanted is None or name == self._wanted:
                counts.add(group, score.value)
        return len(self.groups) > before

    def part(self) -> str:
        """Name of the part that tells right from wrong.

        Raises:
            ConfigError: When no row has the part that the user asked for.
        """
        if not self.rollouts:
            return self._wanted or REWARD
        return choose_part(self._wanted, self._parts)

    def judged(self) -> int:
        """Rollouts that are judged by that part."""
        return sum(n for n, _ in self._counts().judged())

    def question(self, group: int | None) -> Question:
        """What the rollouts say about the question of this number; None is one without rollouts."""
        judged, right = (0, 0) if group is None else self._counts()[group]
        rate = right / judged if judged else None
        return Question(difficulty(judged, right, self._bounds), rate)

    def _counts(self) -> GroupCounts:
        part = self.part()
        return self._reward if part == REWARD else self._parts.get(part, self._reward)
