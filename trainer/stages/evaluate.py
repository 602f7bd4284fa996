"""Held-out figures of every task, greedy and sampled, so that a lost skill is seen."""

import msgspec

from rewardkit.analysis.task_figures import mean_by_task
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.recipe import Evaluate
from rewardkit.trainer.stages.rollouts import write_rollouts


def run(stage: Evaluate, context: Context) -> Done:
    """Measure; the policy stays as it is."""
    rows = context.split.held_out[: stage.rows]
    greedy = msgspec.structs.replace(stage.greedy, n=1, temperature=0.0)
    for name, how in (("greedy", greedy), ("sampled", stage.sampled)):
        if how is not None:
            scored = write_rollouts(context, name, rows, how, stage.reward)
            context.metrics.log(0, mean_by_task(name, scored))
    return Done(context.model, context.metrics.last())
