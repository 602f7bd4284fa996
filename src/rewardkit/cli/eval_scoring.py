"""What `rewardkit eval` does once there are rollouts: score them, and compute the figures."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rewardkit.analysis.by_task import TaskFigures, TaskRow, figures_by_task
from rewardkit.analysis.summarising import Summary, SummaryReport
from rewardkit.generation.rollout_report import Report as RolloutReport
from rewardkit.scored import read_scored

if TYPE_CHECKING:
    from rewardkit.engine.report import Report as ScoreReport
    from rewardkit.generation.rollout_plan import Request as RolloutRequest
    from rewardkit.rewards.base import Reward


class EvalReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation found.

    Attributes:
        rollouts: What came of generating.
        tasks: Accuracy by task.
        summary: All figures, as `rewardkit summary` has them.
    """

    rollouts: RolloutReport
    tasks: list[TaskFigures]
    summary: SummaryReport


def score_rollouts(
    given: "RolloutRequest", scored: Path, reward: "Reward", quiet: bool
) -> "ScoreReport":
    """Score the rollouts of a run that is complete, as `rewardkit score --keep` does.

    Args:
        given: What made them; the scoring is resumed, restarted and strict where that was.
        scored: The file to write.
        reward: What scores them.
        quiet: No messages.

    Raises:
        ConfigError: As `run_score`.
        RolloutError: As `run_score`.
    """
    from rewardkit.cli.score import cores
    from rewardkit.cli.score import tell as tell_scored
    from rewardkit.cli.score_progress import progress_bar
    from rewardkit.engine.plan import Request
    from rewardkit.engine.run import run_score
    from rewardkit.rewards import uses_models

    request = Request(
        (given.output,),
        str(scored),
        reward,
        keep=True,
        workers=1 if uses_models(reward) else cores(),
        resume=given.resume,
        restart=given.restart,
        strict=given.strict,
    )
    with progress_bar(request.inputs, quiet) as progress:
        report = run_score(request, progress)
    if not quiet:
        tell_scored(report, request.output)
    return report


def evaluated(scored: Path, made: RolloutReport, part: str | None, correct_at: float) -> EvalReport:
    """The figures of a scored file.

    Args:
        scored: The file.
        made: What came of generating.
        part: The part that tells right from wrong, None for the usual one.
        correct_at: Values from here on are right.

    Raises:
        ConfigError: When no row has the part.
    """
    figures = Summary(correct_at)
    for row in read_scored([scored], TaskRow):
        figures.add(row)
    summary = figures.report(part)
    tasks = figures_by_task(read_scored([scored], TaskRow), summary.correctness, correct_at)
    return EvalReport(rollouts=made, tasks=tasks, summary=summary)
