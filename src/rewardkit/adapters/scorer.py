"""What all adapters share: a stack's rows in, checked rewards out."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from rewardkit.adapters.options import LARGEST, Options, Stack, check_options
from rewardkit.adapters.rows import read_row, unpacked
from rewardkit.decoding import default_group
from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards import Reward, load_reward, needs_groups
from rewardkit.rewards.walk import question
from rewardkit.scoring import Outcome, score_batch
from rewardkit.types import Rollout, Score

Spec: TypeAlias = str | Path | Mapping[str, object] | Reward
"""What names a reward: as `load_reward` takes it."""

logger = logging.getLogger("rewardkit.adapters")


class Paid(msgspec.Struct, frozen=True):
    """What a stack is told about a rollout.

    Attributes:
        value: A finite number that float32 can hold; None for 'not judged', only where the stack
            understands it.
        score: The reward's own score.
    """

    value: float | None
    score: Score

    @property
    def judged(self) -> bool:
        """Whether the value is the reward's, and not what was chosen for 'not judged'."""
        return self.score.value is not None


def to_number(paid: Paid) -> float:
    """The value of a stack in which None is refused when the adapter is made."""
    if paid.value is None:
        raise TypeError("expected a number for each rollout")
    return paid.value


class Scorer:
    """A reward at the edge of a stack. It can be pickled and used from any thread."""

    def __init__(self, stack: Stack, reward: Spec, options: Options) -> None:
        """Load the reward and check that the stack can use it.

        Raises:
            ConfigError: When it can't be loaded, the options don't fit the stack, or the reward
                compares rollouts and the stack hands over no whole groups.
        """
        check_options(stack, options)
        self.stack, self.options = stack, options
        self.reward = load_reward(reward)
        self._whole_groups = needs_groups(self.reward)
        check_groups(stack, options, self._whole_groups)
        renamed = {field: (place,) for field, place in options.fields.items()}
        self._places = {**stack.places, **renamed}
        self._warned = False

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Paid]:
        """Score the rows of one call.

        Args:
            rows: The fields of each rollout, `completion` among them. With `packed`, `reference`
                holds the fields of the label.

        Returns:
            One for each row, in their order.

        Raises:
            RolloutError: When a row is no rollout.
            VerifierError: When the reward failed and `on_error` is `stop`, when a row is not judged
                and `unjudged` is `stop`, when a group is torn, or a value exceeds float32.
        """
        rollouts = [self._rollout(row, number) for number, row in enumerate(rows, start=1)]
        if self._whole_groups:
            check_whole(rollouts, self.options.group_size or 1, self.stack.name)
        outcomes = score_batch(self.reward, rollouts)
        if len(outcomes) != len(rows):
            raise VerifierError(f"expected {len(rows)} scores, got {len(outcomes)}")
        if self.options.on_error == "stop":
            self._check_failures(outcomes)
        return [self._paid(outcome.score) for outcome in outcomes]

    def score_one(self, row: Mapping[str, object]) -> Paid:
        """Score a stack's single row; see `score`."""
        return self.score([row])[0]

    async def score_async(self, rows: Sequence[Mapping[str, object]]) -> list[Paid]:
        """Score in a thread, so that the stack's event loop goes on; see `score`."""
        return await asyncio.to_thread(self.score, rows)

    def _rollout(self, row: Mapping[str, object], number: int) -> Rollout:
        where = f"{self.stack.name}: row {number}"
        if self.options.packed:
            fields = unpacked(row.get("reference"), where)
            row = {**row, **fields, "completion": row["completion"]}
        return read_row(row, self._places, where)

    def _check_failures(self, outcomes: Sequence[Outcome]) -> None:
        failed = [outcome.score.reason for outcome in outcomes if outcome.status == "error"]
        if failed:
            raise VerifierError(
                f"{self.stack.name}: the reward failed on {len(failed)} of {len(outcomes)} "
                f"rollouts, first: {failed[0]}"
            )

    def _paid(self, score: Score) -> Paid:
        if score.value is None:
            return Paid(self._unjudged(score.reason), score)
        if abs(score.value) > LARGEST:
            raise VerifierError(
                f"{self.stack.name}: expected a reward within float32, got {score.value!r}"
            )
        return Paid(score.value, score)

    def _unjudged(self, reason: str) -> float | None:
        chosen = self.options.unjudged
        if chosen == "stop":
            raise VerifierError(f"{self.stack.name}: a rollout is not judged: {reason}")
        if not self._warned:
            self._warned = True
            logger.warning("first rollout that is not judged, paid as %s: %s", chosen, reason)
        return None if chosen is None else float(chosen)


def check_groups(stack: Stack, options: Options, whole_groups: bool) -> None:
    """Refuse a reward that compares rollouts where their group can't be had whole.

    Raises:
        ConfigError: Naming the stack.
    """
    if not whole_groups:
        return
    if not stack.gives_batches:
        raise ConfigError(
            f"{stack.name}: expected a reward that judges each rollout by itself, as {stack.name} "
            "hands over no whole groups, got one that compares the rollouts of a question"
        )
    if options.group_size is None:
        raise ConfigError(
            f"{stack.name}: group_size: expected the number of rollouts a question, as the reward "
            "compares them, got none"
        )


def check_whole(rollouts: Sequence[Rollout], size: int, name: str) -> None:
    """Refuse a call that tears a group, or in which groups can't be told apart.

    Raises:
        VerifierError: Naming the stack and the group.
    """
    counts: dict[str | None, int] = {}
    for rollout in rollouts:
        if rollout.images and rollout.group == default_group(rollout.prompt_text, rollout.id):
            raise VerifierError(
                f"{name}: group: expected a column 'group' beside images, as the same words about "
                "different images are different questions, got none"
            )
        key = question(rollout)
        counts[key] = counts.get(key, 0) + 1
    for key, count in counts.items():
        if count % size:
            raise VerifierError(
                f"{name}: expected whole groups of {size} rollouts in a call, as the reward "
                f"compares them, got {count} of {key!r:.80}"
            )
