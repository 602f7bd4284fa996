"""The `labels` task: does the answer name exactly these labels, in any order?"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.cleaning import MAX_CHARACTERS, clean, clean_lines, plain, show, unwrap
from rewardkit.verifiers.label import read_names
from rewardkit.verifiers.outcomes import bad_reference, no_answer, refused
from rewardkit.verifiers.synonyms import canonical_names

_EXPECTED = "a list of labels, or a text of labels separated by ';' or ','"
_MAX_LABELS = 200

_EMPTY = " .,;\n\u3001\uff0c\uff1b"
_BULLET = re.compile(r"[ \t]*(?:[-*•]|[0-9]{1,3}[.)])[ \t]+")
_LINES = re.compile(r"[;\uff1b\n]")
_COMMAS = re.compile(r"[,\uff0c、]")
_WORDS = re.compile(r" (?:and|or|&) ", re.IGNORECASE)
_FIRST_WORD = re.compile(r" *(?:and|or|&) ", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)


class LabelMatch(msgspec.Struct, frozen=True):
    """The labels of an answer beside those of its reference, in their plain form.

    Attributes:
        matched: Labels that are in both.
        missed: Labels of the reference that the answer leaves out.
        false: Labels of the answer that the reference does not have.
    """

    matched: frozenset[str]
    missed: frozenset[str]
    false: frozenset[str]

    @property
    def exact(self) -> bool:
        """Whether the sets are equal."""
        return not self.missed and not self.false


def read_label_set(reference: Reference, names: Mapping[str, str] | None = None) -> frozenset[str]:
    """Read a reference: a list of labels, or a text of them separated by `;`, or else by `,`.

    Args:
        reference: The reference; labels that hold a comma are given as a list or with `;`.
        names: The label of each synonym, from
            [`canonical_names`][rewardkit.verifiers.synonyms.canonical_names].

    Returns:
        The labels in their plain form; none where it is empty or of another type.

    >>> sorted(read_label_set("Edema; Effusion")), sorted(read_label_set("b, a"))
    (['edema', 'effusion'], ['a', 'b'])
    """
    labels = reference
    if isinstance(reference, str):
        separator = _LINES if _LINES.search(reference.strip(" ;\uff1b\n")) else _COMMAS
        short = reference if len(reference) <= MAX_CHARACTERS else ""
        labels = [piece for piece in separator.split(short) if piece.strip(_EMPTY)]
    if not isinstance(labels, list) or len(labels) > _MAX_LABELS:
        return frozenset()
    found = read_names(labels) if labels else ()
    return frozenset((names or {}).get(name, name) for name in found)


def match_labels(
    answer: str, reference: frozenset[str], names: Mapping[str, str] | None = None
) -> LabelMatch:
    """Compare the labels that an answer lists with a set of labels.

    An answer is split at line breaks and `;`, at commas where the piece is no label of the
    reference by itself, and at `and` and `or` where it still is none. A piece counts as a label
    only as a whole.

    Args:
        answer: The answer, at most a few thousand characters.
        reference: Plain labels, from [`read_label_set`][rewardkit.verifiers.labels.read_label_set].
        names: The label of each synonym.

    >>> found = match_labels("b and c", frozenset({"a", "b"}))
    >>> sorted(found.matched), sorted(found.missed), sorted(found.false)
    (['b'], ['a'], ['c'])
    """
    names = names or {}
    known = reference | names.keys()
    given: set[str] = set()
    for line in _LINES.split(_unlisted(answer)):
        for piece in _split(line, _COMMAS, known):
            parts = _split(_without(_FIRST_WORD, piece), _WORDS, known)
            found = [plain(part) for part in parts if part.strip(_EMPTY)]
            given |= {names.get(name, name) for name in found}
    return LabelMatch(
        frozenset(given & reference), frozenset(reference - given), frozenset(given - reference)
    )


def _unlisted(answer: str) -> str:
    """The lines of an answer without bullets, and without what surrounds them all."""
    lines = unwrap(clean_lines(answer)).split("\n")
    return "\n".join(_without(_BULLET, line) for line in lines)


def _without(start: re.Pattern[str], text: str) -> str:
    match = start.match(text)
    return text[match.end() :] if match else text


def _split(text: str, separator: re.Pattern[str], known: frozenset[str]) -> list[str]:
    return [text] if plain(text) in known else separator.split(text)


class Labels(
    msgspec.Struct,
    frozen=True,
    dict=True,
    tag_field="kind",
    tag="labels",
    forbid_unknown_fields=True,
):
    """Judges an answer that lists labels, such as the findings in an X-ray image.

    Right is exactly the reference's set, in any order: a label left out or a false one makes the
    answer wrong. Names are compared as by [`Label`][rewardkit.verifiers.label.Label].

    Attributes:
        synonyms: Each label with the other names that it goes by.

    Raises:
        ConfigError: When one name stands under two labels of the synonyms.

    >>> Labels()("Effusion and edema.", "edema; effusion").status
    'correct'
    >>> Labels()("edema, mass", ["edema", "effusion"]).reason
    "missed 'effusion', false 'mass'"
    """

    synonyms: dict[str, list[str]] = {}

    def __post_init__(self) -> None:
        """Refuse synonyms that contradict each other."""
        canonical_names(self.synonyms, "labels.synonyms")

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        right = read_label_set(reference, self._names)
        if not right:
            return bad_reference(reference, _EXPECTED)
        wanted = "; ".join(sorted(right))
        verdict = refused(answer, wanted, MAX_CHARACTERS)
        if verdict is None and not clean(answer):
            verdict = no_answer(wanted)
        if verdict is not None:
            return verdict
        found = match_labels(answer, right, self._names)
        given = "; ".join(sorted(found.matched | found.false))
        if found.matched and _OR.search(answer) and not any(" or " in label for label in right):
            reason = f"{show(given)} with an 'or' between them"
            return Verdict("ambiguous_answer", given, wanted, "labels", reason)
        if found.exact:
            return Verdict("correct", given, wanted, "labels", f"all of {show(wanted)}")
        parts = [f"missed {_some(found.missed)}" if found.missed else ""]
        parts.append(f"false {_some(found.false)}" if found.false else "")
        reason = ", ".join(part for part in parts if part)
        return Verdict("wrong", given, wanted, "labels", reason)

    @cached_property
    def _names(self) -> dict[str, str]:
        return canonical_names(self.synonyms, "labels.synonyms")


def _some(labels: frozenset[str]) -> str:
    """A few labels for a reason, in a fixed order."""
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return " and ".join(show(label) for label in sorted(labels)[:3]) + more
