"""Scored rollouts of the current policy in files, one a process, gone on with after a kill."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from accelerate import PartialState

from rewardkit.engine.rows import add_kept, name_of, to_line
from rewardkit.generation.generate import batches_of, generate, load_policy, share_of
from rewardkit.generation.options import Generation
from rewardkit.rewards.base import Reward
from rewardkit.scoring import Outcome, score_batch
from rewardkit.trainer.run import Context
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
        The scored files of all processes, in the form of `rewardkit score --keep`.
    """
    ranks, mine = PartialState(), share_of(rows)
    paths = [context.folder / f"{name}.{rank}.jsonl" for rank in range(ranks.num_processes)]
    path, sizes = paths[ranks.process_index], [len(batch) for batch in batches_of(mine, how)]
    done = keep_whole_batches(path, [size * how.n for size in sizes])
    if done < len(sizes):
        policy = load_policy(context.model, context.recipe.model, context.processor, how)
        batches = generate(
            policy,
            mine,
            how,
            processor=context.processor,
            instruction=context.instruction,
            seed=context.seed * ranks.num_processes + ranks.process_index,
            done=done,
        )
        with path.open("ab") as stream:
            for number, batch in enumerate(batches, start=done + 1):
                outcomes = score_batch(reward, batch)
                stream.writelines(map(scored_line, batch, outcomes, [name_of(reward)] * len(batch)))
                stream.flush()
                context.metrics.show(number, len(sizes))
    ranks.wait_for_everyone()
    return paths


def keep_whole_batches(path: Path, sizes: Sequence[int]) -> int:
    """Cut a file that a kill may have left in the midst of a batch; gives its whole batches."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    whole = sum(line.endswith(b"\n") for line in lines)
    done, rows = 0, 0
    while done < len(sizes) and rows + sizes[done] <= whole:
        rows += sizes[done]
        done += 1
    path.write_bytes(b"".join(lines[:rows]))
    return done


def scored_line(rollout: Rollout, outcome: Outcome, kind: str) -> bytes:
    """A line as `rewardkit score --keep` writes it; images that are no text are left out."""
    images = [image for image in rollout.images if isinstance(image, str)]
    plain = msgspec.structs.replace(rollout, images=images, extra={})
    fields = msgspec.to_builtins(plain) | rollout.extra
    fields.pop("extra", None)
    return msgspec.json.encode(add_kept(to_line(rollout, outcome, kind), fields)) + b"\n"
