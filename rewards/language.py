"""Language: the share of a reply that is in the expected language or script.

Letters are weighed, so that a long foreign passage costs more than a short one. Maths, code, LaTeX
commands, tags and addresses are in no language and are left out.

Source: the language-consistency reward of DeepSeek-R1, arXiv 2501.12948 section 2.3.2 (share of
words in the target language; no code was released). The detector is py3langid.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec
import regex

from rewardkit.errors import ConfigError
from rewardkit.rewards.detector import LANGUAGES, SAME, Detector, load_detector
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.prose import pieces_of, prose_of
from rewardkit.rewards.sections import check_section, measured_text
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score

MAX_PIECES: Final = 300
"""Pieces that are judged, evenly spaced over the reply: it bounds the time."""

SURE: Final = 0.6
"""Confidence from which a piece is judged by itself; below it, by its script's whole text."""

DOUBT: Final = 0.2
"""Where the whole text is unsure as well: the least chance of the language, beside the best one."""

LETTER: Final = regex.compile(r"\p{L}++")
ASCII_LETTERS: Final = re.compile(r"[A-Za-z]++")


def language_share(text: str, language: str, among: tuple[str, ...] = ()) -> float | None:
    """The share of the letters of a text's prose that stand in sentences of a language.

    Args:
        text: Any text.
        language: ISO 639-1 code.
        among: Candidate languages; empty for all.

    Returns:
        A value in [0, 1]; None when there is no letter to judge.

    >>> language_share("The cat is sitting on the mat. Die Katze liegt auf der Matte.", "en")
    0.48936170212765956
    """
    pieces = list(pieces_of(prose_of(text)))
    if not pieces:
        return None
    if len(pieces) > MAX_PIECES:
        pieces = [pieces[index * len(pieces) // MAX_PIECES] for index in range(MAX_PIECES)]
    wanted = next((group for group in SAME if language in group), frozenset({language}))
    detector = load_detector(among)
    whole: dict[str, bool] = {}
    right = total = 0
    for script, words, letters in pieces:
        label, confidence = detector.classify(words)
        fits = label in wanted
        if confidence < SURE:
            if script not in whole:
                sample = " ".join(other[1] for other in pieces if other[0] == script)
                whole[script] = _plausible(sample[:4000], wanted, detector)
            fits = whole[script]
        right += letters if fits else 0
        total += letters
    return right / total


def _plausible(text: str, wanted: frozenset[str], detector: Detector) -> bool:
    """Whether a text is, or may be, in a wanted language: a few words are in several at once."""
    ranked = detector.rank(text)
    best = ranked[0][1]
    likely = max((chance for label, chance in ranked if label in wanted), default=0.0)
    return likely == best or (best < SURE and likely >= best * DOUBT)


def script_share(text: str, script: str) -> float | None:
    """The share of the letters of a text's prose that belong to Unicode scripts.

    Args:
        text: Any text.
        script: Names of scripts joined by `+`, such as `Latin` or `Han+Hiragana+Katakana`.

    Returns:
        A value in [0, 1]; None when there is no letter to judge.

    >>> script_share("图中有 cat", "Han")
    0.5
    """
    prose = prose_of(text)
    letters = "".join((ASCII_LETTERS if prose.isascii() else LETTER).findall(prose))
    if not letters:
        return None
    return sum(map(len, _script_pattern(script).findall(letters))) / len(letters)


@lru_cache(maxsize=64)
def _script_pattern(script: str) -> "regex.Pattern[str]":
    names = script.split("+")
    if not all(name.replace("_", "").isalpha() and name.isascii() for name in names):
        raise regex.error("not a name")
    members = "".join(rf"\p{{Script={name}}}" for name in names)
    return regex.compile(f"[{members}]++")


class Language(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="language",
    forbid_unknown_fields=True,
):
    """Pay for the share of a reply that is in the expected language, or script.

    Args:
        language: ISO 639-1 code, such as `en` or `zh`; judged by the sentence.
        script: Unicode scripts instead, such as `Latin` or `Han+Hiragana+Katakana`; judged by the
            letter, and a good deal faster.
        among: Languages that come into question, with `language` one of them; empty for all that
            the detector knows. Fewer are told apart better.
        template: With `section`: measure only that section of the reply.
        section: The section's name in the template, such as the thinking.

    Returns:
        A share of letters in [0, 1]. A text without letters is in no other language: 1 when there
        is at least a digit or a formula, 0 when there is nothing, as for a missing section.

    Raises:
        ConfigError: When not exactly one of language and script is given, or one is unknown.

    >>> Language(script="Latin")([Rollout(completion="все ok")])[0].value
    0.4
    """

    language: str | None = None
    script: str | None = None
    among: list[str] = []
    template: str | Template | None = None
    section: str | None = None

    def __post_init__(self) -> None:
        """Refuse unknown languages and scripts."""
        check_plain(self)
        if (self.language is None) == (self.script is None):
            got = "both" if self.language else "none"
            raise ConfigError(f"language: expected one of the options language, script, got {got}")
        for code in filter(None, [self.language, *self.among]):
            if code not in LANGUAGES:
                raise ConfigError(
                    f"language.language: expected an ISO 639-1 code that the detector knows, "
                    f"such as en, zh, de, got {code!r}"
                )
        if self.among and self.language not in self.among:
            raise ConfigError(
                f"language.among: expected {self.language!r} in it, got {', '.join(self.among)}"
            )
        if self.script is not None:
            try:
                _script_pattern(self.script)
            except regex.error:
                raise ConfigError(
                    f"language.script: expected Unicode script names such as Latin, Han+Hiragana, "
                    f"got {self.script!r}"
                ) from None
        check_section("language", self.template, self.section)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; never None."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        text = measured_text(rollout, self.template, self.section)
        if text is None:
            return Score(0.0, f"no section {self.section!r}")
        if self.script is not None:
            share = script_share(text, self.script)
        else:
            share = language_share(text, self.language or "", tuple(self.among))
        if share is not None:
            return Score(share, f"{share:.0%} of the letters are {self.script or self.language}")
        if any(char.isalnum() for char in text):
            return Score(1.0, "no prose, so nothing in another language")
        return Score(0.0, "no text")
