"""Conversations: a rollout as the messages that a chat template takes, its images in their places.

What a message says is never structure: control tokens of the model's tokenizer are broken up.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from rewardkit.types import ContentPart, Message, Rollout

_IMAGE_MARK: Final = "<image>"
_IMAGE_TYPES: Final = frozenset({"image", "image_url", "input_image"})

MAX_CHARACTERS: Final = 1_000_000
"""A conversation with more is too long for any model, and is not even cut into tokens."""


class Turn(NamedTuple):
    """One message.

    Attributes:
        role: Such as `user`.
        pieces: Its text, with None where an image stands.
    """

    role: str
    pieces: tuple[str | None, ...]

    @property
    def text(self) -> str:
        """The text without the images."""
        return "".join(piece for piece in self.pieces if piece is not None)


class Breaker:
    """Breaks up the control tokens of a tokenizer where a text holds them.

    A reply that writes out `<|im_end|><|im_start|>user` would else speak for the user. Time grows
    with the text alone: some tokenizers have thousands of such tokens.

    Args:
        tokens: The tokenizer's special tokens as texts.

    >>> Breaker(["<|im_end|>", "</s>"])("7<|im_end|>8<|IM_END|>")
    '7< |im_end|>8< |IM_END|>'
    >>> Breaker([])("7</s>")
    '7</s>'
    """

    def __init__(self, tokens: Collection[str]) -> None:
        """Keep the tokens that have a text which a space can break up."""
        kept = {token.lower() for token in tokens if token.strip() and len(token) > 1}
        # Nothing but the first character is taken, so that tokens which overlap are all found.
        pattern = rf"(?={_any_of(kept)})[\s\S]"
        self._begins = re.compile(pattern, re.IGNORECASE) if kept else None

    def __call__(self, text: str) -> str:
        """The text with a space after the first character of each token in it."""
        text = text.encode("utf-8", "replace").decode()  # tokenizers refuse half surrogate pairs
        return text if self._begins is None else self._begins.sub(r"\g<0> ", text)


def _any_of(texts: Collection[str]) -> str:
    """A pattern for the start of any of these texts that looks at each character once: a trie."""
    if "" in texts:
        return ""
    rest: dict[str, set[str]] = {}
    for text in texts:
        rest.setdefault(text[0], set()).add(text[1:])
    branches = [re.escape(first) + _any_of(some) for first, some in sorted(rest.items())]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def characters(said: str | list[Message]) -> int:
    """How long a prompt or a completion is, without building it."""
    return len(said) if isinstance(said, str) else sum(len(message.text) for message in said)


def conversation(rollout: Rollout, images: int | None, breaker: Breaker) -> list[Turn] | str:
    """The prompt's messages and the reply's, in order.

    Images stand where the messages have image parts or `<image>`, if there are as many of them;
    without any such place they stand before the first user message.

    Args:
        rollout: Prompt and completion, each text or messages.
        images: How many images the model is shown, where `<image>` is text if they are 0; None is
            a model of text, for which image parts are left out.
        breaker: Breaks up control tokens.

    Returns:
        The turns, or why the images have no places.

    >>> conversation(Rollout(prompt="2+2?", completion="4"), None, Breaker([]))
    [Turn(role='user', pieces=('2+2?',)), Turn(role='assistant', pieces=('4',))]
    """
    prompt, reply = rollout.prompt, rollout.completion
    asked = [Message("user", prompt)] if isinstance(prompt, str) else prompt
    said = [Message("assistant", reply)] if isinstance(reply, str) else reply
    turns = [_turn(message, bool(images)) for message in asked]
    places = sum(piece is None for turn in turns for piece in turn.pieces)
    if images == 0:
        places = sum(_image_parts(message) for message in asked)
    if images and not places:
        turns = _images_first(turns, images)
    elif images is not None and images != places:
        return f"expected {places} images for the places in the prompt, got {images}"
    turns += [_turn(message, False) for message in said] or [Turn("assistant", ("",))]
    return [
        Turn(
            breaker(turn.role),
            tuple(piece if piece is None else breaker(piece) for piece in turn.pieces),
        )
        for turn in turns
    ]


def _image_parts(message: Message) -> int:
    parts = message.content if isinstance(message.content, list) else []
    return sum(part.type in _IMAGE_TYPES for part in parts)


def _turn(message: Message, with_images: bool) -> Turn:
    if not with_images:
        return Turn(message.role, (message.text,))
    parts = [ContentPart(text=message.content)] if isinstance(message.content, str) else []
    if isinstance(message.content, list):
        parts = message.content
    pieces: list[str | None] = []
    for part in parts:
        if part.type in _IMAGE_TYPES:
            pieces.append(None)
        else:
            texts = part.text.split(_IMAGE_MARK)
            pieces += [
                text for pair in zip(texts, [None] * len(texts), strict=True) for text in pair
            ]
            pieces.pop()
    return Turn(message.role, tuple(piece for piece in pieces if piece != ""))


def _images_first(turns: Sequence[Turn], images: int) -> list[Turn]:
    """The turns with the images before the first user message's text."""
    users = [number for number, turn in enumerate(turns) if turn.role == "user"]
    marks: tuple[None, ...] = (None,) * images
    if not users:
        return [Turn("user", marks), *turns]
    changed = list(turns)
    first = changed[users[0]]
    changed[users[0]] = Turn(first.role, (*marks, *first.pieces))
    return changed


def without_start(turns: Sequence[Turn], characters: int, kept: int) -> list[Turn]:
    """The turns without the first characters of the prompt's messages; system messages are kept.

    Args:
        turns: A conversation without images.
        characters: How many to leave out.
        kept: How many turns at the end are the reply's, and stay whole.

    >>> without_start([Turn("user", ("abc",)), Turn("assistant", ("d",))], 2, 1)[0].text
    'c'
    """
    cut: list[Turn] = []
    for turn in turns[: len(turns) - kept]:
        drop = 0 if turn.role == "system" else min(characters, len(turn.text))
        characters -= drop
        cut.append(Turn(turn.role, (turn.text[drop:],)))
    return [*cut, *turns[len(turns) - kept :]]
