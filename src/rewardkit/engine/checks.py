"""What is checked besides the lines: first the reward's models, then the inputs as a whole."""

from rewardkit.engine.plan import Request, printed
from rewardkit.engine.report import Report
from rewardkit.engine.state import Sink
from rewardkit.errors import RolloutError
from rewardkit.plural import counted
from rewardkit.rewards.base import Reward
from rewardkit.rewards.walk import nested


def check_models(reward: Reward) -> None:
    """Ask each reward with a model, wherever it stands, whether the model can be had.

    Raises:
        ConfigError: When an extra is not installed, a checkpoint is missing.
    """
    for one in nested(reward):
        check = getattr(one, "check", None)
        if getattr(one, "uses_models", False) and callable(check):
            check()


def check_groups(sink: Sink) -> None:
    """Refuse groups that are torn apart: what is relative to a group would be wrong."""
    repeats = sink.repeats("groups")
    if repeats.count:
        raise RolloutError(
            "field 'group': expected the rollouts of a group on neighbouring lines, as this reward "
            f"compares them, got {repeats.count} groups in several places; sort the input by group"
        )


def check_ids(request: Request, sink: Sink) -> tuple[int, str]:
    """Look for ids that occur twice: they are scored, named, and under --strict an error."""
    repeats = sink.repeats("ids")
    if repeats.first is None or repeats.original is None:
        return 0, ""
    first = (
        f"field 'id': expected ids that are unique, got {repeats.count} repeated; rollout "
        f"{repeats.first + 1} has the id of rollout {repeats.original + 1}"
    )
    if request.strict:
        raise RolloutError(f"{', '.join(map(printed, request.inputs))}: {first}")
    return repeats.count, first


def check_any(request: Request, report: Report) -> None:
    """Refuse inputs without a single rollout."""
    if report.counts.rollouts:
        return
    names = ", ".join(map(printed, request.inputs))
    if report.counts.rejected:
        raise RolloutError(
            f"{names}: expected rollouts, got none in "
            f"{counted(report.counts.rejected, 'line')}; first: "
            f"{report.first_rejected}"
        )
    raise RolloutError(f"{names}: expected at least one line of JSON, got an empty input")
