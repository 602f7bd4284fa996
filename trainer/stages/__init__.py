"""The kinds of stages: one file each, `run(stage, context) -> Done`."""

from collections.abc import Callable
from typing import Any

from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.recipe import Evaluate, Export, Grpo, Sample, Warmup
from rewardkit.trainer.stages import evaluate, export, grpo, sample, warmup

RUNNERS: dict[type, Callable[[Any, Context], Done]] = {
    Warmup: warmup.run,
    Sample: sample.run,
    Grpo: grpo.run,
    Evaluate: evaluate.run,
    Export: export.run,
}
"""What runs each kind of stage."""
