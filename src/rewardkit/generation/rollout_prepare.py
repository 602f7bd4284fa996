"""A rollout run before its work: questions, processor and plan, read and checked."""

import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.atomic import is_special
from rewardkit.engine.plan import check_paths, printed
from rewardkit.engine.results import pack
from rewardkit.engine.stream_sink import STDOUT
from rewardkit.errors import ConfigError
from rewardkit.generation.generate import Policy
from rewardkit.generation.image_texts import ImageTexts
from rewardkit.generation.questions import read_questions
from rewardkit.generation.rollout_lines import to_lines
from rewardkit.generation.rollout_model import check_images, load_parts, load_weights
from rewardkit.generation.rollout_plan import Request, make_plan
from rewardkit.generation.rollout_report import Figures
from rewardkit.generation.rollouts import Work
from rewardkit.types import Rollout

Progress = Callable[[int, int], None]
"""Is told how many of this process's questions are done, and how many there are."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run that has been checked.

    Attributes:
        request: What the user asked for.
        plan: What makes two runs the same.
        work: Questions, and what is done with them.
        load: Makes the policy.
        figures: Of the replies of this process.
        share: Which share of the batches is this process's, and of how many.
        progress: Is told how far this process is.
    """

    request: Request
    plan: dict[str, Any]
    work: Work
    load: Callable[[], Policy]
    figures: Figures
    share: tuple[int, int]
    progress: Progress


def prepare(request: Request, progress: Progress) -> Run:
    """Read and check all but the weights.

    Args:
        request: What to do.
        progress: Is told how far this process is.

    Raises:
        ConfigError: When data, model or output don't fit.
        RolloutError: When a line is no question.
    """
    check_paths([path for path in request.data if isinstance(path, str)], request.output)
    with contextlib.redirect_stdout(sys.stderr):  # what loads prints as it likes
        ranks = join_processes()
        share = (ranks.process_index, ranks.num_processes)
        check_streams(request, share[1])
        rows = read_rows(request)
        parts = load_parts(request.model, request.how)
        check_images(rows, parts.processor)
        plan = make_plan(request, rows, parts.commit, ranks.device.type)
    figures = Figures()
    images = ImageTexts(None if is_stream(request.output) else Path(request.output))
    packing = request.packing if share[1] == 1 else ""  # what is put together is packed then

    def lines(rollouts: Sequence[Rollout]) -> bytes:
        figures.add(rollouts)
        return pack(to_lines(rollouts, images), packing)

    def load() -> Policy:
        with contextlib.redirect_stdout(sys.stderr):
            return load_weights(request.model, parts.processor, request.how)

    work = Work(
        rows=rows,
        how=request.how,
        processor=parts.processor,
        lines=lines,
        instruction=request.instruction,
        seed=request.seed,
        strict=request.strict,
    )
    return Run(
        request=request,
        plan=plan,
        work=work,
        load=load,
        figures=figures,
        share=share,
        progress=progress,
    )


def join_processes() -> Any:  # noqa: ANN401 - accelerate has no types
    """This process among those that were started together; accelerate asks to be told of CPUs."""
    import torch
    from accelerate import PartialState
    from accelerate.utils import parse_flag_from_env

    told = parse_flag_from_env("ACCELERATE_USE_CPU")
    return PartialState(cpu=told or not torch.accelerator.is_available())


def read_rows(request: Request) -> list[Rollout]:
    """The questions, up to the limit; an id that came of a file's name is text in any case."""
    rows = read_questions(request.data, request.places)[: request.limit]
    return [msgspec.structs.replace(row, id=printed(row.id)) for row in rows]


def is_stream(output: str) -> bool:
    """Whether what goes there can't be taken back."""
    return output == STDOUT or is_special(Path(output))


def check_streams(request: Request, processes: int) -> None:
    """Refuse streams where they can't be had twice.

    Raises:
        ConfigError: Naming the stream.
    """
    if request.resume and is_stream(request.output):
        got = printed(request.output)
        raise ConfigError(f"--resume: expected an output file to go on with, got {got}")
    if processes > 1 and (STDOUT in request.data or is_stream(request.output)):
        raise ConfigError(
            f"expected files of questions and of rollouts for {processes} processes, got a stream"
        )
