"""verl: one rollout a call, or a batch for its older batch manager.

Source: verl 0.9.1, https://github.com/verl-project/verl, `custom_reward_function`.
"""

from collections.abc import Mapping, Sequence

from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Paid, Scorer, Spec, to_number

PLACES = {"prompt": ("prompt", "question", "problem")}

VERL = Stack(
    name="verl",
    adapter="rewardkit.adapters.verl:VerlReward",
    variable="compute_score",
    configuration="""\
reward.custom_reward_function.path={path}
reward.custom_reward_function.name=compute_score""",
    places=PLACES,
)
VERL_BATCH = Stack(
    name="verl-batch",
    adapter="rewardkit.adapters.verl:VerlBatchReward",
    variable="compute_score",
    configuration="""\
for a trainer that calls the batch manager, as that of verl 0.9.1 no longer does:
custom_reward_function.path={path}
custom_reward_function.name=compute_score
reward_model.reward_manager=batch""",
    gives_batches=True,
    places=PLACES,
)


class VerlReward:
    """What verl calls for each rollout, from threads of its own.

    The fields of a rollout other than its reply and reference stand in `extra_info`: `images`,
    `keywords`, `task`, `choices`, `prompt` and so on.
    """

    __name__ = "compute_score"

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; `unjudged` must be chosen, as verl fails on None.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(VERL, reward, options)

    def __call__(
        self,
        data_source: object,
        solution_str: str,
        ground_truth: object,
        extra_info: Mapping[str, object] | None = None,
        **unused: object,  # verl adds what its own rewards need, such as a router's address
    ) -> dict[str, float]:
        """Score one rollout.

        Returns:
            `score` and the numbers of `figures`: the same keys for every rollout, as verl makes
            columns of those of the first.
        """
        row = to_row(data_source, solution_str, ground_truth, extra_info)
        return to_result(self._scorer, self._scorer.score_one(row))


class VerlBatchReward:
    """What verl's older batch manager calls for all rollouts of a step."""

    __name__ = "compute_score"

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; see `VerlReward`.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(VERL_BATCH, reward, options)

    def __call__(
        self,
        data_sources: Sequence[object],
        solution_strs: Sequence[str],
        ground_truths: Sequence[object],
        extra_infos: Sequence[Mapping[str, object] | None],
        **unused: object,  # what the configuration adds
    ) -> list[dict[str, float]]:
        """Score a batch; for each rollout what `VerlReward` gives."""
        columns = zip(data_sources, solution_strs, ground_truths, extra_infos, strict=True)
        paid = self._scorer.score([to_row(*row) for row in columns])
        return [to_result(self._scorer, one) for one in paid]


def to_row(
    data_source: object, reply: str, reference: object, extra_info: Mapping[str, object] | None
) -> dict[str, object]:
    """The fields of a rollout; those of `extra_info` stand beside the others."""
    fields = {"data_source": data_source, **(extra_info or {})}
    return {**fields, "completion": reply, "reference": reference}


def to_result(scorer: Scorer, paid: Paid) -> dict[str, float]:
    """The score, and numbers that verl makes metrics of."""
    return {"score": to_number(paid), **figures(scorer.reward, paid)}
