"""What the policy replied to the questions held out, after each stage that trained it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.scored import ScoredRow, read_scored
from rewardkit.trainer.recipe import Evaluate, Grpo, Recipe, Warmup

ACCURACY: Final = "accuracy"
PERCEPTION: Final = "perception"
FORMAT: Final = "format"


class Reply(ScoredRow, frozen=True, kw_only=True):
    """A scored reply with what is shown of it."""

    completion: str = ""
    completion_tokens: int | None = None

    def part(self, name: str) -> float | None:
        """What a part of the reward was worth, None where there is no such part."""
        score = self.scores.get(name)
        return None if score is None else score.value

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.part(ACCURACY) == 1.0

    @property
    def both(self) -> float | None:
        """1 where both digits are named right in their places, else 0; None if not judged."""
        seen = self.part(PERCEPTION)
        return None if seen is None else float(seen == 1.0)


class Evaluated(NamedTuple):
    """The greedy replies of one evaluation.

    Attributes:
        stage: The stage that trained the policy last.
        replies: By question, in the order of the data.
    """

    stage: str
    replies: Mapping[str, Reply]


def stage_folder(recipe: Recipe, name: str) -> Path:
    """The folder of a stage of a run.

    Raises:
        ConfigError: When it isn't there.
    """
    number = list(recipe.stages).index(name) + 1
    folder = Path(recipe.output) / f"{number}-{name}"
    if not folder.is_dir():
        raise ConfigError(f"{folder}: expected the folder of a stage, got nothing at this path")
    return folder


def read_evaluations(recipe: Recipe) -> list[Evaluated]:
    """The greedy replies of all evaluations of a run, in the order of the stages.

    Raises:
        ConfigError: When a file of them is missing or damaged.
    """
    found: list[Evaluated] = []
    trained = "start"
    for name, stage in recipe.stages.items():
        if isinstance(stage, Warmup | Grpo):
            trained = name
        elif isinstance(stage, Evaluate):
            files = sorted(stage_folder(recipe, name).glob("greedy*.jsonl"))
            replies = list(read_scored([path for path in files if path.stat().st_size], Reply))
            found.append(Evaluated(trained, {reply.group: reply for reply in replies}))
    return found


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One question and what the policy replied to it after each stage.

    Attributes:
        id: The question's.
        kind: What became of it, such as `turned right`.
        replies: In the order of the stages.
    """

    id: str
    kind: str
    replies: list["ExampleReply"]


class ExampleReply(msgspec.Struct, frozen=True):
    """A reply after a stage."""

    stage: str
    completion: str
    right: bool


KINDS: Final = {
    (False, True): "turned right",
    (True, False): "turned wrong",
    (True, True): "stayed right",
    (False, False): "stayed wrong",
}
"""What becomes of a question, by whether it was right first and last."""


def kinds_of(evaluations: Sequence[Evaluated]) -> dict[str, list[str]]:
    """The questions by what became of them from the first evaluation to the last.

    Returns:
        For each of `KINDS` the questions' ids, in the order of the data.
    """
    kinds: dict[str, list[str]] = {kind: [] for kind in KINDS.values()}
    if evaluations:
        first, last = evaluations[0].replies, evaluations[-1].replies
        for question, reply in first.items():
            if question in last:
                kinds[KINDS[reply.right, last[question].right]].append(question)
    return kinds


def choose_examples(evaluations: Sequence[Evaluated], wanted: Mapping[str, int]) -> list[Example]:
    """The first questions of each kind: chosen by their order and not by how they look.

    Args:
        evaluations: In the order of the stages.
        wanted: How many of each kind.
    """
    kinds = kinds_of(evaluations)
    return [
        Example(
            id=question,
            kind=kind,
            replies=[
                ExampleReply(
                    one.stage, one.replies[question].completion, one.replies[question].right
                )
                for one in evaluations
                if question in one.replies
            ],
        )
        for kind, count in wanted.items()
        for question in kinds[kind][:count]
    ]
