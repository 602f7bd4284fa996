"""open-instruct: a verifier that is found by the class it inherits from, and by its name.

Source: open-instruct at 2026-08-20, https://github.com/allenai/open-instruct, `VerifierFunction`.
"""

from typing import TYPE_CHECKING

from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec, to_number

if TYPE_CHECKING:
    from open_instruct.ground_truth_utils import VerificationResult, VerifierFunction

OPEN_INSTRUCT = Stack(
    name="open-instruct",
    adapter="rewardkit.adapters.open_instruct:open_instruct_verifier",
    variable="Verifier",
    configuration="""\
import {module} before open_instruct.grpo_fast starts, with {folder} on PYTHONPATH;
in each row of the data set: dataset: rewardkit""",
    one_label=True,
)


def open_instruct_verifier(reward: Spec, options: Options) -> "type[VerifierFunction]":
    """Make a class that open-instruct finds by the name `rewardkit`.

    Args:
        reward: As `load_reward` takes it.
        options: How to use it; `unjudged` must be chosen, as open-instruct adds scores up.

    Returns:
        The class: keep it, as open-instruct finds only classes that are alive.

    Raises:
        ConfigError: When the reward or the options don't fit.
    """
    from open_instruct.ground_truth_utils import VerificationResult, VerifierFunction

    scorer = Scorer(OPEN_INSTRUCT, reward, options)

    def make(self: "VerifierFunction", verifier_config: object = None) -> None:
        VerifierFunction.__init__(self, "rewardkit", 1.0, verifier_config)

    def call(
        self: "VerifierFunction",
        tokenized_prediction: list[int],
        prediction: str,
        label: object,
        query: str | None = None,
        rollout_state: object = None,
    ) -> "VerificationResult":
        row = {"prompt": query or "", "completion": prediction, "reference": label}
        paid = scorer.score_one({**row, "completion_tokens": len(tokenized_prediction)})
        return VerificationResult(score=to_number(paid), reasoning=paid.score.reason)

    # Made here, as the class to inherit from is there only where open-instruct is.
    return type("RewardkitVerifier", (VerifierFunction,), {"__init__": make, "__call__": call})
