"""The prose of a reply: what is left when maths, code, tags and addresses are taken out."""

import re
from collections.abc import Iterator
from typing import Final

import regex

from rewardkit.rewards.words import UNSPACED

NOT_PROSE: Final = re.compile(
    r"```.*?```"  # at most three starts find no end, so the whole is linear
    r"|`[^`\n]*+`"
    r"|\$\$[^$]*+\$\$"
    r"|\$(?!\s)[^$\n]{1,300}+(?<!\s)\$(?!\d)"
    r"|\\\[(?:[^\\]|\\[^\[\]])*+\\\]"  # holds no opening of its own: linear
    r"|\\\((?:[^\\]|\\[^()])*+\\\)"
    r"|\\[A-Za-z]++"
    r"|</?[A-Za-z][^<>\n]{0,200}+>"
    r"|https?://\S++|www\.\S++",
    re.DOTALL,
)
SIGNS: Final = ("`", "$", "\\", "<", "http", "www.")
"""One of these stands in whatever `NOT_PROSE` finds."""

ASCII_RUN: Final = re.compile(r"[\x00-\x7f]++")
SENTENCE_END: Final = re.compile(r"[.!?;:\n\u3002\uff01\uff1f\uff1b\uff1a\u0964\u061f]++")

MAX_TEXT: Final = 100_000
"""Characters that are looked at, far more than a reply has: it bounds the time."""

MAX_RUN: Final = 400
"""Characters of a run and, about, of a piece: it bounds what the detector reads at once."""

_MEMBERS: Final = {
    "Unspaced": UNSPACED,
    "Latin": r"\p{Latin}",
    "Cyrillic": r"\p{Cyrillic}",
    "Arabic": r"\p{Arabic}",
    "Hangul": r"\p{Hangul}",
    "Devanagari": r"\p{Devanagari}",
}
_OTHER: Final = rf"\p{{L}}--[{''.join(_MEMBERS.values())}]"
RUN: Final = regex.compile(
    "|".join(
        rf"(?P<{name}>[{members}](?:[{members}]|[\p{{M}}'\u2019]){{0,{MAX_RUN}}}+)"
        for name, members in {**_MEMBERS, "Other": _OTHER}.items()
    ),
    regex.V1,
)
"""A run of letters of one script (those without spaces are one), with its marks and apostrophes."""

ASCII_WORD: Final = re.compile(rf"(?P<Latin>[A-Za-z][A-Za-z']{{0,{MAX_RUN}}}+)")
"""The same for a text of ASCII alone, and faster."""


def sampled(text: str) -> str:
    """The text, or of a longer one than `MAX_TEXT` ten windows that lie evenly over it.

    >>> len(sampled("a" * 1_000_000)) == MAX_TEXT
    True
    """
    if len(text) <= MAX_TEXT:
        return text
    width = MAX_TEXT // 10
    return "".join(
        text[start : start + width]
        for start in (index * (len(text) - width) // 9 for index in range(10))
    )


def prose_of(text: str) -> str:
    r"""The text with maths, code, LaTeX commands, tags and addresses taken out.

    Of what is taken out only the ASCII part goes: a reply can't hide Chinese thoughts in a code
    fence.

    >>> prose_of(r"Let $x = y$ be \boxed{even}, see https://example.org").split()
    ['Let', 'be', '{even},', 'see']
    """
    read = sampled(text)
    if not any(sign in read for sign in SIGNS):  # most sentences, and much faster
        return read
    return NOT_PROSE.sub(_keep_foreign, read)


def _keep_foreign(match: re.Match[str]) -> str:
    taken = match.group()
    return " " if taken.isascii() else ASCII_RUN.sub(" ", taken)


def pieces_of(prose: str, enough: int = 16) -> Iterator[tuple[str, str, int]]:
    """Cut prose into pieces of one script each, a sentence where it is long enough.

    Shorter sentences are joined with the next of their script; the last piece of a script may be
    short.

    Args:
        prose: As `prose_of` returns it.
        enough: UTF-8 bytes from which a piece stands alone; about three English or five Chinese
            words.

    Yields:
        Script, words, number of letters.

    >>> list(pieces_of("The cat sat on the mat. 图中有一只猫在睡觉。"))
    [('Latin', 'The cat sat on the mat', 17), ('Unspaced', '图中有一只猫在睡觉', 9)]
    """
    open_runs: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    run_of = ASCII_WORD if prose.isascii() else RUN
    for sentence in SENTENCE_END.split(prose):
        for match in run_of.finditer(sentence):
            script, run = match.lastgroup or "Other", match.group()
            open_runs.setdefault(script, []).append(run)
            sizes[script] = sizes.get(script, 0) + len(run)
            if sizes[script] >= MAX_RUN:
                yield _piece(script, open_runs.pop(script), sizes.pop(script))
        for script in [script for script in open_runs if _bytes(script, sizes[script]) >= enough]:
            yield _piece(script, open_runs.pop(script), sizes.pop(script))
    for script, runs in open_runs.items():
        yield _piece(script, runs, sizes[script])


def _piece(script: str, runs: list[str], letters: int) -> tuple[str, str, int]:
    return script, " ".join(runs), letters


def _bytes(script: str, letters: int) -> int:
    """About how many bytes of UTF-8 the letters take: what the detector has to go by."""
    return letters * {"Latin": 1, "Cyrillic": 2, "Arabic": 2}.get(script, 3)
