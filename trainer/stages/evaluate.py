"""Held-out figures of every task, greedy and sampled, so that a lost skill is seen."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec

from rewardkit.scored import ScoredRow, read_scored
from rewardkit.trainer.recipe import Evaluate
from rewardkit.trainer.run import Context, Done
from rewardkit.trainer.stages.rollouts import write_rollouts


class Reply(ScoredRow, frozen=True, kw_only=True):
    """A scored line with what evaluation looks at."""

    task: str = "math"
    completion_tokens: int = 0
    truncated: bool = False


def run(stage: Evaluate, context: Context) -> Done:
    """Measure; the policy stays as it is."""
    rows = context.split.held_out[: stage.rows]
    greedy = msgspec.structs.replace(stage.greedy, n=1, temperature=0.0)
    for name, how in (("greedy", greedy), ("sampled", stage.sampled)):
        if how is not None:
            scored = write_rollouts(context, name, rows, how, stage.reward)
            context.metrics.log(0, figures(name, [path for path in scored if path.stat().st_size]))
    return Done(context.model, context.metrics.last())


def figures(name: str, scored: Sequence[Path]) -> dict[str, float]:
    """Means over judged replies by task and part, with `all` over the tasks.

    Returns:
        `<name>/<task>/<part>` with `reward` for the total, `<name>/rows`, `<name>/tokens`,
        `<name>/truncated` and `<name>/unjudged`.
    """
    values: dict[str, list[float]] = defaultdict(list)
    replies = list(read_scored(scored, Reply))
    for reply in replies:
        parts = {part: score.value for part, score in reply.scores.items()}
        for part, value in (parts | {"reward": reply.reward}).items():
            if value is not None:
                for task in (reply.task, "all"):
                    values[f"{name}/{task}/{part}"].append(value)
    means = {key: sum(found) / len(found) for key, found in sorted(values.items())}
    count = len(replies)
    return means | {
        f"{name}/rows": float(count),
        f"{name}/tokens": sum(reply.completion_tokens for reply in replies) / count,
        f"{name}/truncated": sum(reply.truncated for reply in replies) / count,
        f"{name}/unjudged": sum(reply.reward is None for reply in replies) / count,
    }
