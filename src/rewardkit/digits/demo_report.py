"""The demo's figures, for a person or a program."""

from collections.abc import Sequence
from typing import Final

import msgspec

from rewardkit.digits.demo_folder import DemoState, ScorerAucs
from rewardkit.digits.held_out_figures import Gain, StageFigures, gain_over, stage_figures
from rewardkit.digits.replies import Example, choose_examples, read_evaluations
from rewardkit.digits.step_figures import read_stretches
from rewardkit.trainer.context import Done
from rewardkit.trainer.recipe import Recipe, Sample

SHOWN: Final = {"turned right": 1, "turned wrong": 1, "stayed wrong": 1}
"""How many examples of each kind are printed."""


class Sampled(msgspec.Struct, frozen=True):
    """How many questions the policy finds easy, medium and hard; `few` have too few rollouts."""

    easy: int
    medium: int
    hard: int
    few: int


class Timing(msgspec.Struct, frozen=True):
    """What differs from run to run.

    Attributes:
        seconds: In all.
        reward_share: Of the GRPO steps' time, in [0, 1]; None without steps.
    """

    seconds: float
    reward_share: float | None


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a demo.

    Attributes:
        output: Its folder.
        seed: Its seed.
        stages: After each stage.
        gains: Over the first of them.
        sampled: The dataset-level sampling, None without such a stage.
        scorer: The scorer on unseen scans.
        examples: Some questions with the replies to them.
        timing: Seconds, which are no one's to repeat.
        plots: Files of the plots.
    """

    output: str
    seed: int
    stages: list[StageFigures]
    gains: list[Gain]
    sampled: Sampled | None
    scorer: ScorerAucs
    examples: list[Example]
    timing: Timing
    plots: list[str]


def make_report(
    state: DemoState,
    scorer: ScorerAucs,
    recipe: Recipe,
    done: dict[str, Done],
    plots: Sequence[str],
) -> DemoReport:
    """Read the figures of a run that has ended.

    Args:
        state: The demo's.
        scorer: The scorer's figures.
        recipe: What was run.
        done: What came of its stages.
        plots: Files that were drawn.

    Raises:
        ConfigError: When a file of the run is missing or damaged.
    """
    evaluations = read_evaluations(recipe)
    return DemoReport(
        output=state.output,
        seed=state.seed,
        stages=[stage_figures(one) for one in evaluations],
        gains=[gain_over(evaluations[0], one) for one in evaluations[1:]],
        sampled=sampled_of(recipe, done),
        scorer=scorer,
        examples=choose_examples(evaluations, SHOWN),
        timing=Timing(round(state.seconds, 1), reward_share(recipe)),
        plots=list(plots),
    )


def sampled_of(recipe: Recipe, done: dict[str, Done]) -> Sampled | None:
    """What the last sampling of a run came to."""
    names = [name for name, stage in recipe.stages.items() if isinstance(stage, Sample)]
    if not names:
        return None
    figures = done[names[-1]].metrics
    easy, medium, hard, few = (
        int(figures.get(f"questions/{level}", 0)) for level in ("easy", "medium", "hard", "few")
    )
    return Sampled(easy, medium, hard, few)


def reward_share(recipe: Recipe) -> float | None:
    """The rewards' share of the time of all GRPO steps, in [0, 1]."""
    stretches = read_stretches(recipe)
    seconds = sum(sum(one.curve("reward_seconds").values) for one in stretches)
    steps = sum(sum(one.curve("step_time").values) for one in stretches)
    return seconds / steps if steps else None
