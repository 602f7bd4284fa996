"""inspect_ai: a scorer factory, which gives what is not judged as unscored.

Source: inspect_ai 0.3.285, https://github.com/UKGovernmentBEIS/inspect_ai, `inspect_ai.scorer`.
"""

from typing import TYPE_CHECKING

from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspect_ai.scorer import Score, Target
    from inspect_ai.scorer import Scorer as InspectScorer
    from inspect_ai.solver import TaskState

INSPECT = Stack(
    name="inspect_ai",
    adapter="rewardkit.adapters.inspect_ai:inspect_scorer",
    variable="reward",
    configuration="""\
from {module} import reward
Task(..., scorer=reward())""",
    says_unjudged=True,
)


def inspect_scorer(reward: Spec, options: Options | None = None) -> "Callable[[], InspectScorer]":
    """Make a scorer factory of a reward.

    Fields of a rollout other than its reply and reference stand in the sample's metadata.

    Returns:
        What `Task(scorer=...)` takes once called; with mean and standard error over scored samples.

    Raises:
        ConfigError: When the reward or the options don't fit.
    """
    from inspect_ai.scorer import Score, mean, scorer, stderr

    ours = Scorer(INSPECT, reward, options or Options())

    def rewardkit() -> "InspectScorer":
        async def score(state: "TaskState", target: "Target") -> "Score":
            paid = (await ours.score_async([to_row(state, target)]))[0]
            facts = figures(ours.reward, paid)
            if paid.value is None:
                return Score.unscored(explanation=paid.score.reason, metadata=facts)
            return Score(value=paid.value, explanation=paid.score.reason, metadata=facts)

        return score

    factory: Callable[[], InspectScorer] = scorer(metrics=[mean(), stderr()])(rewardkit)
    return factory


def to_row(state: "TaskState", target: "Target") -> dict[str, object]:
    """A sample's fields by their names here; of several targets the reference is the list."""
    reference = target.text if len(target) == 1 else list(target)
    row = {"prompt": state.input_text, "reference": reference, **(state.metadata or {})}
    choices = [choice.value for choice in state.choices] if state.choices else []
    return {"choices": choices, **row, "completion": state.output.completion}
