"""Scoring rollouts in this process: one reward, a batch, and no row that takes the others down."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from rewardkit.errors import ConfigError, RolloutError, VerifierError
from rewardkit.types import Rollout, Score

if TYPE_CHECKING:
    from rewardkit.rewards.base import Reward

Status: TypeAlias = Literal["scored", "unjudged", "error"]


class Outcome(msgspec.Struct, frozen=True):
    """A score, and whether it came from the reward or from the reward's failure."""

    score: Score
    status: Status


def score(
    rollouts: Iterable[Rollout | Mapping[str, Any]], reward: "Reward | str | Mapping[str, object]"
) -> list[Score]:
    """Score rollouts with a reward.

    Args:
        rollouts: Rollouts, or mappings with the fields of a line of the JSONL format.
        reward: A reward, or what `load_reward` takes: a preset's name, a YAML file, `file.py:name`.

    Returns:
        One score for each rollout, in their order.

    Raises:
        ConfigError: When there is no such reward.
        RolloutError: When a mapping is not a rollout.

    >>> score([{"completion": "A: 72", "reference": "72"}], "gsm8k")[0].value
    1.0
    """
    from rewardkit.rewards import load_reward  # a light import for those who only need the types

    rows = [
        row if isinstance(row, Rollout) else read_mapping(row, number)
        for number, row in enumerate(rollouts, start=1)
    ]
    return [outcome.score for outcome in score_batch(load_reward(reward), rows)]


def read_mapping(row: Mapping[str, Any], number: int) -> Rollout:
    """Read a mapping as a line of the JSONL format would be read."""
    from rewardkit.decoding import Violation, read_rollout

    result = read_rollout(dict(row), {}, str(number))
    if isinstance(result, Violation):
        raise RolloutError(f"rollout {number}: {result}")
    return result


def score_batch(reward: "Reward", rollouts: Sequence[Rollout]) -> list[Outcome]:
    """Score a batch; where the reward raises, find the row, mark it `error` and score the others.

    Where the reward looks at whole groups, a group fails or passes as one.

    Args:
        reward: The reward.
        rollouts: Any number of rollouts.
    """
    if not rollouts:
        return []
    try:
        return [judge(item) for item in call_reward(reward, rollouts)]
    except ConfigError:
        raise
    except (Exception, SystemExit) as error:
        # The one place that keeps a batch alive; every catch is reported. A user's function that
        # ends the interpreter fails on its row like any other.
        units = find_units(reward, rollouts)
        if len(units) <= 1:
            failed = plain_score(Score(None, f"error: {type(error).__name__}: {error}"[:500]))
            return [Outcome(failed, "error") for _ in rollouts]
    outcomes: list[Outcome | None] = [None] * len(rollouts)
    for unit in units:
        part = score_batch(reward, [rollouts[i] for i in unit])
        for i, outcome in zip(unit, part, strict=True):
            outcomes[i] = outcome
    return [outcome for outcome in outcomes if outcome is not None]


def call_reward(reward: "Reward", rollouts: Sequence[Rollout]) -> list[Score]:
    """Call a reward and check that it kept its side of the contract."""
    scores = reward(rollouts)
    if not isinstance(scores, list) or len(scores) != len(rollouts):
        got = f"{len(scores)}" if isinstance(scores, list) else type(scores).__name__
        raise VerifierError(f"expected a list of {len(rollouts)} scores, got {got}")
    return [plain_score(item) for item in scores]


def plain_score(score: object) -> Score:
    """Check one score, and turn what NumPy and PyTorch call a number into one.

    Raises:
        VerifierError: When it is no Score, its value no finite number, or its reason no text.

    >>> plain_score(Score(True, "yes")).value
    1.0
    """
    if not isinstance(score, Score):
        raise VerifierError(f"expected a Score for each rollout, got {type(score).__name__}")
    value, reason = score.value, score.reason
    if not isinstance(reason, str):
        raise VerifierError(f"expected a reason that is text, got {type(reason).__name__}")
    if not reason.isascii():
        reason = reason.encode("utf-8", "replace").decode()  # half surrogate pairs can't be written
    elif not score.parts and (value is None or type(value) is float):
        return score  # as almost all are
    parts = {name: plain_score(part) for name, part in score.parts.items()}
    same = all(parts[name] is part for name, part in score.parts.items())
    if same and reason is score.reason and (value is None or type(value) is float):
        return score
    return Score(None if value is None else float(value), reason, parts)


def judge(score: Score) -> Outcome:
    """Name what a returned score is."""
    return Outcome(score, "scored" if score.value is not None else "unjudged")


def find_units(reward: "Reward", rollouts: Sequence[Rollout]) -> list[list[int]]:
    """Indices of the rollouts that a reward has to be given together, in order of appearance.

    They are those of one question where the reward compares them, else each row by itself.
    """
    from rewardkit.rewards.walk import needs_groups, question  # only where a reward has failed

    if not needs_groups(reward):
        return [[i] for i in range(len(rollouts))]
    units: dict[str | None, list[int]] = {}
    for i, rollout in enumerate(rollouts):
        units.setdefault(question(rollout), []).append(i)
    return list(units.values())
