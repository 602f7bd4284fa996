"""PrimeIntellect's verifiers, v1 hooks: an awaited function of a task's data and a trace.

Source: verifiers 0.4.0, https://github.com/PrimeIntellect-ai/verifiers, `vf.TaskConfig.rewards`.
"""

from collections.abc import Mapping

from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec
from rewardkit.errors import VerifierError

VERIFIERS = Stack(
    name="verifiers",
    adapter="rewardkit.adapters.verifiers:VerifiersReward",
    variable="score",
    configuration="""\
--env.taskset.task.rewards.rewardkit.fn {path}:score
or in TOML, under [env.taskset.task]: rewards = {{rewardkit = {{fn = "{path}:score"}}}}""",
    says_unjudged=True,
    places={"reference": ("reference", "answer")},
)


class VerifiersReward:
    """What verifiers awaits for each trace; it finds its arguments by their names.

    The fields of a rollout other than its reply stand in the task's data.
    """

    def __init__(self, reward: Spec, options: Options | None = None) -> None:
        """Load the reward.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(VERIFIERS, reward, options or Options())

    async def __call__(self, task: object, trace: object) -> float:
        """Score one trace by its last reply.

        Raises:
            VerifierError: When the trace is not judged, which is how verifiers leaves a reward
                without a value: a `TaskError`, and None in the trace.
        """
        paid = (await self._scorer.score_async([to_row(task, trace)]))[0]
        if paid.value is None:
            raise VerifierError(f"verifiers: a rollout is not judged: {paid.score.reason}")
        return paid.value


def to_row(task: object, trace: object) -> dict[str, object]:
    """The task's data, and the reply."""
    dump = getattr(task, "model_dump", None)
    data: object = dump() if callable(dump) else vars(task)
    fields = dict(data) if isinstance(data, Mapping) else {}
    return {**fields, "completion": getattr(trace, "last_reply", None) or ""}
