"""`saturate_at`: the cosine that pays in full, which belongs to one encoder and no other."""

from typing import Final, Literal, NamedTuple, TypeAlias

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.numbers import check_number

SaturateAt: TypeAlias = float | Literal["published"] | None
"""A cosine above 0; `published` for the one of the encoder's authors; None pays the cosine."""


class Published(NamedTuple):
    """A saturation that somebody published.

    Attributes:
        encoder: The encoder's kind.
        model: Its model.
        text_mode: How the text was read.
        at: The cosine that pays in full.
    """

    encoder: str
    model: str
    text_mode: str
    at: float


PUBLISHED: Final = (Published("fg-clip", "qihoo360/fg-clip-large", "long", 0.4),)
"""Every one that is known. Source: PeBR-R1, arXiv 2509.13031, cythu/PeBR-R1@0f332ce."""


def check_saturation(value: object, where: str) -> None:
    """Refuse a saturation that no cosine could reach, or every one.

    Args:
        value: The option.
        where: What to call it, such as `clip-score.saturate_at`.

    Raises:
        ConfigError: Unless it is above 0 and at most 1, `published` or None.

    >>> check_saturation(0.0, "clip-score.saturate_at")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: clip-score.saturate_at: expected above 0, at most 1, got 0.0
    """
    if value is None or value == "published":
        return
    check_number(value, where)
    if not isinstance(value, int | float) or not 0.0 < value <= 1.0:
        raise ConfigError(f"{where}: expected above 0, at most 1, got {value!r:.60}")


def saturation_of(
    value: SaturateAt, encoder: EncoderOptions, text_mode: str | None, where: str
) -> float | None:
    """The cosine that pays in full; None where the cosine itself is paid.

    Args:
        value: The option.
        encoder: The encoder's spec.
        text_mode: The option `text_mode`; what is published holds for its own alone.
        where: What to call the option.

    Raises:
        ConfigError: When nothing is published for this encoder.
    """
    if not isinstance(value, str):
        return value
    kind, model = encoder.__struct_config__.tag, getattr(encoder, "model", None)
    for known in PUBLISHED:
        if (kind, model, text_mode) == (known.encoder, known.model, known.text_mode):
            return known.at
    listed = "; ".join(
        f"{known.at} of {known.encoder} {known.model} with text_mode {known.text_mode}"
        for known in PUBLISHED
    )
    raise ConfigError(
        f"{where}: expected a number, for the only published one is {listed}; "
        f"got 'published' for {kind} {model!s:.80} with text_mode {text_mode}: "
        "`rewardkit calibrate` proposes one"
    )
