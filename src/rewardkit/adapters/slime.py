"""slime: an awaited function of the arguments and a sample, or of a group's samples.

Source: slime at 2026-08-21, https://github.com/THUDM/slime, `--custom-rm-path`.
"""

from rewardkit.adapters.end_tokens import without_end
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec, to_number

SLIME = Stack(
    name="slime",
    adapter="rewardkit.adapters.slime:SlimeReward",
    variable="reward",
    configuration="--custom-rm-path {module}.reward, with {folder} on PYTHONPATH",
    gives_batches=True,
    one_label=True,
)


class SlimeReward:
    """What slime awaits, with a sample, or with a list of them under `--group-rm`.

    The fields of a rollout other than its reply and reference stand in the sample's metadata.
    """

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; `unjudged` must be chosen, as slime hands None through to its means.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(SLIME, reward, options)

    async def __call__(
        self,
        args: object,
        sample: object,
        **unused: object,  # slime hands its own flags on
    ) -> float | list[float]:
        """Score a sample, or each of a list of them."""
        samples = sample if isinstance(sample, list) else [sample]
        paid = await self._scorer.score_async([to_row(one) for one in samples])
        values = [to_number(one) for one in paid]
        return values if isinstance(sample, list) else values[0]


def to_row(sample: object) -> dict[str, object]:
    """A sample's fields by their names here; slime leaves special tokens at a reply's end."""
    metadata = getattr(sample, "metadata", None)
    group = getattr(sample, "group_index", None)
    response = getattr(sample, "response", "")
    row: dict[str, object] = {} if group is None else {"group": str(group)}
    row |= {
        "prompt": getattr(sample, "prompt", ""),
        "reference": getattr(sample, "label", None),
        "completion_tokens": getattr(sample, "response_length", None) or None,
        **(metadata if isinstance(metadata, dict) else {}),
        "completion": without_end(response) if isinstance(response, str) else response,
    }
    return row
