"""Questions of a recipe: read, split into training and held-out by group, put to a model."""

from collections.abc import Sequence
from typing import Any

from rewardkit.decoding import Violation, decode_object, read_rollout
from rewardkit.engine.image_paths import folder_of, with_absolute_images
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.formats import Places
from rewardkit.generation.dialogues import as_question
from rewardkit.reading import iter_lines
from rewardkit.types import Message, Rollout


def read_questions(paths: Sequence[str], places: Places) -> list[Rollout]:
    """Read questions; each is a rollout whose completion is a reply to learn from, or empty.

    Args:
        paths: JSONL files in rewardkit's format, or with dialogues as LLaVA-CoT and Mulberry have.
        places: Renamings of fields.

    Raises:
        ConfigError: When a file can't be read, or has no question.
        RolloutError: At the first line that is no question, or has the id of an earlier one.
    """
    questions = {}
    for path in paths:
        for number, line in iter_lines(path):
            question = _question(line, places, path, number)
            if question.id in questions:
                raise RolloutError(
                    f"{path}:{number}: expected another id, got {question.id!r} again"
                )
            questions[question.id] = question
    if not questions:
        raise ConfigError(f"{', '.join(paths)}: expected questions, got none")
    return list(questions.values())


def _question(line: bytes, places: Places, path: str, number: int) -> Rollout:
    fields = decode_object(line)
    if isinstance(fields, Violation):
        raise RolloutError(f"{path}:{number}: {fields}")
    fields = as_question(fields)
    if not places.get("completion"):
        fields.setdefault("completion", "")
    rollout = read_rollout(fields, places, f"{path}:{number}")
    if isinstance(rollout, Violation):
        raise RolloutError(f"{path}:{number}: {rollout}")
    return with_absolute_images(rollout, folder_of(path))


def check_modality(rows: Sequence[Rollout], where: str) -> bool:
    """Whether all rows have images (True) or none has (False).

    Raises:
        ConfigError: When some have: TRL's batches can't hold both.
    """
    with_images = sum(bool(row.images) for row in rows)
    if with_images not in (0, len(rows)):
        raise ConfigError(
            f"{where}: expected images in every row or in none, got them in {with_images} of "
            f"{len(rows)}: TRL can't put both into one batch; use a stage for each"
        )
    return with_images > 0


def ask(row: Rollout, instruction: str) -> list[dict[str, Any]]:
    r"""The chat messages of a question, texts alone; the last of the user ends in the instruction.

    >>> ask(Rollout(completion="", prompt="2 + 2?"), "Be short.")
    [{'role': 'user', 'content': '2 + 2?\n\nBe short.'}]
    """
    said = row.prompt if isinstance(row.prompt, list) else [Message("user", row.prompt)]
    chat = [{"role": message.role, "content": message.text} for message in said]
    last = next((message for message in reversed(chat) if message["role"] == "user"), None)
    if last is not None and instruction:
        last["content"] += f"\n\n{instruction}"
    return chat
