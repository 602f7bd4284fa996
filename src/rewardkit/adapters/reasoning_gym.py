"""reasoning-gym, both ways: its verifiers as a reward, and a reward as a verifier of its data sets.

Source: reasoning-gym 0.1.25, https://github.com/open-thought/reasoning-gym, `score_answer`.
"""

from collections.abc import Mapping, Sequence

from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec, to_number
from rewardkit.types import Rollout, Score

REASONING_GYM = Stack(
    name="reasoning-gym",
    adapter="rewardkit.adapters.reasoning_gym:ReasoningGymReward",
    variable="score_answer",
    configuration="""\
from {module} import score_answer
dataset.score_answer = score_answer""",
    places={"prompt": ("prompt", "question"), "reference": ("reference", "answer")},
)


class ReasoningGymReward:
    """What stands in for a data set's `score_answer`."""

    __name__ = "score_answer"

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; `unjudged` must be chosen, as data sets return a float.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(REASONING_GYM, reward, options)

    def __call__(self, answer: str | None, entry: Mapping[str, object]) -> float:
        """Score an answer to an entry; None is no answer."""
        return to_number(self._scorer.score_one({**entry, "completion": answer or ""}))


def score_answers(rollouts: Sequence[Rollout], tag: str = "answer") -> list[Score]:
    """Score replies with reasoning-gym's own verifiers; for `kind: custom`.

    Args:
        rollouts: With the entry's `metadata` among their other fields, as reasoning-gym writes it,
            and its answer as the reference.
        tag: Between which tags the answer stands.

    Returns:
        The data set's own value, 0.0 where there is no such tag; None where the rollout doesn't say
        which data set it is from, or the data set can't judge it.
    """
    return [_score_answer(rollout, tag) for rollout in rollouts]


def _score_answer(rollout: Rollout, tag: str) -> Score:
    from reasoning_gym import get_score_answer_fn
    from reasoning_gym.utils import extract_answer

    metadata = rollout.extra.get("metadata")
    name = metadata.get("source_dataset") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str):
        return Score(None, "metadata.source_dataset: expected a data set's name, got none")
    answer = extract_answer(rollout.text, tag_name=tag)
    if answer is None:
        return Score(0.0, f"no <{tag}>")
    entry = {"question": rollout.prompt_text, "answer": rollout.reference, "metadata": metadata}
    try:
        value = float(get_score_answer_fn(name)(answer, entry))
    except (ValueError, TypeError, KeyError) as error:
        return Score(None, f"{name}: {type(error).__name__}: {error}"[:200])
    return Score(value, f"{name}: {value:g}")
