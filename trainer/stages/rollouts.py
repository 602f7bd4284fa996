"""Scored rollouts of the current policy in files, one a process, gone on with after a kill."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
from accelerate import PartialState

from rewardkit.engine.file_sink import FileSink
from rewardkit.engine.rows import add_kept, name_of, to_line
from rewardkit.generation.generate import load_policy
from rewardkit.generation.image_texts import ImageTexts
from rewardkit.generation.options import Generation
from rewardkit.generation.rollout_lines import to_fields, with_image_texts
from rewardkit.generation.rollouts import Work, write_replies
from rewardkit.rewards.base import Reward
from rewardkit.scoring import score_batch
from rewardkit.trainer.context import Context
from rewardkit.types import Rollout


def write_rollouts(
    context: Context, name: str, rows: Sequence[Rollout], how: Generation, reward: Reward
) -> list[Path]:
    """Generate and score rollouts.

    Args:
        context: The stage's.
        name: Of the files.
        rows: The questions of all processes.
        how: How replies are drawn.
        reward: What scores them.

    Returns:
        The scored files of all processes, in the form of `rewardkit score --keep`; those of an
        earlier try that are complete stay as they are.

    Raises:
        RolloutError: For a question that can't be put to the policy.
    """
    ranks = PartialState()
    share = (ranks.process_index, ranks.num_processes)
    # Shares of so many processes: another number's are of other questions.
    of = f"-of-{share[1]}" if share[1] > 1 else ""
    paths = [context.folder / f"{name}.{rank}{of}.jsonl" for rank in range(share[1])]
    path = paths[share[0]]
    work = Work(
        rows=rows,
        how=how,
        processor=context.processor,
        lines=partial(scored_lines, reward, ImageTexts(path)),
        instruction=context.instruction,
        seed=context.seed,
        strict=True,
    )
    load = partial(load_policy, context.model, context.recipe.model, context.processor, how)
    if not path.exists():
        sink = FileSink(path, b"{}", resume=True, restart=False)
        try:
            write_replies(sink, work, load, context.metrics.show, share)
            sink.finish(b"{}")
            sink.meta_path.unlink()  # the run's state says what made the file
        finally:
            sink.close()
    ranks.wait_for_everyone()
    return paths


def scored_lines(reward: Reward, images: ImageTexts, rollouts: Sequence[Rollout]) -> bytes:
    """Lines as `rewardkit score --keep` writes them."""
    outcomes, lines = score_batch(reward, rollouts), []
    named = with_image_texts(rollouts, images)
    for rollout, row, outcome in zip(rollouts, named, outcomes, strict=True):
        scored = to_line(rollout, outcome, name_of(reward))
        lines.append(msgspec.json.encode(add_kept(scored, to_fields(row))) + b"\n")
    return b"".join(lines)
