"""The `choice` task: does the answer pick this option, by its letter, its text, or both?"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.choice_reading import Picked, Unclear, pick, read_options
from rewardkit.verifiers.cleaning import MAX_CHARACTERS, clean_lines, show
from rewardkit.verifiers.outcomes import bad_reference, no_answer, refused

_EXPECTED = "the letter or the text of one option"


class Choice(
    msgspec.Struct, frozen=True, tag_field="kind", tag="choice", forbid_unknown_fields=True
):
    r"""Judges the answer to a multiple-choice question.

    An answer picks one option: by its letter, by its text, or by both where they agree. Two options
    in one answer are ambiguous, and a letter in prose is no answer unless the answer states it.

    Attributes:
        index_from: Which number the first option has where references are integers. None: an
            integer reference is unreadable, since data sets count from 0 as well as from 1.

    Raises:
        ConfigError: When index_from is not 0, 1 or None.

    >>> Choice()(r"\text{(C)}", "C").status
    'correct'
    >>> Choice()("It is a dog.", "B", ["cat", "dog"]).reason
    'picked B by its text, the reference is B'
    >>> Choice()("A or B", "A").status
    'ambiguous_answer'
    """

    index_from: Literal[0, 1] | None = None

    def __post_init__(self) -> None:
        """Refuse other ways of counting."""
        if self.index_from not in (None, 0, 1) or isinstance(self.index_from, bool):
            raise ConfigError(f"choice.index_from: expected 0, 1 or null, got {self.index_from!r}")

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        options = tuple(choices)
        if not all(isinstance(option, str) for option in options):
            return bad_reference(reference, "choices that are texts")
        right = self._read_reference(reference, options)
        if isinstance(right, Unclear):
            return bad_reference(reference, right.reason)
        wanted = right.letter
        verdict = refused(answer, wanted, MAX_CHARACTERS)
        if verdict is None and not (cleaned := clean_lines(answer)):
            verdict = no_answer(wanted)
        if verdict is not None:
            return verdict
        names = read_options(options) if options else read_options((), right.letter, right.text)
        given = pick(cleaned, names)
        if isinstance(given, Unclear):
            reason = f"answer {show(cleaned)}: {given.reason}"
            return Verdict(given.status, None, wanted, "choice", reason)
        status: Literal["correct", "wrong"] = "correct" if given.letter == wanted else "wrong"
        reason = f"picked {given.letter} by its {given.rule}, the reference is {wanted}"
        return Verdict(status, given.letter, wanted, given.rule, reason)

    def _read_reference(self, reference: Reference, options: tuple[str, ...]) -> Picked | Unclear:
        if isinstance(reference, int) and not isinstance(reference, bool):
            if self.index_from is None:
                return Unclear(f"{_EXPECTED} (an integer only with choice.index_from)")
            place = reference - self.index_from
            if 0 <= place < min(26, len(options) or 26):
                return Picked(chr(ord("A") + place), "index")
            return Unclear(f"an index from {self.index_from} of one of {len(options)} choices")
        if not isinstance(reference, str) or not 0 < len(reference) <= MAX_CHARACTERS:
            return Unclear(_EXPECTED)
        return _read_text(reference, options)


@lru_cache(maxsize=4096)
def _read_text(reference: str, options: tuple[str, ...]) -> Picked | Unclear:
    """Read a reference that is a text; with its own text kept where no options are given."""
    cleaned = clean_lines(reference)
    if not cleaned:
        return Unclear(_EXPECTED)
    given = pick(cleaned, read_options(options))
    if isinstance(given, Unclear):
        return Unclear(f"{_EXPECTED}{f' of {len(options)}' if options else ''} ({given.reason})")
    if options and ord(given.letter) - ord("A") >= len(options):
        return Unclear(f"a letter of one of the {len(options)} choices")
    return given
