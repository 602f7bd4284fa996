"""ms-swift: a plugin that registers a factory, called with completions and the dataset's columns.

Source: ms-swift 4.6.0, https://github.com/modelscope/ms-swift, `--external_plugins`.
"""

from collections.abc import Sequence

from rewardkit.adapters.columns import to_rows
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec

SWIFT = Stack(
    name="swift",
    adapter="rewardkit.adapters.swift:SwiftReward",
    variable="reward",
    configuration="--external_plugins {path} --reward_funcs rewardkit",
    imports="from swift.rewards import orms",
    after='orms["rewardkit"] = reward.plugin',
    says_unjudged=True,
    gives_batches=True,
    places={
        "reference": ("reference", "solution", "answer"),
        "group": ("group", "prompt_id"),
        "truncated": ("truncated", "is_truncated"),
    },
)


class SwiftReward:
    """What ms-swift calls with a batch."""

    def __init__(self, reward: Spec, options: Options | None = None) -> None:
        """Load the reward.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(SWIFT, reward, options or Options())

    def plugin(self, args: object = None) -> "SwiftReward":
        """What stands in the registry: ms-swift calls it once with its arguments."""
        return self

    def __call__(
        self,
        completions: Sequence[str],
        messages: Sequence[Sequence[object]] | None = None,
        response_token_ids: Sequence[Sequence[object]] | None = None,
        **columns: object,  # what the dataset has, and what ms-swift knows of each rollout
    ) -> list[float | None]:
        """Score a batch.

        Returns:
            One value a completion; None where not judged, which ms-swift leaves out of the sum over
            reward functions: where it is the only one, such a rollout trains as 0.
        """
        if messages is not None:
            columns["prompts"] = [list(chat)[:-1] for chat in messages]  # the reply is the last
        if response_token_ids is not None:  # of one turn, or a list for each; empty where not kept
            columns["completion_ids"] = [ids or None for ids in response_token_ids]
        return [one.value for one in self._scorer.score(to_rows(completions, columns))]
