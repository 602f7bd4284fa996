"""Dataset-level sampling: rollouts of the current policy on every question, split by difficulty."""

from accelerate import PartialState

from rewardkit.analysis.sample_files import Source, write_sample_files
from rewardkit.analysis.sampling import DIFFICULTIES
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.recipe import Sample
from rewardkit.trainer.stages.rollouts import write_rollouts


def run(stage: Sample, context: Context) -> Done:
    """Generate, score, split; the policy stays as it is."""
    scored = write_rollouts(context, "rollouts", context.rows, stage.generation, stage.reward)
    ranks = PartialState()
    if ranks.is_main_process:
        source = Source([path for path in scored if path.stat().st_size])
        report = write_sample_files(source, context.folder, stage.bounds, part=stage.part)
        figures = {f"questions/{name}": float(n) for name, n in report.questions.items()}
        context.metrics.log(0, figures | {"judged": report.judged / report.rollouts})
    ranks.wait_for_everyone()
    levels: dict[str, str] = {name: str(context.folder / f"{name}.jsonl") for name in DIFFICULTIES}
    return Done(context.model, context.metrics.last(), levels)
