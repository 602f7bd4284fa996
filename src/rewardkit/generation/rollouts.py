"""Rollouts of a policy in a file, gone on with after a kill: one file, or one a process.

What a batch's replies are depends on the seed and on its questions alone, never on the batches
before or on the number of processes: that makes a resumed run's output, and that of several
processes put together, the same as an uninterrupted one's.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from rewardkit.engine.chunks import Position
from rewardkit.engine.results import ChunkResult, Counts, hash_text
from rewardkit.engine.state import Sink
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation.asking import RefusedQuestion, refusal_of
from rewardkit.generation.generate import Policy, batches_of, generate, open_images
from rewardkit.generation.options import Generation
from rewardkit.types import Rollout


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Questions, and what is done with them.

    Attributes:
        rows: The questions of all processes, in the order of the output.
        how: How replies are drawn, and how many at a time.
        processor: The policy's; it says whether there are images in chats.
        lines: Makes the output's lines of the rollouts of some questions.
        instruction: The template's, for the end of the prompt.
        seed: Of the replies.
        strict: Stop at a question that can't be put to the policy, instead of setting it apart.
    """

    rows: Sequence[Rollout]
    how: Generation
    processor: Any
    lines: Callable[[Sequence[Rollout]], bytes]
    instruction: str = ""
    seed: int = 0
    strict: bool = False


def write_replies(
    sink: Sink,
    work: Work,
    load: Callable[[], Policy],
    told: Callable[[int, int], None],
    share: tuple[int, int] = (0, 1),
) -> None:
    """Put what is left of the questions to a policy.

    Args:
        sink: Takes the lines, and knows how far an earlier run has come.
        work: What to do.
        load: Makes the policy; called only when something is left.
        told: Is told how many questions are done, of how many, at the start and after each batch.
        share: Which share of the batches is this process's, and of how many.

    Raises:
        RolloutError: When strict, at the first question that can't be put to the policy.
        ConfigError: When a question alone is too much for the device's memory.
    """
    rank, ranks = share
    mine = batches_of(work.rows, work.how)[rank::ranks]
    begin = sink.state.position.line
    done, total = sum(map(len, mine[:begin])), sum(map(len, mine))
    told(done, total)
    if begin == len(mine):
        return
    policy = load()
    for number, batch in enumerate(mine[begin:], start=begin + 1):
        result = _reply_to(policy, batch, work)
        if work.strict and result.first_rejected:
            raise RolloutError(result.first_rejected)
        sink.write(Position(line=number), result)
        done += len(batch)
        told(done, total)


def _reply_to(policy: Policy, batch: Sequence[Rollout], work: Work) -> ChunkResult:
    """The lines of one batch, in the questions' order."""
    found = {row.id: refusal_of(row, work.processor) for row in batch}
    made: dict[str, list[Rollout]] = {row.id: [] for row in batch}
    # Many processors can't take chats with images and chats without at a time.
    for with_images in (False, True):
        rows = [row for row in batch if not found[row.id] and bool(row.images) == with_images]
        try:
            rollouts = _replies(policy, rows, work)
        except RolloutError:  # an image that can't be read: all are looked at, one after the other
            found |= {row.id: _unreadable(row) for row in rows}
            rollouts = _replies(policy, [row for row in rows if not found[row.id]], work)
        for rollout in rollouts:
            k = len(made[rollout.group])
            named = msgspec.structs.replace(rollout, id=f"{rollout.group}:{k}")
            made[rollout.group].append(named)
    kept = [rollout for rollouts in made.values() for rollout in rollouts]
    refused = [fault for fault in found.values() if fault is not None]
    return ChunkResult(
        work.lines(kept),
        b"".join(msgspec.json.encode(fault) + b"\n" for fault in refused),
        str(refused[0]) if refused else "",
        "",
        b"".join(hash_text(rollout.id) for rollout in kept),
        b"",
        Counts(rollouts=len(kept), rejected=len(refused)),
    )


def _unreadable(row: Rollout) -> RefusedQuestion | None:
    try:
        open_images(row)
    except RolloutError as error:
        reason = str(error).removeprefix(f"question '{row.id}': ")
        return RefusedQuestion(row.id, "images", reason)
    return None


def _replies(policy: Policy, rows: Sequence[Rollout], work: Work) -> list[Rollout]:
    """The rollouts of some questions, in smaller batches where the device's memory is too small."""
    if not rows:
        return []
    try:
        return next(
            generate(
                policy,
                rows,
                work.how,
                processor=work.processor,
                instruction=work.instruction,
                seed=seed_of(work.seed, rows),
            )
        )
    except RuntimeError as error:
        if type(error).__name__ != "OutOfMemoryError":
            raise
        if len(rows) == 1:
            raise ConfigError(
                f"question '{rows[0].id}': expected memory for {work.how.n} replies at a time, got "
                "too little: give a smaller -n or --max-tokens, or other weights by --dtype"
            ) from error
    half = len(rows) // 2
    return _replies(policy, rows[:half], work) + _replies(policy, rows[half:], work)


def seed_of(seed: int, rows: Sequence[Rollout]) -> int:
    """The seed of a batch: the run's, and the name of its first question.

    >>> seed_of(0, [Rollout(completion="", id="q")]) == seed_of(1, [Rollout(completion="", id="q")])
    False
    """
    text = f"{seed}\0{rows[0].id}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big")
