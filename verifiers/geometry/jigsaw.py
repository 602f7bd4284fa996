"""The `jigsaw` task: does the answer put every block in its place?"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import msgspec

from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.geometry.json_text import decode_json
from rewardkit.verifiers.outcomes import bad_reference, refused

MAX_CHARACTERS = 4_000
"""A longer answer is not read; a reference that only a longer one could give is unreadable."""

_MAX_REFERENCE = 16_000
"""Characters of a reference's text: pairs with angles are longer than an answer."""

MAX_BLOCKS = 400
"""A puzzle has at most so many blocks: 20 by 20."""

_EXPECTED = f"a list of at most {MAX_BLOCKS} blocks, or of [block, angle] pairs"

Block: TypeAlias = int | str
"""A block by its number or its name, of at most 64 characters."""

# No limits of numbers here: msgspec 0.21 mixes those of an int and of an array in one union up.
_REFERENCE = list[int | str | list[int | float | str]]


class JigsawMatch(
    msgspec.Struct, frozen=True, tag_field="kind", tag="jigsaw", forbid_unknown_fields=True
):
    """Judges an answer that is a JSON list of blocks, place by place.

    Right is the reference's list, block for block. A reference of `[block, angle]` pairs, as AGILE
    has them, stands for its blocks: the angle is not asked for.

    Source: AGILE, https://arxiv.org/abs/2510.01304.

    >>> JigsawMatch()("[2, 0, 3, 1]", [2, 0, 3, 1]).status
    'correct'
    >>> JigsawMatch()("[2, 0, 1, 3]", "[[2, 0], [0, 0], [3, 0], [1, 0]]").reason
    '2 of 4 blocks in place, the first other at place 3: 1, wanted 3'
    """

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        right = read_blocks(reference)
        if not right:
            return bad_reference(reference, _EXPECTED)
        wanted = _shown(right)
        verdict = refused(answer, wanted, MAX_CHARACTERS)
        if verdict is not None:
            return verdict
        try:
            given: list[Block] = decode_json(answer, list[Block])
        except ValueError as error:
            return Verdict("unreadable_answer", None, wanted, "json", str(error))
        if not all(map(_is_short, given)):
            reason = "expected blocks of at most 64 characters or 9 digits"
            return Verdict("unreadable_answer", None, wanted, "json", reason)
        return compare_blocks(given, right)


def compare_blocks(given: Sequence[Block], right: Sequence[Block]) -> Verdict:
    """Compare two lists of blocks, place by place.

    >>> compare_blocks([1, 0], [1, 0, 2]).reason
    '2 blocks, wanted 3'
    """
    answer, wanted = _shown(given), _shown(right)
    if len(given) != len(right):
        reason = f"{len(given)} blocks, wanted {len(right)}"
        return Verdict("wrong", answer, wanted, "blocks", reason)
    other = [place for place in range(len(right)) if given[place] != right[place]]
    count = f"{len(right) - len(other)} of {len(right)} blocks in place"
    if not other:
        return Verdict("correct", answer, wanted, "blocks", count)
    first = other[0]
    where = f"the first other at place {first + 1}: {given[first]!r}, wanted {right[first]!r}"
    return Verdict("wrong", answer, wanted, "blocks", f"{count}, {where}")


def read_blocks(reference: Reference) -> tuple[Block, ...]:
    """Read a reference: a list of blocks or of `[block, angle]` pairs, or such a list in JSON.

    Returns:
        The blocks; none where it is empty, too long or of another type.

    >>> read_blocks([[1, 0], [0, 90]]), read_blocks("[1, 0]"), read_blocks([]), read_blocks(7)
    ((1, 0), (1, 0), (), ())
    """
    if isinstance(reference, str):
        return _read_text(reference) if len(reference) <= _MAX_REFERENCE else ()
    if not isinstance(reference, list):
        return ()
    try:
        return _blocks(msgspec.convert(reference, _REFERENCE))
    except (msgspec.ValidationError, UnicodeError, OverflowError, RecursionError):
        return ()


@lru_cache(maxsize=1024)
def _read_text(text: str) -> tuple[Block, ...]:
    try:
        return _blocks(decode_json(text, _REFERENCE))
    except ValueError:
        return ()


def _blocks(entries: Sequence[int | str | list[int | float | str]]) -> tuple[Block, ...]:
    pairs = [entry for entry in entries if isinstance(entry, list)]
    if len(entries) > MAX_BLOCKS:
        return ()
    if any(len(pair) != 2 or isinstance(pair[1], str) for pair in pairs):
        return ()
    firsts = [pair[0] for pair in pairs] if pairs else entries
    blocks = [first for first in firsts if isinstance(first, int | str) and _is_short(first)]
    # Written as JSON, with quotes, commas and blanks.
    size = sum(len(str(block)) + (4 if isinstance(block, str) else 2) for block in blocks)
    return tuple(blocks) if len(blocks) == len(entries) and size <= MAX_CHARACTERS else ()


def _is_short(block: Block) -> bool:
    return len(block) <= 64 if isinstance(block, str) else abs(block) < 10**9


def _shown(blocks: Sequence[Block]) -> str:
    text = ", ".join(map(repr, blocks))
    return f"[{text[:480]}{'...' if len(text) > 480 else ''}]"
