"""Scoring conversations with one copy of a model: each once, in batches that fit, remembered."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Final

from rewardkit.rewards.encoders.batching import Batches
from rewardkit.rewards.encoders.cache import BoundedCache
from rewardkit.rewards.encoders.gate import computing
from rewardkit.rewards.images.source import Unreadable
from rewardkit.rewards.judging.classifier import Classifier, Encoded, Logits, kind_of
from rewardkit.rewards.judging.preference_outcomes import Outcome, Overlong, Plan, Read

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from rewardkit.rewards.encoders.gate import Model

_IMAGE_ROWS: Final = 16
"""Conversations whose images are held in memory at a time."""


class PreferenceScorer:
    """One model on one device, shared by all rewards of a process that use it.

    Args:
        classifier: The model.
        device: Where it is.
    """

    def __init__(self, classifier: Classifier, device: torch.device) -> None:
        """Remember nothing yet."""
        self.classifier = classifier
        self.device = device
        self.lock = Lock()
        self.calls = 0
        """Forward passes so far."""
        self._known: BoundedCache[str, Read] = BoundedCache(0)
        self._batches: dict[tuple[int, int | None], Batches] = {}

    def read(
        self,
        plans: Sequence[Plan],
        max_length: int | None,
        batch_size: int | None,
        threads: int | None,
        cache_mb: int,
    ) -> list[Outcome]:
        """Score conversations.

        Args:
            plans: Conversations; equal ones are computed once.
            max_length: Tokens of the longest; None is what the model takes.
            batch_size: Conversations of a forward pass; None finds it by the free memory.
            threads: Of an operation on the CPU; None leaves torch's setting.
            cache_mb: Megabytes of results that are kept; the largest that any reward asks for.

        Returns:
            For each plan what the model gave, or why it gave nothing.
        """
        longest = self.classifier.longest
        limit = longest if max_length is None else min(max_length, longest)
        # The gate asks for no more of a model than its lock and its device.
        with computing(typing.cast("Model", self), threads):
            self._known.max_bytes = max(self._known.max_bytes, cache_mb * 1_000_000)
            results: dict[str, Outcome] = {}
            waiting: dict[str, Plan] = {}
            for plan in plans:
                known = self._known.get(plan.key)
                if known is not None and known.tokens <= limit:
                    results[plan.key] = known
                else:
                    waiting[plan.key] = plan
            for key, result in self._compute(waiting, limit, batch_size):
                results[key] = result
                if isinstance(result, Read) and not result.dropped:
                    self._known.put(key, result, 40 * len(result.logits))
        return [results[plan.key] for plan in plans]

    def _compute(
        self, waiting: dict[str, Plan], limit: int, batch_size: int | None
    ) -> Iterator[tuple[str, Outcome]]:
        """Tokens first: what is too long is cut or refused, and the rest goes by length."""
        texts: list[tuple[str, Encoded, int]] = []
        pictures: list[tuple[str, Plan]] = []
        for key, plan in waiting.items():
            if plan.images:
                pictures.append((key, plan))
                continue
            encoded, dropped = self._fitted(plan, limit)
            if isinstance(encoded, Encoded):
                texts.append((key, encoded, dropped))
            else:
                yield key, encoded
        yield from self._run(texts, batch_size)
        pictures.sort(key=lambda pair: len(pair[1].text))
        for start in range(0, len(pictures), _IMAGE_ROWS):
            shown: list[tuple[str, Encoded, int]] = []
            for key, plan in pictures[start : start + _IMAGE_ROWS]:
                row = self._shown(plan, limit)
                if isinstance(row, Encoded):
                    shown.append((key, row, 0))
                else:
                    yield key, row
            yield from self._run(shown, batch_size)

    def _fitted(self, plan: Plan, limit: int) -> tuple[Encoded | Overlong | str, int]:
        """The tokens of a text; where they are too many, of the least cut that is enough."""
        encoded = self.classifier.tokenize(plan.text)
        if not encoded.ids:
            return "the conversation has no tokens", 0
        if (last := max(encoded.ids)) >= (known := self.classifier.vocabulary):
            return f"the tokenizer gives token {last}, the model knows 0 to {known - 1}", 0
        if len(encoded.ids) <= limit:
            return encoded, 0
        reason = f"{len(encoded.ids)} tokens, the model takes {limit}"
        if plan.shorter is None:
            return self._overlong(reason, plan, limit, []), 0
        return self._cut(plan.shorter, plan.most, limit, reason)

    def _cut(
        self, shorter: Callable[[int], str | None], most: int, limit: int, reason: str
    ) -> tuple[Encoded | Overlong, int]:
        """The tokens of the least cut that is enough, and how many characters it takes."""

        def without(dropped: int) -> Encoded | None:
            text = shorter(dropped)
            return None if text is None else self.classifier.tokenize(text)

        too_few, enough, best = 0, most, without(most)
        if best is not None and len(best.ids) > limit:
            return Overlong(f"{reason}; {len(best.ids)} of them without the prompt", True), 0
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            encoded = without(middle)
            if encoded is not None and len(encoded.ids) > limit:
                too_few = middle
            else:  # short enough; or refused, as a message is empty: then less may still do
                enough, best = middle, encoded
        if best is None:
            return Overlong(f"{reason}; the chat template refuses a prompt so short", True), 0
        return best, enough

    def _overlong(self, reason: str, plan: Plan, limit: int, images: Sequence[Image]) -> Overlong:
        """Whose doing it is: a prompt that leaves no room for any reply is not the policy's."""
        text = plan.unanswered()
        if text is None or len(self.classifier.process(text, images).ids) <= limit:
            return Overlong(reason, by_reply=True)
        return Overlong(f"{reason}, too many even without the reply", by_reply=False)

    def _shown(self, plan: Plan, limit: int) -> Encoded | Overlong | str:
        """The inputs of a conversation with images."""
        images: list[Image] = []
        for found in plan.images:
            image = found.decode()
            if isinstance(image, Unreadable):
                return image.reason
            images.append(image)
        try:
            encoded = self.classifier.process(plan.text, images)
            if len(encoded.ids) <= limit:
                return encoded
            reason = f"{len(encoded.ids)} tokens with the images, the model takes {limit}"
            return self._overlong(reason, plan, limit, images)
        except ValueError as error:  # of a processor that can't do with such an image
            return f"the model's processor refuses the images: {' '.join(str(error).split())[:160]}"

    def _run(
        self, rows: Sequence[tuple[str, Encoded, int]], batch_size: int | None
    ) -> Iterator[tuple[str, Read | str]]:
        """Forward passes over rows of about the same length."""
        ordered = sorted(rows, key=lambda row: (repr(kind_of(row[1])), -len(row[1].ids)))
        for (_, size), group in groupby(ordered, lambda row: (kind_of(row[1]), _size(row[1]))):
            some = list(group)
            batches = self._batches.setdefault((size, batch_size), Batches(self.device, batch_size))
            most = max(self.classifier.item_bytes(row) for _, row, _ in some)
            found = batches.run([row for _, row, _ in some], most, self._logits)
            for (key, row, dropped), logits in zip(some, found, strict=True):
                if isinstance(logits, str):  # not even one row fits
                    yield key, logits
                else:
                    yield key, Read(logits, len(row.ids), dropped)

    def _logits(self, batch: Sequence[Encoded]) -> list[Logits]:
        self.calls += 1
        return self.classifier.logits(batch)


def _size(row: Encoded) -> int:
    """Rows of one size are at most twice as long as each other: the power of two above."""
    return len(row.ids).bit_length()
