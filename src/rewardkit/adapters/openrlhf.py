"""OpenRLHF: a file with `reward_func`, called with lists of one.

Source: OpenRLHF 0.11.2, https://github.com/OpenRLHF/OpenRLHF, `--reward.remote_url`.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from rewardkit.adapters.end_tokens import END_TOKENS, without_end
from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec
from rewardkit.errors import RolloutError

if TYPE_CHECKING:
    import torch

OPENRLHF = Stack(
    name="openrlhf",
    adapter="rewardkit.adapters.openrlhf:OpenRlhfReward",
    variable="reward_func",
    configuration="--reward.remote_url {path}",
    one_label=True,
)

IMAGE_TOKEN = r"<[^<>\s]{0,40}(?:image|img|IMG|vision|video)[^<>\s]{0,40}>"
"""What processors write for an image: one in the prompt is many of them in the query."""

Values: TypeAlias = "float | torch.Tensor"


class OpenRlhfReward:
    """What OpenRLHF calls, off the main thread; the label is all that it hands over of a row.

    OpenRLHF swallows what a reward raises and goes on without one, so that `stop` shows as a
    training step that fails for want of a reward.
    """

    __name__ = "reward_func"

    def __init__(
        self, reward: Spec, options: Options, end_tokens: tuple[str, ...] = END_TOKENS
    ) -> None:
        """Load the reward; `unjudged` must be chosen, as OpenRLHF fails on None.

        Args:
            reward: As `load_reward` takes it.
            options: How to use it.
            end_tokens: Taken off the end of a reply.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(OPENRLHF, reward, options)
        self._end_tokens = end_tokens

    def __call__(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[object]
    ) -> dict[str, object]:
        """Score rollouts.

        Args:
            queries: Prompt and reply, with special tokens.
            prompts: The prompts.
            labels: References.

        Returns:
            `rewards`; `scores`, the same kept within 0 and 1 for dynamic filtering; `extra_logs`,
            the numbers of `figures`, their means where there are several rollouts.

        Raises:
            RolloutError: When a query does not hold its prompt, so that the reply can't be told.
        """
        rows = [
            {
                "prompt": prompt,
                "completion": reply_of(query, prompt, self._end_tokens),
                "reference": label,
            }
            for query, prompt, label in zip(queries, prompts, labels, strict=True)
        ]
        paid = self._scorer.score(rows)
        values = [one.value for one in paid if one.value is not None]
        numbers = [figures(self._scorer.reward, one) for one in paid]
        logs = {
            name: sum(row[name] for row in numbers) / len(numbers) for name in (numbers or [{}])[0]
        }
        scores = [min(max(value, 0.0), 1.0) for value in values]
        return {"rewards": shaped(values), "scores": shaped(scores), "extra_logs": logs}


def reply_of(query: str, prompt: str, end_tokens: Sequence[str] = END_TOKENS) -> str:
    """The reply in a query, without the special tokens that ended it.

    Raises:
        RolloutError: When the query does not hold its prompt.

    >>> reply_of("<s>2+2? so 4<eos>", "2+2? ")
    'so 4'
    """
    end = end_of_prompt(query, prompt)
    if end is None:
        raise RolloutError(
            f"openrlhf: query: expected it to hold its prompt {prompt[:40]!r}, got {query[:80]!r}"
        )
    return without_end(query[end:], end_tokens)


def end_of_prompt(query: str, prompt: str) -> int | None:
    """Where a prompt ends in a query; its token for an image may stand there many times over.

    >>> end_of_prompt("<|image_pad|><|image_pad|>What? A cat", "<|image_pad|>What? ")
    32
    """
    start = query.find(prompt) if prompt else 0
    if start >= 0:
        return start + len(prompt)
    *texts, last = re.split(rf"(?:{IMAGE_TOKEN}\s*)+", prompt)
    if not texts:
        return None
    parts = [*(text.rstrip() for text in texts), last]
    found = re.search(rf"\s*(?:{IMAGE_TOKEN}\s*)+".join(map(re.escape, parts)), query)
    return found.end() if found else None


def shaped(values: Sequence[float]) -> Values:
    """A number for one rollout, a tensor of shape (n,) for n: a list would come out as (1, n)."""
    if len(values) == 1:
        return values[0]
    import torch

    return torch.tensor(values, dtype=torch.float32)
