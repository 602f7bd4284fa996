"""The `text` task: is the answer this text, exactly, in normal form, or nearly?"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status, Verdict
from rewardkit.verifiers.cleaning import clean, readable, show, unwrap
from rewardkit.verifiers.outcomes import bad_reference, no_answer, refused

Mode = Literal["exact", "normalised", "similarity"]
"""Equal character by character; equal in normal form; or near enough in normal form."""

_EXPECTED = "a text, or a list of texts of which any is right"


def similarity(one: str, other: str) -> float:
    """How alike two texts are: 1 - edit distance / length of the longer one.

    Edits are insertions, deletions and substitutions of one character, each of cost 1.

    Returns:
        A share in [0, 1]; 1.0 for equal texts, two empty ones too.

    Source: Levenshtein 1966; computed by rapidfuzz, https://github.com/rapidfuzz/RapidFuzz.

    >>> similarity("kitten", "sitting")  # 3 edits of 7 characters
    0.5714285714285714
    """
    # Here, since the import takes longer than that of everything else together.
    from rapidfuzz.distance import Levenshtein

    return float(1 - Levenshtein.distance(one, other) / max(len(one), len(other), 1))


class Text(msgspec.Struct, frozen=True, tag_field="kind", tag="text", forbid_unknown_fields=True):
    """Judges an answer by comparing texts, such as a transcription.

    The normal form leaves out case, Unicode variants, doubled white space, and Markdown, quotes and
    punctuation around the whole text. A reference that is a list of texts takes any of them.

    Attributes:
        mode: `exact`, `normalised` or `similarity`.
        threshold: Least similarity that is right, above 0 up to 1; for mode `similarity`.
        max_characters: Longest text that is compared.

    Raises:
        ConfigError: When an option is out of range.

    >>> Text()("Hello,  World!", "hello, world").status
    'correct'
    >>> Text(mode="similarity", threshold=0.8)("colour chart", "color chart").reason
    "similarity 0.917 of 'colour chart' and 'color chart', wanted 0.8"
    """

    mode: Mode = "normalised"
    threshold: float = 0.9
    max_characters: int = 10_000

    def __post_init__(self) -> None:
        """Refuse options out of range."""
        if self.mode not in get_args(Mode):
            raise ConfigError(f"text.mode: expected one of {get_args(Mode)}, got {self.mode!r}")
        number = isinstance(self.threshold, int | float) and not isinstance(self.threshold, bool)
        # 0 would pay for any text.
        if not (number and math.isfinite(self.threshold) and 0 < self.threshold <= 1):
            raise ConfigError(
                f"text.threshold: expected a number in (0, 1], got {self.threshold!r}"
            )
        whole = isinstance(self.max_characters, int) and not isinstance(self.max_characters, bool)
        if not (whole and 1 <= self.max_characters <= 100_000):
            raise ConfigError(
                f"text.max_characters: expected an integer in 1..100000, got "
                f"{self.max_characters!r}"
            )

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        texts = self._read_reference(reference)
        if not texts:
            return bad_reference(
                reference, f"{_EXPECTED}, of at most {self.max_characters} characters"
            )
        wanted = readable(" | ".join(texts))
        verdict = refused(answer, wanted, self.max_characters)
        if verdict is None and not clean(answer):
            verdict = no_answer(wanted)
        if verdict is not None:
            return verdict
        if self.mode == "similarity":
            return self._compare_nearly(normal_form(answer), texts, wanted)
        given = answer if self.mode == "exact" else normal_form(answer)
        if given in texts:
            return Verdict(
                "correct", readable(given), wanted, self.mode, f"{show(given)} is the reference"
            )
        reason = f"{show(given)} is not {show(texts[0])}"
        return Verdict("wrong", readable(given), wanted, self.mode, reason)

    def _compare_nearly(self, given: str, texts: tuple[str, ...], wanted: str) -> Verdict:
        share, best = max((similarity(given, text), text) for text in texts)
        reason = (
            f"similarity {share:.3g} of {show(given)} and {show(best)}, wanted {self.threshold:g}"
        )
        status: Status = "correct" if share >= self.threshold else "wrong"
        return Verdict(status, readable(given), wanted, "similarity", reason)

    def _read_reference(self, reference: Reference) -> tuple[str, ...]:
        texts = reference if isinstance(reference, list) else [reference]
        found: list[str] = []
        for text in texts:
            if not isinstance(text, str) or not text.strip() or len(text) > self.max_characters:
                return ()
            found.append(text if self.mode == "exact" else _normal_reference(text))
        return tuple(found) if all(found) and len(found) <= 100 else ()


def normal_form(text: str) -> str:
    """The form in which texts are compared: cleaned, unwrapped, case folded.

    >>> normal_form(" “Hello   World” ")
    'hello world'
    """
    return clean(unwrap(clean(text)).casefold())


@lru_cache(maxsize=1024)
def _normal_reference(text: str) -> str:
    return normal_form(text)
