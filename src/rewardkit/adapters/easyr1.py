"""EasyR1: a list of dicts with reply and ground truth, and nothing else of the row.

Source: EasyR1 0.3.3.dev0, https://github.com/hiyouga/EasyR1, `worker.reward.reward_function`.
"""

from collections.abc import Mapping, Sequence

from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Paid, Scorer, Spec, to_number

EASYR1 = Stack(
    name="easyr1",
    adapter="rewardkit.adapters.easyr1:EasyR1Reward",
    variable="compute_score",
    configuration="worker.reward.reward_function={path}:compute_score",
    after="""\
REWARD_NAME = "rewardkit"
REWARD_TYPE = "batch\"""",
    one_label=True,
)


class EasyR1Reward:
    """What EasyR1 calls with a batch; the batch need not hold whole groups, nor has it prompts."""

    __name__ = "compute_score"

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; `unjudged` must be chosen, as EasyR1 fails on None.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(EASYR1, reward, options)

    def __call__(
        self,
        reward_inputs: Sequence[Mapping[str, object]],
        **unused: object,  # reward_function_kwargs
    ) -> list[dict[str, float]]:
        """Score a batch.

        Returns:
            For each rollout `overall` and the numbers of `figures`: EasyR1 logs their means.
        """
        return [self._result(one) for one in self._scorer.score([to_row(r) for r in reward_inputs])]

    def _result(self, paid: Paid) -> dict[str, float]:
        return {"overall": to_number(paid), **figures(self._scorer.reward, paid)}


def to_row(given: Mapping[str, object]) -> dict[str, object]:
    """A rollout's fields by their names here."""
    row = {"completion": given["response"], "reference": given["ground_truth"]}
    return row | {"completion_tokens": given.get("response_length")}
