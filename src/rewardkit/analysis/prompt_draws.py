"""Which questions to draw next, by the spread that their rewards had."""

from collections.abc import Sequence

import msgspec
import numpy as np

from rewardkit.analysis.spread import Row, spreads


class DrawState(msgspec.Struct):
    """What another one needs to go on as this one would.

    Attributes:
        teaches: How much each question has differed lately, in [0, 1].
        drawn: The batches drawn so far, as numbers of questions.
    """

    teaches: list[float]
    drawn: list[list[int]] = []


class PromptDraws:
    """Draws batches of distinct questions; saturated ones come back now and then.

    Each draw depends on the seed, its number and the rewards seen before it alone: where those are
    gathered over all processes, all of them draw the same. Draws are kept, as they go on from where
    a checkpoint was, while the loader is one batch ahead of the rewards.

    Attributes:
        state: What is behind it.
    """

    def __init__(self, size: int, batch: int, seed: int, floor: float, memory: float) -> None:
        """Begin with questions of which nothing is known.

        Args:
            size: Questions.
            batch: Distinct questions a draw.
            seed: At least 0.
            floor: Chance of a saturated question beside that of a mixed one, in (0, 1].
            memory: Weight of the latest spread beside the earlier ones, in (0, 1].
        """
        self._batch, self._seed, self._floor, self._memory = batch, seed, floor, memory
        self.state = DrawState([1.0] * size)

    def observe(self, rows: Sequence[Row]) -> None:
        """Learn from the rollouts of a step, whose groups are numbers of questions."""
        teaches = self.state.teaches
        for group, differs in spreads("total", rows).items():
            teaches[int(group)] += self._memory * (differs - teaches[int(group)])

    def picks(self, number: int) -> list[int]:
        """The questions of a draw, by its number."""
        while len(self.state.drawn) <= number:
            random = np.random.default_rng((self._seed, len(self.state.drawn)))
            chances = self._floor + (1 - self._floor) * np.array(self.state.teaches)
            picks = random.choice(
                len(chances), self._batch, replace=False, p=chances / chances.sum()
            )
            self.state.drawn.append(picks.tolist())
        return self.state.drawn[number]
