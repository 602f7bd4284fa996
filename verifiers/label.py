"""The `label` task: is the answer this name, and nothing beside it?"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

import msgspec

from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.cleaning import MAX_CHARACTERS, plain, show
from rewardkit.verifiers.framing import after_frame
from rewardkit.verifiers.outcomes import bad_reference, no_answer, refused
from rewardkit.verifiers.synonyms import canonical_names

_EXPECTED = "a label, or a list of labels of which any is right"

_LIST = re.compile(r"[,;/|&]|\b(?:or|and|not)\b")


class Label(
    msgspec.Struct,
    frozen=True,
    dict=True,
    tag_field="kind",
    tag="label",
    forbid_unknown_fields=True,
):
    """Judges an answer that is one name, such as the class of an image.

    Compared are whole names, never parts of them: without case, Unicode variants, an article,
    doubled white space, Markdown, quotes and punctuation around the name. A reference that is a
    list of names takes any of them; an integer stands for its digits.

    Attributes:
        synonyms: Each label with the other names that it goes by.
        in_sentence: Also read the name out of a short sentence: `It is a dog.`, `Answer: dog`.

    Raises:
        ConfigError: When one name stands under two labels of the synonyms.

    >>> Label()("A **Dog**.", "dog").status
    'correct'
    >>> Label()("hotdog", "dog").reason
    "'hotdog' is not 'dog'"
    >>> Label(synonyms={"dog": ["hound"]})("hound", "dog").rule
    'synonym'
    """

    synonyms: dict[str, list[str]] = {}
    in_sentence: bool = False

    def __post_init__(self) -> None:
        """Refuse synonyms that contradict each other."""
        canonical_names(self.synonyms, "label.synonyms")

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        right = read_names(reference)
        if not right:
            return bad_reference(reference, _EXPECTED)
        wanted = " | ".join(right)
        verdict = refused(answer, wanted, MAX_CHARACTERS)
        if verdict is not None:
            return verdict
        given = plain(answer)
        if not given:
            return no_answer(wanted)
        if self.in_sentence and given not in right:
            named = after_frame(given)
            given = given if named is None else plain(named)
        return self._compare(given, right, wanted)

    def _compare(self, given: str, right: tuple[str, ...], wanted: str) -> Verdict:
        shown = " or ".join(show(name) for name in right[:5])
        if given in right:
            return Verdict("correct", given, wanted, "label", f"{show(given)} = {show(given)}")
        accepted = {self._names.get(name, name) for name in right}
        if self._names.get(given) in accepted:
            return Verdict("correct", given, wanted, "synonym", f"{show(given)} means {shown}")
        parts = {plain(part) for part in _LIST.split(given)[:100]} - {given}
        if any(self._names.get(part, part) in accepted for part in parts):
            reason = f"{show(given)} names more than {shown}"
            return Verdict("ambiguous_answer", given, wanted, "label", reason)
        return Verdict("wrong", given, wanted, "label", f"{show(given)} is not {shown}")

    @cached_property
    def _names(self) -> dict[str, str]:
        return canonical_names(self.synonyms, "label.synonyms")


def read_names(reference: Reference) -> tuple[str, ...]:
    """Read a reference that is one name or a list of names, each in its plain form.

    Returns:
        The names; none where the reference is empty, too long or of another type.

    >>> read_names("A Dog"), read_names(["dog", "hound"]), read_names(7), read_names(None)
    (('dog',), ('dog', 'hound'), ('7',), ())
    """
    names = reference if isinstance(reference, list) else [reference]
    found: list[str] = []
    for name in names:
        if isinstance(name, int) and not isinstance(name, bool) and abs(name) < 10**18:
            name = str(name)
        if not isinstance(name, str) or len(name) > MAX_CHARACTERS or not _plain_reference(name):
            return ()
        found.append(_plain_reference(name))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _plain_reference(text: str) -> str:
    return plain(text)
