"""What rewards with an encoder share: a row's images, its text, and who is to blame for a gap.

What the data or the machine did (no image, one that can't be read, a vector that isn't finite)
leaves a row unjudged; what the policy did (no description) is worth the reward's minimum. The
data is looked at first, so that nothing a policy writes decides whether it is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, TypeVar, get_args

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.images.source import Unreadable
from rewardkit.rewards.numbers import check_choice
from rewardkit.rewards.place import described
from rewardkit.rewards.sections import TemplateOption
from rewardkit.templates import load_template
from rewardkit.templates.markers import VISIBLE
from rewardkit.templates.parsed import Fault, Section
from rewardkit.types import Rollout, Score

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors
    from rewardkit.rewards.encoders.encoder import Encoder

Across: TypeAlias = Literal["mean", "max", "first"]
"""What several images of a row come to: the mean of all, the largest, or the first image alone."""

NO_IMAGE: Final = "image missing: expected at least one"
COPY: Final = "repeats the prompt's own words"

Seen = TypeVar("Seen")


def check_encoder(kind: str, encoder: object) -> None:
    """Refuse what is not an encoder's spec, such as a model's name.

    Args:
        kind: The reward's kind, for the message.
        encoder: The option `encoder`.

    Raises:
        ConfigError: Saying what was got.
    """
    if not isinstance(encoder, EncoderOptions):
        raise ConfigError(
            f"{kind}.encoder: expected an encoder such as TransformersClip(model=...), "
            f"got {described(encoder)}"
        )


def check_across(kind: str, across: object) -> None:
    """Refuse a word that is not one of `Across`.

    Raises:
        ConfigError: Naming the words and what was got.
    """
    check_choice(across, get_args(Across), f"{kind}.across")


def images_by_row(
    rollouts: Sequence[Rollout],
    across: Across,
    see: Callable[[list[object]], Sequence[Seen | Unreadable]],
) -> list[list[Seen] | Score]:
    """What an encoder makes of each row's images.

    Args:
        rollouts: The rows.
        across: `first` asks for each row's first image alone.
        see: Encodes all images of the batch in one call, in order; it takes equal ones for one.

    Returns:
        For each row one result an image, at least one; `Score(None, reason)` where it has no
        image, or one of those asked for can't be read.

    >>> rows = [Rollout(completion="", images=["a.png", "b.png"]), Rollout(completion="")]
    >>> images_by_row(rows, "mean", lambda names: [str(name).upper() for name in names])[0]
    ['A.PNG', 'B.PNG']
    >>> images_by_row(rows, "first", lambda names: names)[1].reason
    'image missing: expected at least one'
    """
    wanted = [row.images[:1] if across == "first" else row.images for row in rollouts]
    sources = list(chain.from_iterable(wanted))
    found = iter(see(sources) if sources else [])
    return [_readable(list(islice(found, len(images)))) for images in wanted]


def _readable(images: list[Seen | Unreadable]) -> list[Seen] | Score:
    fine: list[Seen] = []
    for image in images:
        if isinstance(image, Unreadable):
            return Score(None, image.reason)
        fine.append(image)
    return fine or Score(None, NO_IMAGE)


def text_or_score(
    rollout: Rollout, template: TemplateOption, section: str | None, lowest: float = 0.0
) -> str | Score:
    """The text that is measured, without white space at its ends; else what its lack is worth.

    Args:
        rollout: The row.
        template: The option `template`.
        section: The option `section`.
        lowest: The reward's minimum.

    Returns:
        Text with at least one visible character; the minimum where the reply has no such section,
        nothing in it that a reader would see, or only the words of its prompt. What an assistant
        said in the prompt may be said again: it may be right of this image too.

    >>> text_or_score(Rollout(completion=" A dog. "), None, None)
    'A dog.'
    >>> text_or_score(Rollout(completion=" "), None, None)
    Score(value=0.0, reason='empty text', parts={})
    """
    text = rollout.text
    if template is not None and section is not None:
        parsed = load_template(template).parse(text, rollout.truncated)
        found = parsed.section(section)
        if found is None:
            return Score(lowest, f"no section {section!r}")
        if any(_is_copy(fault, found) for fault in parsed.faults):
            return Score(lowest, COPY)
        text = found.text
    if VISIBLE.search(text) is None:
        return Score(lowest, "empty text")
    text = text.strip()
    return Score(lowest, COPY) if text in _prompts(rollout) else text


def _is_copy(fault: Fault, section: Section) -> bool:
    """Whether a section only repeats what the template's instruction says of it."""
    return fault.kind == "parroted" and section.start <= fault.start < section.end


def _prompts(rollout: Rollout) -> set[str]:
    """What a text must not be: the prompt, or a message of it that asks."""
    if isinstance(rollout.prompt, str):
        return {rollout.prompt.strip()}
    return {message.text.strip() for message in rollout.prompt if message.role != "assistant"}


def over_images(values: Sequence[float], across: Across) -> float:
    """One value of those that a row's images have.

    >>> over_images([0.25, 0.75], "mean"), over_images([0.25, 0.75], "max")
    (0.5, 0.75)
    """
    if across == "first" or len(values) == 1:
        return values[0]
    return max(values) if across == "max" else sum(values) / len(values)


class ReadText(NamedTuple):
    """A text as an encoder read it.

    Attributes:
        vector: Its unit vector, [D] float32.
        truncated: Whether its end was cut.
    """

    vector: Vectors
    truncated: bool


def read_texts(
    encoder: Encoder, texts: Iterable[str], mode: str | None
) -> dict[str, ReadText | Score]:
    """Encode texts, each distinct one once.

    Args:
        encoder: The encoder.
        texts: Any texts.
        mode: The encoder's way to read them; None for its first.

    Returns:
        By text: its vector, or `Score(None, reason)` where the encoder failed on it.

    Raises:
        ConfigError: When the encoder has no such mode.
    """
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return {}
    vectors, truncated, faults = encoder.text_vectors(distinct, mode)
    return {
        text: ReadText(vector, cut) if fault is None else Score(None, f"text: {fault}")
        for text, vector, cut, fault in zip(distinct, vectors, truncated, faults, strict=True)
    }


def cosine(one: Vectors, other: Vectors) -> float:
    """The cosine of two unit vectors, in [-1, 1].

    Each pair is multiplied by itself and in double precision, so that a row's value doesn't depend
    on the rows beside it.

    >>> import numpy as np
    >>> cosine(np.array([0.6, 0.8], np.float32), np.array([1.0, 0.0], np.float32))
    0.6000000238418579
    """
    product = float(one.astype("float64") @ other.astype("float64"))
    return min(max(product, -1.0), 1.0)
