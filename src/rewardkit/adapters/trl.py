"""TRL: all rollouts of a step, by keyword, with every column of the dataset.

Source: TRL 1.16, https://github.com/huggingface/trl, `reward_funcs` of `GRPOTrainer`.
"""

from collections.abc import Callable, Sequence

from rewardkit.adapters.columns import to_rows
from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Paid, Scorer, Spec

PLACES = {"reference": ("reference", "solution", "answer"), "images": ("images", "image")}
CONFIGURATION = """\
from {module} import reward
GRPOTrainer(..., reward_funcs=reward)"""

TRL = Stack(
    name="trl",
    adapter="rewardkit.adapters.trl:TrlReward",
    variable="reward",
    configuration=CONFIGURATION,
    says_unjudged=True,
    gives_batches=True,
    places=PLACES,
)
TRL_ASYNC = Stack(
    name="trl-async",
    adapter="rewardkit.adapters.trl:TrlAsyncReward",
    variable="reward",
    configuration=CONFIGURATION,
    says_unjudged=True,
    gives_batches=True,
    places=PLACES,
)

LogMetric = Callable[[str, float], None]
LogExtra = Callable[[str, list[object]], None]


class TrlReward:
    """What TRL calls with a batch; columns named as fields of a rollout are those fields."""

    __name__ = "rewardkit"

    def __init__(self, reward: Spec, options: Options | None = None) -> None:
        """Load the reward.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(TRL, reward, options or Options())

    def __call__(
        self,
        *,
        completions: Sequence[object],
        log_metric: LogMetric | None = None,
        log_extra: LogExtra | None = None,
        trainer_state: object = None,
        environments: object = None,
        **columns: object,  # what the dataset has
    ) -> list[float | None]:
        """Score a batch.

        Returns:
            One value a completion; None where not judged, which TRL leaves out of the group's mean.
        """
        paid = self._scorer.score(to_rows(completions, columns))
        log(self._scorer, paid, log_metric, log_extra)
        return [one.value for one in paid]


class TrlAsyncReward:
    """The same for TRL's event loop, so that slow rewards are waited for side by side."""

    __name__ = "rewardkit"

    def __init__(self, reward: Spec, options: Options | None = None) -> None:
        """Load the reward.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(TRL_ASYNC, reward, options or Options())

    async def __call__(
        self,
        *,
        completions: Sequence[object],
        log_metric: LogMetric | None = None,
        log_extra: LogExtra | None = None,
        trainer_state: object = None,
        environments: object = None,
        **columns: object,  # what the dataset has
    ) -> list[float | None]:
        """Score a batch; see `TrlReward`."""
        paid = await self._scorer.score_async(to_rows(completions, columns))
        log(self._scorer, paid, log_metric, log_extra)
        return [one.value for one in paid]


def log(
    scorer: Scorer,
    paid: Sequence[Paid],
    log_metric: LogMetric | None,
    log_extra: LogExtra | None,
) -> None:
    """Tell TRL the means of the parts, and for its table of completions why each was paid."""
    numbers = [figures(scorer.reward, one) for one in paid]
    if log_metric is not None and numbers:
        for name in numbers[0]:
            log_metric(name, sum(row[name] for row in numbers) / len(numbers))
    if log_extra is not None:
        log_extra("reason", [one.score.reason for one in paid])
