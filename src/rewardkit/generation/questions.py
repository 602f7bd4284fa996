"""Questions: read from files and data sets, checked, put to a model."""

import os
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import msgspec

from rewardkit.decoding import Violation, decode_object, default_group, read_rollout, rename
from rewardkit.engine.image_paths import folder_of, with_absolute_images
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.formats import FIELDS, Places
from rewardkit.generation.datasets_source import DatasetPath, iter_rows
from rewardkit.generation.dialogues import as_question
from rewardkit.reading import iter_lines
from rewardkit.rewards.images.naming import scheme_of, shown_text
from rewardkit.types import Message, Rollout

Source: TypeAlias = str | DatasetPath
"""Where questions are read from: a JSONL file, or rows of a data set."""


def read_questions(sources: Sequence[Source], places: Places) -> list[Rollout]:
    """Read questions; each is a rollout whose completion is a reply to learn from, or empty.

    A question's group is the one that it names; else its prompt makes it, with its images where it
    has some, as many images may be asked the same.

    Args:
        sources: JSONL files in rewardkit's format, or with dialogues as LLaVA-CoT and Mulberry have
            them; or rows of a data set.
        places: Renamings of fields.

    Raises:
        ConfigError: When a source can't be read, or there is no question.
        RolloutError: At the first line that is no question, or has the id of an earlier one.
    """
    questions = {}
    for source in sources:
        for where, fields, folder in _rows(source):
            question = _question(fields, places, where, folder)
            if question.id in questions:
                raise RolloutError(f"{where}: expected another id, got {question.id!r} again")
            questions[question.id] = question
    if not questions:
        names = ", ".join(map(str, sources)) or "data"
        raise ConfigError(f"{names}: expected questions, got none")
    return list(questions.values())


def _rows(source: Source) -> Iterator[tuple[str, dict[str, Any], bytes | None]]:
    """The fields of each row, with its place and the folder that its images begin at."""
    if isinstance(source, DatasetPath):
        for number, fields in enumerate(iter_rows(source)):
            yield f"{source}:{number}", fields, source.folder
        return
    for number, line in iter_lines(source):
        read = decode_object(line)
        if isinstance(read, Violation):
            raise RolloutError(f"{source}:{number}: {read}")
        yield f"{source}:{number}", read, folder_of(source)


def _question(fields: dict[str, Any], places: Places, where: str, folder: bytes | None) -> Rollout:
    fields = rename(as_question(fields), places)
    fields["completion"] = fields.get("completion") or ""
    if isinstance(fields.get("images"), str | dict):
        fields["images"] = [fields["images"]]
    own_group = bool(fields.get("group"))
    fields = {
        name: value for name, value in fields.items() if name in FIELDS or not _is_image(value)
    }
    rollout = read_rollout(fields, {}, where)
    if isinstance(rollout, Violation):
        raise RolloutError(f"{where}: {rollout}")
    if rollout.images and not own_group:
        group = default_group([rollout.prompt, *rollout.images], rollout.id)
        rollout = msgspec.structs.replace(rollout, group=group)
    return rollout if folder is None else with_absolute_images(rollout, folder)


def _is_image(value: object) -> bool:
    """Whether a value is an image as `datasets` keeps one; a question needs but those it shows."""
    return isinstance(value, dict) and value.keys() == {"bytes", "path"}


def check_images(rows: Sequence[Rollout], where: str) -> None:
    """Find out whether the files of images are there; what is in them shows when they are opened.

    Raises:
        ConfigError: Naming the first question that has one missing.
    """
    there: set[str] = set()
    for row in rows:
        for image in row.images:
            path = image.get("path") if isinstance(image, dict) else image
            held = isinstance(image, dict) and image.get("bytes") is not None
            if held or not isinstance(path, str) or scheme_of(path) or path in there:
                continue
            if not os.path.isfile(path):
                raise ConfigError(
                    f"{where}: question '{row.id}': image {shown_text(path, from_end=True)}: "
                    "expected a file, got nothing at this path"
                )
            there.add(path)


def check_modality(rows: Sequence[Rollout], where: str) -> bool:
    """Whether all rows have images (True) or none has (False).

    Raises:
        ConfigError: When some have: TRL's batches can't hold both.
    """
    with_images = sum(bool(row.images) for row in rows)
    if with_images not in (0, len(rows)):
        raise ConfigError(
            f"{where}: expected images in every row or in none, got them in {with_images} of "
            f"{len(rows)}: TRL can't put both into one batch; give the others to a stage of their "
            "own, as its data"
        )
    return with_images > 0


def check_enough(rows: Sequence[Rollout], batch: int, where: str) -> None:
    """Refuse fewer questions than a generation takes: TRL would train on none, and not say so.

    Args:
        rows: The questions.
        batch: Distinct questions of a generation, of all processes together.
        where: Begins the message.

    Raises:
        ConfigError: When there are too few.

    >>> check_enough([Rollout(completion="")], 1, "stages.rl")
    """
    if len(rows) < batch:
        raise ConfigError(
            f"{where}: expected at least {batch} questions, as a generation takes so many, got "
            f"{len(rows)}: lower per_device_train_batch_size or steps_per_generation"
        )


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
