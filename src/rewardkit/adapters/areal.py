"""AReaL: a function of one reply and its row's fields, run in a pool of processes.

Source: AReaL 1.0.4, https://github.com/inclusionAI/AReaL, `reward_fn` of its workflows.
"""

from rewardkit.adapters.end_tokens import END_TOKENS, without_end
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec, to_number

AREAL = Stack(
    name="areal",
    adapter="rewardkit.adapters.areal:ArealReward",
    variable="reward",
    configuration="""\
with {folder} on PYTHONPATH, for workflow="areal.workflow.rlvr.RLVRWorkflow":
workflow_kwargs={{"reward_fn": "{module}.reward", ...}}""",
    places={"reference": ("reference", "answer", "solution")},
)


class ArealReward:
    """What AReaL calls for each reply, by keyword, in another process: it pickles.

    AReaL makes a reward that takes longer than its time limit 0; limits of the verifiers here are
    shorter than its 15 s.
    """

    __name__ = "reward"

    def __init__(
        self, reward: Spec, options: Options, end_tokens: tuple[str, ...] = END_TOKENS
    ) -> None:
        """Load the reward; `unjudged` must be chosen, as AReaL hands None through to its tensors.

        Args:
            reward: As `load_reward` takes it.
            options: How to use it.
            end_tokens: Taken off the end of a reply, whose text AReaL leaves them in.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(AREAL, reward, options)
        self._end_tokens = end_tokens

    def __call__(
        self,
        prompt: object,
        completions: object,
        prompt_ids: object = None,
        completion_ids: object = None,
        **row: object,  # the fields of the dataset's row
    ) -> float:
        """Score one reply."""
        if isinstance(completions, str):
            completions = without_end(completions, self._end_tokens)
        tokens = len(completion_ids) if isinstance(completion_ids, list) else None
        fields = {"prompt": prompt, "completion_tokens": tokens, **row}
        return to_number(self._scorer.score_one({**fields, "completion": completions}))
