"""From a rollout to the conversation that a preference model scores, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import ReadImage, Unreadable
from rewardkit.rewards.judging.classifier import Classifier
from rewardkit.rewards.judging.conversation import (
    MAX_CHARACTERS,
    Turn,
    characters,
    conversation,
    without_start,
)
from rewardkit.rewards.judging.preference_outcomes import Overlong, Plan
from rewardkit.types import Rollout

_TRIPS: Final = (
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)
"""What a template can end in beside its own errors: it is a small program."""


class Planner:
    """Makes plans for one batch, whose rollouts share images.

    Args:
        classifier: The model.
        allow_remote: Whether images may be fetched from the network.
        cut_prompt: Whether a prompt may lose its start.
    """

    def __init__(self, classifier: Classifier, allow_remote: bool, cut_prompt: bool) -> None:
        """Remember no image yet."""
        self._classifier = classifier
        self._allow_remote = allow_remote
        self._cut_prompt = cut_prompt
        self._images: dict[str, ReadImage | Unreadable] = {}

    def plan(self, rollout: Rollout) -> Plan | Overlong | str:
        """The conversation of a rollout; Overlong or a sentence where there is none to score."""
        asked, said = characters(rollout.prompt), characters(rollout.completion)
        if asked + said > MAX_CHARACTERS:
            reason = f"{asked + said} characters, at most {MAX_CHARACTERS} are read"
            return Overlong(reason, by_reply=asked <= MAX_CHARACTERS)
        sees = self._classifier.sees_images
        sources = rollout.images if sees else []
        turns = conversation(rollout, len(sources) if sees else None, self._classifier.breaker)
        if isinstance(turns, str):
            return turns
        text = self._render(turns)
        if isinstance(text, Unreadable):
            return text.reason
        images: list[ReadImage] = []
        for source in sources:
            found = self._read(source)
            if isinstance(found, Unreadable):
                return found.reason
            images.append(found)
        kept = 1 if isinstance(rollout.completion, str) else max(len(rollout.completion), 1)
        plan = Plan(text, tuple(images), partial(self._unanswered, turns, kept))
        if not self._cut_prompt or images:
            return plan
        most = sum(len(turn.text) for turn in turns[: len(turns) - kept] if turn.role != "system")
        return plan._replace(shorter=partial(self._shorter, turns, kept), most=most)

    def _unanswered(self, turns: Sequence[Turn], kept: int) -> str | None:
        """The conversation with an empty reply; None where the template refuses it."""
        asked = turns[: len(turns) - kept]
        text = self._render([*asked, Turn(turns[-1].role, ("",))])
        return text if isinstance(text, str) else None

    def _shorter(self, turns: Sequence[Turn], kept: int, dropped: int) -> str | None:
        """The conversation without the start of its prompt; None where the template refuses it."""
        text = self._render(without_start(turns, dropped, kept))
        return text if isinstance(text, str) else None

    def _render(self, turns: Sequence[Turn]) -> str | Unreadable:
        from jinja2 import TemplateError  # there where transformers renders chat templates

        try:
            return self._classifier.render(turns)
        except (TemplateError, *_TRIPS) as error:
            why = " ".join(str(error).split())[:160]
            return Unreadable(f"the model's chat template refuses the messages: {why}")

    def _read(self, source: object) -> ReadImage | Unreadable:
        if not isinstance(source, str):
            return read_image(source, self._allow_remote)
        if source not in self._images:
            self._images[source] = read_image(source, self._allow_remote)
        return self._images[source]
